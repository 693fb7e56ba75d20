'use strict';
// What jsonwebtoken takes for a secret.

const { isUint8Array } = require('node:util/types');

/** The bytes of a secret. Text that looks like the key of another kind of signature is refused if it
 * is one; to look at the text of every secret is what takes jsonwebtoken most of its time. */
function secretBytes(secret, algorithm) {
  if (!secret) throw new Error('secretOrPrivateKey must have a value');
  if (typeof secret === 'string' && !secret.includes('-----BEGIN')) return Buffer.from(secret);
  if (isUint8Array(secret) && !Buffer.from(secret).includes('-----BEGIN')) return secret;
  const key = keyOf(secret);
  if (key.type !== 'secret') {
    throw new Error(`secretOrPrivateKey must be a symmetric key when using ${algorithm}`);
  }
  return key.export();
}

function keyOf(secret) {
  // Loaded only here: it takes longer to load than everything else.
  const { KeyObject, createPrivateKey, createSecretKey } = require('node:crypto');
  if (secret instanceof KeyObject) return secret;
  try {
    return createPrivateKey(secret);
  } catch {
    // Not a private key: the rule, not the exception.
  }
  try {
    return createSecretKey(typeof secret === 'string' ? Buffer.from(secret) : secret);
  } catch {
    throw new Error('secretOrPrivateKey is not valid key material');
  }
}

module.exports = { secretBytes };

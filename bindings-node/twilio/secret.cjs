'use strict';
// The bytes of a secret, as jsonwebtoken takes it.

// Not by require alone: where esbuild makes ES modules, it only throws.
const { isUint8Array } = process.getBuiltinModule?.('node:util/types') ?? require('node:util/types');

/** The bytes of a secret. A private key is refused. To find one, jsonwebtoken parses every secret, which
 * takes most of its time. Here only text that looks like PEM is parsed. */
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
  // Required only here, as loading it takes longer than loading everything else.
  const { KeyObject, createPrivateKey, createSecretKey } =
    process.getBuiltinModule?.('node:crypto') ?? require('node:crypto');
  if (secret instanceof KeyObject) return secret;
  try {
    return createPrivateKey(secret);
  } catch {
    // Not a private key, as is usual.
  }
  try {
    return createSecretKey(typeof secret === 'string' ? Buffer.from(secret) : secret);
  } catch {
    throw new Error('secretOrPrivateKey is not valid key material');
  }
}

module.exports = { secretBytes };

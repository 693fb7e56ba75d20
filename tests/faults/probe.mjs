// Asks for one token and prints what the caller sees: a code, the milliseconds that it took, and the
// milliseconds after which to come back.
import { createRequire } from 'node:module';

// The package is looked for in the folder that is the first argument.
const { ApiKey, PlaybackMinter } = createRequire(`${process.argv[2]}/`)('grantmint');

const { GRANTMINT_BASE_URL: baseUrl, GRANTMINT_CA_FILE: caFile } = process.env;
const live = new PlaybackMinter(ApiKey.fromEnv(), { baseUrl, caFile });
let [code, wait] = ['ok', undefined];
const start = performance.now();
try {
  await live.token('VJ00000000000000000000000000000001', 'alice');
} catch (error) {
  // Node.js has errors' codes in capitals, with the package's name.
  code = error.code.replace('ERR_GRANTMINT_', '').toLowerCase();
  wait = error.retryAfterMs;
}
const took = performance.now() - start;
console.log(code, Math.trunc(took), Math.trunc(wait ?? 0));

// Asks for a token of each stream that it reads the number of, as a process of a fleet, and prints what the caller sees:
// a code, and the milliseconds that it took. At the end it prints how fetches without a lease came about, what was not
// taken over, the fleet's events, and what was wrong.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

// The package is looked for in the folder that is the first argument.
const { ApiKey, PlaybackMinter } = createRequire(`${process.argv[2]}/`)('grantmint');

const { GRANTMINT_BASE_URL: baseUrl, GRANTMINT_FLEET: fleet } = process.env;
const live = new PlaybackMinter(ApiKey.fromEnv(), { baseUrl, fleet });
for await (const number of createInterface({ input: process.stdin })) {
  let code = 'ok';
  const start = performance.now();
  try {
    await live.token(`VJ${number.padStart(32, '0')}`, 'alice');
  } catch (error) {
    code = error.code.replace('ERR_GRANTMINT_', '').toLowerCase();
  }
  console.log(code, Math.trunc(performance.now() - start));
}
const { aloneFailed, aloneNolease, aloneLate, aloneRejected, rejected, trouble } = live.stats().fleet;
const kinds = live.drainEvents().map(({ kind }) => kind);
const events = kinds.filter((kind) => kind.startsWith('fleet_'));
console.log(aloneFailed, aloneNolease, aloneLate, aloneRejected, rejected, `[${events}]`, trouble ?? '');

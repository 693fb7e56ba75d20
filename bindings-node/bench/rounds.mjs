// Measures several tasks so that they can be compared: they take turns in short rounds, so that whatever
// else the machine does meets all alike, and a ratio is taken within each round before the median of all.

const SLICE_MS = 5;
const WARM_UP_MS = 100;

export const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** Of each task the nanoseconds that a call takes, one number for each round. */
export async function measure(tasks, rounds) {
  const calls = Object.fromEntries(Object.keys(tasks).map((name) => [name, 1]));
  for (const [name, task] of Object.entries(tasks)) calls[name] = await callsInASlice(task);
  const found = Object.fromEntries(Object.keys(tasks).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, task] of Object.entries(tasks)) {
      found[name].push(((await timed(task, calls[name])) * 1e6) / calls[name] / task.tokens);
    }
  }
  return found;
}

/** The median of one task's times, each divided by another's of the same round. */
export function ratioOf(times, base) {
  return median(times.map((time, round) => time / base[round]));
}

async function callsInASlice(task) {
  let calls = 1;
  for (let spent = 0; spent < WARM_UP_MS;) {
    const took = await timed(task, calls);
    spent += took;
    calls = Math.ceil(calls * Math.min(2, SLICE_MS / Math.max(took, 0.001)));
  }
  return calls;
}

/** The milliseconds of processor time that some calls take: when others have the machine does not count. */
async function timed(task, calls) {
  const before = process.cpuUsage();
  await task.repeat(calls);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * A task, which does something with each of some values in turn. Its loop is compiled for it alone: V8
 * would otherwise learn about all tasks in one place, and call each of them as if it could be any.
 */
export function task(act, values, { tokens = 1, waits = false } = {}) {
  const source = `for (let n = 0; n < calls; n += 1) ${waits ? 'await ' : ''}act(values[n % values.length]);`;
  const Loop = waits ? (async () => {}).constructor : Function;
  const loop = new Loop('act', 'values', 'calls', source);
  return { tokens, repeat: (calls) => loop(act, values, calls) };
}

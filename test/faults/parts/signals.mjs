import { setTimeout as delay } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inParallel, WIDTH } from '../pool.mjs';
import { point, rule } from '../points.mjs';
import { isAtCreate, spread } from '../spread.mjs';
import { runTrial } from '../trial.mjs';
import { createWarm } from '../warm.mjs';
import { STATE } from '../witness.mjs';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
/** How long a create whose answer is awaited stays unanswered. */
const CREATE_MS = 250;
/** A request that is no create is never answered: the process must not wait for it. */
const MOST_MS = 2000;

const BOUNDARIES = [
  ['models.get', 1],
  ...['upload.start', 'upload.bytes', 'batches.create', 'batches.get', 'download'].flatMap((endpoint) =>
    [1, 2, 3].map((ordinal) => [endpoint, ordinal]),
  ),
];
const TWICE = [
  ['models.get', 1],
  ['upload.start', 2],
  ['upload.bytes', 1],
  ['upload.bytes', 3],
  ['batches.create', 1],
  ['batches.create', 2],
  ['batches.create', 3],
  ['batches.get', 1],
  ['download', 1],
  ['download', 3],
];

/**
 * SIGINT and SIGTERM, and SIGHUP at one of each kind, while each request of the life cycle is under way, and two of them in a row.
 * @param {import('../run.mjs').Battery} battery
 * @returns {Promise<import('../run.mjs').PartResult>}
 */
export async function signals({ program, share, filter, progress }) {
  const all = [
    ...['SIGINT', 'SIGTERM'].flatMap((signal) =>
      BOUNDARIES.map(([endpoint, ordinal]) => ({ signal, endpoint, ordinal, times: 1 })),
    ),
    ...BOUNDARIES.filter(([, ordinal]) => ordinal === 1).map(([endpoint, ordinal]) => ({
      signal: 'SIGHUP',
      endpoint,
      ordinal,
      times: 1,
    })),
    ...TWICE.map(([endpoint, ordinal], index) => ({
      signal: index % 2 === 0 ? 'SIGINT' : 'SIGTERM',
      endpoint,
      ordinal,
      times: 2,
    })),
  ].map((trial) => Object.assign(trial, { id: idOf(trial) }));
  const trials =
    filter === undefined
      ? spread(all, Math.max(share, 0.25), isAtCreate)
      : all.filter(({ id }) => id.includes(filter));
  const warm = Array.from({ length: WIDTH }, () => createWarm(program));
  const outcomes = await inParallel(trials, async (trial, lane) => {
    const outcome = await runSignalTrial(program, trial, warm[lane]);
    progress(outcome);
    return outcome;
  });
  await Promise.all(warm.map((one) => one.close()));
  return {
    name: 'signals',
    trials: outcomes.length,
    failures: outcomes.flatMap(({ id, struck, failures }) =>
      [...failures, ...(struck ? [] : [{ code: 'AIM', what: 'the request did not come' }])].map(
        ({ code, what }) => ({
          what: `${code} ${what} — ${id}`,
          reproduce: `node test/faults/run.mjs --only signals --point "${id}"`,
        }),
      ),
    ),
    notes: [],
  };
}

function idOf({ signal, endpoint, ordinal, times }) {
  return point('signals', [rule(endpoint, ordinal, times === 1 ? signal : `${signal} twice`)]).id;
}

/**
 * @param {import('../packed.mjs').Program} program
 * @param {{ signal: string, endpoint: string, ordinal: number, times: number }} trial
 * @param {import('../warm.mjs').Warm} [warm]
 */
export async function runSignalTrial(program, trial, warm) {
  const { signal, endpoint, ordinal, times } = trial;
  const isAwaited = endpoint === 'batches.create' && times === 1;
  const seen = { sentMs: 0, endedMs: 0 };
  let job;
  const interrupt = (hands) => ({
    async before(exchange) {
      hands.signal(signal);
      seen.sentMs = performance.now();
      void hands.gone().then(() => (seen.endedMs = performance.now()));
      if (isAwaited) {
        await delay(CREATE_MS);
        return undefined;
      }
      if (times === 2) {
        await delay(30);
        hands.signal(signal);
      }
      await Promise.race([hands.gone(), delay(2 * MOST_MS)]);
      return exchange.cut();
    },
    after(exchange) {
      job = JSON.parse(exchange.reply.body.toString('utf8')).name;
    },
  });
  const judgeFirst = ({ code }, folder) => {
    const failures = [];
    const ms = Math.round(seen.endedMs - seen.sentMs);
    const most = isAwaited ? CREATE_MS + MOST_MS : MOST_MS;
    // The second signal can meet a process that has finished and no longer listens; a shell shows the same code.
    const isExpected = code === EXIT_CODES[signal] || (times === 2 && code === signal);
    if (!isExpected) failures.push({ code: 'EXIT', what: `exit code ${code} after ${signal}` });
    if (ms > most) failures.push({ code: 'SLOW', what: `ended ${ms} ms after ${signal}` });
    if (isAwaited && !readFileSync(join(folder, STATE), 'utf8').includes(`"${job}"`)) {
      failures.push({ code: 'LOST', what: 'the answer to the create under way was not saved' });
    }
    return failures;
  };
  const name = times === 1 ? signal : `${signal} twice`;
  return await runTrial(program, point('signals', [rule(endpoint, ordinal, name)]), {
    warm,
    faults: { [name]: interrupt },
    judgeFirst,
  });
}

import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from '../invariants.mjs';
import { LOG, STATE } from '../witness.mjs';
import { faultOfLog } from './log-files.mjs';
import { judgeRefusal, judgeScreen } from './screen.mjs';
import { applyCase, contentOf, emptyFolder, openHalfDone } from './state-scene.mjs';
import { SECRET } from './state-tools.mjs';

/** Beside `run`, which would pay, each refused state meets one other command. */
const OTHERS = [
  'status',
  'submit',
  'download',
  'report',
  'retry',
  'watch',
  'status --refresh',
  'cancel 1 3 --yes',
];
/** Those that also need the lock, the log and the input. */
const RUNS = ['submit', 'retry'];

/** A folder that refused cases use one after the other: nothing of what they do may change anything. */
export function createStateBench(program, warm) {
  /** @type {Promise<Awaited<ReturnType<typeof openHalfDone>> & { template: string }> | undefined} */
  let opened;
  const open = async () => {
    const scene = await openHalfDone(program, warm);
    const template = join(scene.folder, '..', 'template');
    cpSync(scene.folder, template, { recursive: true });
    return { ...scene, template };
  };
  return {
    async reset() {
      const scene = await (opened ??= open());
      emptyFolder(scene.folder);
      cpSync(scene.template, scene.folder, { recursive: true });
      return scene;
    },
    /** What a case has spoilt must not be blamed on the next one. */
    async discard() {
      await (await opened)?.close();
      opened = undefined;
    },
  };
}

/**
 * @param {ReturnType<typeof createStateBench>} bench
 * @param {import('./state-tools.mjs').StateCase} one
 * @param {number} turn
 * @returns {Promise<import('../witness.mjs').Failure[]>}
 */
export async function judgeRefused(bench, one, turn) {
  const scene = await bench.reset();
  applyCase(scene, one);
  const before = contentOf(scene.folder);
  const seen = scene.emulator.requests().length;
  const failures = [];
  const others = one.others ?? (one.onlyRuns ? RUNS : OTHERS);
  for (const command of ['run', others[turn % others.length]]) {
    const end = await scene.run(command);
    failures.push(
      ...judgeScreen(end, secretsOf(scene)),
      ...judgeRefusal(end, { exit: one.refused, says: one.says }),
    );
  }
  const changes = changesIn(scene.folder, before).filter(
    ({ what }) => !one.isAboutLog || !what.startsWith(`${STATE}.bak:`),
  );
  failures.push(...changes, ...sentBy(scene, seen));
  if (failures.length > 0) await bench.discard();
  return failures;
}

/**
 * A state or log that says the truth in an odd way: all must end well, and nothing be paid for twice.
 * @param {import('../packed.mjs').Program} program
 * @param {import('../warm.mjs').Warm | undefined} warm
 * @param {import('./state-tools.mjs').StateCase} one
 * @returns {Promise<import('../witness.mjs').Failure[]>}
 */
export async function judgeHarmless(program, warm, one) {
  const scene = await openHalfDone(program, warm);
  const { folder, elsewhere } = scene;
  try {
    applyCase(scene, one);
    const log = existsSync(join(folder, LOG)) ? readFileSync(join(folder, LOG)) : Buffer.alloc(0);
    const isPlain = isJson(join(folder, STATE));
    const end = await scene.run('run');
    if (end.code !== 0) {
      return [{ code: 'STUCK', what: `exit code ${end.code}: ${end.output.slice(-400)}` }];
    }
    scene.witness.look();
    scene.witness.lookAtResults();
    const torn = existsSync(join(folder, `${LOG}.torn`))
      ? readFileSync(join(folder, `${LOG}.torn`))
      : undefined;
    const fault = faultOfLog(log, readFileSync(join(folder, LOG)), torn);
    const failures = await judge({ ...scene, ends: [end], elsewhere: elsewhere.requests });
    return [
      ...judgeScreen(end, [SECRET]),
      // The log has bytes of others in it, and a witness knows only plain JSON.
      ...failures.filter(({ code }) => code !== 'I5' && (isPlain || code !== 'I4')),
      ...(fault === undefined ? [] : [{ code: 'I5', what: fault }]),
    ];
  } finally {
    await scene.close();
  }
}

/** What a message must not repeat: the words that mark content, and the names and hashes of the real state. */
function secretsOf({ base }) {
  const hashes = base.state.toString('utf8').match(/[0-9a-f]{64}|batches\/[a-z0-9]{30,}/g) ?? [];
  return [SECRET, ...new Set(hashes)];
}

function changesIn(folder, before) {
  const after = contentOf(folder);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => ({ code: 'CHANGED', what: `${name}: ${before.get(name)} became ${after.get(name)}` }));
}

function sentBy({ emulator, elsewhere }, seen) {
  const sent = emulator
    .requests()
    .slice(seen)
    .filter(({ method }) => method !== 'GET');
  return [
    ...sent.map(({ method, path }) => ({
      code: 'PAID',
      what: `sent in spite of the bad state: ${method} ${path}`,
    })),
    ...elsewhere.requests.map(({ url }) => ({ code: 'I9', what: `another origin was asked for ${url}` })),
  ];
}

function isJson(path) {
  try {
    JSON.parse(readFileSync(path, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

/** Whatever happened to the bytes: reading says so or goes well, and writes nothing. */
export async function judgeMutated(bench, one) {
  const scene = await bench.reset();
  applyCase(scene, one);
  const before = contentOf(scene.folder);
  const end = await scene.run('status --list');
  const expected = end.code === 0 ? [] : judgeRefusal(end, { exit: one.refused });
  return [...judgeScreen(end), ...expected, ...changesIn(scene.folder, before)];
}

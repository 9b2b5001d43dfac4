import { spawnSync } from 'node:child_process';
import { environmentFor, startChild } from '../child.mjs';
import { judge, judgeOutput } from '../invariants.mjs';
import { inParallel, WIDTH } from '../pool.mjs';
import { openScene } from '../service.mjs';
import { spread } from '../spread.mjs';
import { judgeRest } from '../trial.mjs';
import { createWarm } from '../warm.mjs';

const [SMALLEST_KIB, LARGEST_KIB, STEP_KIB] = [24, 122, 2];
const ROOMY = '64m';
const MOST_RUNS = 5;
/** What a run may end with when its disk is full: all went well, or a stop that says so. */
const GOOD_CODES = new Set([0, 1]);

/**
 * The whole life cycle in a folder on a disk of 24 to 122 KiB, which is full before it begins, in the
 * middle or never; then room is made, and everything must end well.
 * @param {import('../run.mjs').Battery} battery
 * @returns {Promise<import('../run.mjs').PartResult>}
 */
export async function fullDisks({ program, nightly, share, filter, progress }) {
  const skipped = problemWithMounting();
  if (skipped !== undefined) {
    console.log(`SKIPPED: full-disks: ${skipped}`);
    return { name: 'full-disks', trials: 0, failures: [], notes: [], skipped };
  }
  const step = nightly ? 1 : STEP_KIB;
  const count = Math.floor((LARGEST_KIB - SMALLEST_KIB) / step) + 1;
  const all = Array.from({ length: count }, (_, index) => SMALLEST_KIB + index * step);
  const sizes =
    filter === undefined
      ? spread(all, nightly ? 1 : Math.max(share, 0.5))
      : all.filter((kib) => `${kib} KiB` === filter);
  const warm = Array.from({ length: WIDTH }, () => createWarm(program));
  const outcomes = await inParallel(sizes, async (kib, lane) => {
    const outcome = await runOn(program, kib, warm[lane]);
    progress(outcome);
    return outcome;
  });
  await Promise.all(warm.map((one) => one.close()));
  const full = outcomes.filter(({ wasFull }) => wasFull).length;
  return {
    name: 'full-disks',
    trials: outcomes.length,
    failures: outcomes.flatMap(({ kib, failures }) =>
      failures.map(({ code, what }) => ({
        what: `${code} ${what} — ${kib} KiB`,
        reproduce: `node test/faults/run.mjs --only full-disks --point "${kib} KiB"`,
      })),
    ),
    notes: [`the disk was full in ${full} of ${outcomes.length} trials`],
  };
}

async function runOn(program, kib, warm) {
  let unmount = () => undefined;
  const scene = await openScene(program, {
    prepare(folder) {
      mount(folder, `${kib}k`);
      unmount = () => void spawnSync('umount', ['-l', folder]);
    },
  });
  const { folder, proxy, witness, emulator } = scene;
  const env = environmentFor(folder, proxy.url, { BATCH_SUBMIT_CONCURRENCY: '1' });
  const ends = [];
  const note = (end) => {
    ends.push(end);
    witness.look();
    witness.lookAtResults();
    return end;
  };
  try {
    const { code, output } = note(await startChild(program.bin, ['run'], { folder, env }).ended);
    const failures = [];
    if (!GOOD_CODES.has(code))
      failures.push({ code: 'CODE', what: `exit code ${code}: ${output.slice(-200)}` });
    if (code !== 0 && !/^hint: /m.test(output))
      failures.push({ code: 'WORDS', what: `no hint: ${output.slice(-200)}` });
    mount(folder, `remount,size=${ROOMY}`);
    // A log that the disk cut short is no reason to stop; the next run mends it.
    const isDone = ({ code: last, output: said }) => last === 0 && !said.includes('is incomplete');
    while (!isDone(ends.at(-1)) && ends.length < MOST_RUNS) note(await warm.run(['run'], { folder, env }));
    await proxy.settled();
    if (ends.at(-1).code === 0) {
      failures.push(...(await judge({ ...scene, ends, elsewhere: [] })));
      failures.push(
        ...(await judgeRest(folder, emulator, (command) => warm.run([command], { folder, env }))),
      );
    } else {
      const last = ends.at(-1);
      failures.push(...ends.flatMap(judgeOutput));
      failures.push({ code: 'STUCK', what: `exit code ${last.code}: ${last.output.slice(-300)}` });
    }
    return { kib, wasFull: code !== 0, failures };
  } catch (error) {
    return { kib, wasFull: true, failures: [{ code: 'BROKEN', what: error.stack }] };
  } finally {
    unmount();
    await scene.close();
  }
}

function mount(folder, size) {
  const options = size.startsWith('remount') ? size : `size=${size},mode=0700`;
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  if (status !== 0) throw new Error(`mount -o ${options}: ${String(stderr)}`);
}

/** @returns {string | undefined} why no disk can be mounted here */
function problemWithMounting() {
  if (process.platform !== 'linux') return 'small disks are made with tmpfs, on Linux';
  const { status, stderr, error } = spawnSync('unshare', [
    '--mount',
    'mount',
    '-t',
    'tmpfs',
    '-o',
    'size=64k',
    'tmpfs',
    '/mnt',
  ]);
  if (status === 0) return undefined;
  return `no small disk can be mounted here (${error?.message ?? String(stderr).trim()})`;
}

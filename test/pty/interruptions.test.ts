import { readdir } from 'node:fs/promises';
import { describe } from 'vitest';
import { readLog, statusesIn } from '../cli/saved-files.ts';
import { jobsPerInput, requestsTo } from '../cli/service-record.ts';
import { maskOutput } from '../cli/transcript.ts';
import { until } from '../cli/until.ts';
import { test } from '../cli/workbench.ts';
import { openPty } from './open-pty.ts';

const CTRL_C = '\u0003';
const CREATE = 'batches.create';

async function locksIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => /\.(?:lock|live|tmp)$/.test(name));
}

describe.concurrent('Ctrl-C typed into a terminal', () => {
  test('once, in a wait: stops, says how to resume, and leaves no lock', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({
      batches: [1, 2],
      service: { faults: [{ endpoint: CREATE, kind: 'rate_limit', at: 2 }] },
    });
    const { folder, env, given, emulator } = bench;
    const program = openPty(['--rate-limit-wait', '1h'], { folder, env, columns: 100 });
    await program.shows(/1\/2 submitted · waiting .*\n/);
    program.write(CTRL_C);
    expect(await program.ended).toBe(130);
    expect(maskOutput(await program.screen.text())).toMatchInlineSnapshot(`
      "batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   2 batches, 356 B
        State      batch_submission_state.json   0 done, 2 remaining (1-2)

      ✓ 001   submitted    batches/<job>
      ! 002   rate limited (RESOURCE_EXHAUSTED), wait 1: 1h, resumes <clock> or when a job ends
      ! Stopping; a create under way is finished first. Press Ctrl-C again to stop now.

      Submitted 1 batch in <duration>
        Total      1 of 2 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      error: Interrupted by SIGINT: everything so far is saved

      hint: run \`batch-submit --rate-limit-wait 1h\` to resume"
    `);
    expect(await locksIn(folder)).toEqual([]);
    expect(await statusesIn(folder)).toEqual({ 1: 'submitted', 2: 'uploaded' });
    await given();
    expect(jobsPerInput(emulator)).toEqual([1, 1]);
  });

  test('twice: leaves at once, and the next run finds out what became of the create', async ({
    openWorkbench,
    expect,
  }) => {
    const { folder, env, given, emulator } = await openWorkbench({
      batches: [1],
      service: { faults: [{ endpoint: CREATE, kind: 'hang', phase: 'after', times: 1 }] },
    });
    const program = openPty([], { folder, env });
    await until('the create is under way', () => requestsTo(emulator, CREATE).length === 1);
    program.write(CTRL_C);
    await program.shows('Press Ctrl-C again to stop now');
    program.write(CTRL_C);
    expect(await program.ended).toBe(130);
    expect(await program.screen.text(), 'the area is taken away').not.toMatch(/[━─]/);
    expect(await statusesIn(folder)).toEqual({ 1: 'creating' });
    await given();
    expect(jobsPerInput(emulator)).toEqual([1]);
    expect(await locksIn(folder)).toEqual([]);
  });
});

describe.concurrent('a terminal that is closed', () => {
  test('in a wait: the run stops, with its state saved and no lock left', async ({
    openWorkbench,
    expect,
  }) => {
    const { folder, env, given, emulator } = await openWorkbench({
      batches: [1, 2],
      service: { faults: [{ endpoint: CREATE, kind: 'rate_limit', at: 2 }] },
    });
    const program = openPty(['--rate-limit-wait', '1h'], { folder, env });
    await program.shows('! 002   rate limited');
    program.hangUp();
    expect(await program.ended).toBe(129);
    expect(await locksIn(folder)).toEqual([]);
    expect(await statusesIn(folder)).toEqual({ 1: 'submitted', 2: 'uploaded' });
    await given();
    expect(jobsPerInput(emulator)).toEqual([1, 1]);
  });

  test('while a create is under way: its answer is waited for and saved', async ({
    openWorkbench,
    expect,
  }) => {
    const { folder, env, given, emulator } = await openWorkbench({
      batches: [1, 2],
      service: { latencyMs: 1000 },
    });
    const program = openPty([], { folder, env });
    await until('the create is under way', () => requestsTo(emulator, CREATE).length === 1);
    program.hangUp();
    const isStopping = async (): Promise<boolean> =>
      (await readLog(folder)).some(({ event }) => event === 'interrupted');
    await until('it stops', isStopping);
    // A shell passes it on as well, and its end brings another one.
    process.kill(program.pid, 'SIGHUP');
    expect(await program.ended).toBe(129);
    expect(await locksIn(folder)).toEqual([]);
    expect(await statusesIn(folder)).toMatchObject({ 1: 'submitted' });
    await given();
    expect(requestsTo(emulator, CREATE)).toHaveLength(2);
  });
});

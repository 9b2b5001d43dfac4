import { createServer } from 'node:net';
import { describe } from 'vitest';
import { jobsPerInput, requestsTo } from './service-record.ts';
import { readLog, readState, statusesIn } from './saved-files.ts';
import { transcript } from './transcript.ts';
import { until } from './until.ts';
import { test } from './workbench.ts';

const CREATE = 'batches.create';
const SIX = [1, 2, 3, 4, 5, 6];

/** A port of this machine where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe.concurrent('a create whose answer is lost', () => {
  test('is found and adopted, never sent again', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await openWorkbench({
      service: { faults: [{ endpoint: CREATE, kind: 'drop', phase: 'after', at: 2 }] },
    });
    expect(transcript(await cli(), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	submitted	batches/<job>
      3	submitted	batches/<job>
      2	adopted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)

      ! 002   outcome unknown, it is looked up and not sent again (no complete answer: socket hang up)

      Submitted 3 batches in <duration>
        Total      3 of 3 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
    expect(jobsPerInput(emulator)).toEqual([1, 1, 1]);
    expect(requestsTo(emulator, CREATE)).toHaveLength(3);
    expect(emulator.accepted().deletes).toEqual([]);
  });

  test.for([
    { what: 'a 503', fault: { kind: 'status', status: 503 } },
    { what: 'an HTML page', fault: { kind: 'html' } },
    { what: 'an empty body', fault: { kind: 'empty_body' } },
    { what: 'half an answer', fault: { kind: 'truncated_json', bytes: 20 } },
  ] as const)('behind $what is adopted as well', async ({ fault }, { openWorkbench, expect }) => {
    const { given, emulator } = await openWorkbench({
      batches: [1],
      service: { faults: [{ endpoint: CREATE, phase: 'after', at: 1, ...fault }] },
    });
    await given();
    expect(jobsPerInput(emulator)).toEqual([1]);
    expect(requestsTo(emulator, CREATE)).toHaveLength(1);
  });

  test('is waited for while the listing lags behind', async ({ openWorkbench, expect }) => {
    const { given, emulator, folder } = await openWorkbench({
      clock: 'real',
      batches: [1],
      service: {
        jobTimeMs: 5000,
        listLagMs: 700,
        faults: [{ endpoint: CREATE, kind: 'drop', phase: 'after', at: 1 }],
      },
    });
    await given('--settle 5s');
    expect(jobsPerInput(emulator)).toEqual([1]);
    expect((await readLog(folder)).map(({ event }) => event)).toContain('batch_adopted');
  });

  test('and that never arrived is fenced after --settle, and attempt 2 follows', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder, emulator } = await openWorkbench({
      service: { faults: [{ endpoint: CREATE, kind: 'drop', phase: 'before', at: 2 }] },
    });
    expect(transcript(await cli(), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	submitted	batches/<job>
      3	submitted	batches/<job>
      2	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)

      ! 002   outcome unknown, it is looked up and not sent again (no complete answer: socket hang up)
      ! 002   no job was made; its input is deleted and attempt 2 follows

      Submitted 3 batches in <duration>
        Total      3 of 3 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
    expect(jobsPerInput(emulator)).toEqual([1, 1, 1]);
    const [first] = emulator.accepted().deletes;
    expect(first?.name).toMatch(/-00002-[0-9a-f]{12}-a1$/);
    const { batches } = await readState(folder);
    expect(batches['2']).toMatchObject({ status: 'submitted', attempt: 2 });
  });

  test('does not hold up the other batches', async ({ openWorkbench, expect }) => {
    const { given, folder } = await openWorkbench({
      service: { faults: [{ endpoint: CREATE, kind: 'drop', phase: 'before', at: 1 }] },
    });
    await given();
    const steps = (await readLog(folder)).map(({ event, batch }) => `${event} ${batch ?? ''}`);
    expect(steps.indexOf('batch_created 3')).toBeLessThan(steps.indexOf('batch_fenced 1'));
  });

  test('stays unknown with --on-ambiguous quarantine: exit 6, nothing deleted; a later run adopts it', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, folder, emulator } = await openWorkbench({
      service: { faults: [{ endpoint: CREATE, kind: 'drop', phase: 'before', at: 2 }] },
    });
    expect(transcript(await cli('--on-ambiguous quarantine'), folder)).toMatchInlineSnapshot(`
      "exit 6
      --- stdout
      1	submitted	batches/<job>
      3	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)

      ! 002   outcome unknown, it is looked up and not sent again (no complete answer: socket hang up)

      Submitted 2 batches in <duration>
        Total      2 of 3 submitted, 0 failed
        Unknown    1: a create was sent and its answer was lost
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit             look up the creates whose outcome is unknown"
    `);
    expect(emulator.accepted().deletes).toEqual([]);
    expect(await statusesIn(folder)).toMatchObject({ 2: 'uncertain' });
    expect((await cli('status --exit-code')).code).toBe(6);
    await given();
    expect(jobsPerInput(emulator)).toEqual([1, 1, 1]);
  });

  test('stays unknown while the listing cannot be used, and is never guessed at', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, folder, emulator } = await openWorkbench({
      batches: [1],
      service: {
        faults: [
          { endpoint: CREATE, kind: 'drop', phase: 'after', at: 1 },
          // The first look comes before the create, and a run that cannot look does not pay.
          ...[2, 3, 4].map((at) => ({ endpoint: 'batches.list', kind: 'status', status: 500, at }) as const),
        ],
      },
    });
    expect(transcript(await cli('--max-retries 1'), folder)).toMatchInlineSnapshot(`
      "exit 6
      --- stdout

      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   1 batch, 178 B
        State      batch_submission_state.json   0 done, 1 remaining (1)

      ! 001   outcome unknown, it is looked up and not sent again (no complete answer: socket hang up)
      ! what became of the create for batch 1 could not be looked up: An internal error has occurred. Please retry.

      Submitted 0 batches in <duration>
        Total      0 of 1 submitted, 0 failed
        Unknown    1: a create was sent and its answer was lost
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit             look up the creates whose outcome is unknown"
    `);
    expect(await statusesIn(folder)).toEqual({ 1: 'uncertain' });
    emulator.clearFaults();
    await given();
    expect(jobsPerInput(emulator)).toEqual([1]);
  });
});

describe.concurrent('an upload that fails', () => {
  test('with 503 is repeated within --max-retries', async ({ openWorkbench, expect }) => {
    const { given, emulator } = await openWorkbench({
      service: { faults: [{ endpoint: 'upload.start', kind: 'status', status: 503, at: 2, times: 2 }] },
    });
    await given('--max-retries 2');
    expect(jobsPerInput(emulator)).toEqual([1, 1, 1]);
  });

  test('beyond --max-retries fails its batch alone: exit 3, the others go on, retry repairs it', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, folder, emulator } = await openWorkbench({
      service: { faults: [{ endpoint: 'upload.start', kind: 'status', status: 503, at: 2, times: 3 }] },
    });
    expect(transcript(await cli('--max-retries 2'), folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      1	submitted	batches/<job>
      2	failed	upload: The model is overloaded. Please try again later.
      3	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)

      ! upload: UNAVAILABLE, retry 2 in <duration>

      Submitted 2 batches in <duration>
        Total      2 of 3 submitted, 1 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit retry       submit again what failed"
    `);
    expect(await statusesIn(folder)).toEqual({ 1: 'submitted', 2: 'failed', 3: 'submitted' });
    await given('retry');
    expect(jobsPerInput(emulator)).toEqual([1, 1, 1]);
  });

  test('whose answer is lost is found under its name, not sent again', async ({ openWorkbench, expect }) => {
    const { given, emulator } = await openWorkbench({
      batches: [1],
      service: { faults: [{ endpoint: 'upload.bytes', kind: 'drop', phase: 'after', at: 1 }] },
    });
    await given();
    expect(emulator.accepted().files).toHaveLength(1);
    expect(jobsPerInput(emulator)).toEqual([1]);
  });
});

describe.concurrent('a service that cannot be reached', () => {
  test('ends the run with 1 and marks nothing as failed', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench();
    const url = `http://127.0.0.1:${await closedPort()}`;
    const ended = await cli('--max-retries 2', { BATCH_SUBMIT_BASE_URL: url });
    expect(transcript(ended, folder)).toMatchInlineSnapshot(`
      "exit 1
      --- stdout

      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)

      ! check the model: ECONNREFUSED, retry 2 in <duration>
      error: Cannot submit to model "gemini-2.5-flash": the service did not answer as expected (ECONNREFUSED: no complete answer: connect ECONNREFUSED 127.0.0.1:<port>)

      hint: everything so far is saved; run the same command again when the service can be reached"
    `);
    expect(await statusesIn(folder)).toEqual({});
  });

  test('in the middle of the work: nothing that was not sent is failed', async ({
    openWorkbench,
    expect,
  }) => {
    const { start, emulator, folder } = await openWorkbench({
      batches: [1, 2, 3, 4],
      service: { latencyMs: 30 },
    });
    const run = start('--max-retries 1');
    await until('the first job', () => emulator.accepted().jobs.length > 0);
    await emulator.close();
    const { code, stderr } = await run.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(
      'hint: everything so far is saved; run the same command again when the service can be reached',
    );
    expect(Object.values(await statusesIn(folder))).not.toContain('failed');
  });

  test('three batches in a row without an answer end the run, before all of them are marked as failed', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, emulator, folder } = await openWorkbench({ batches: SIX });
    emulator.addFault({ endpoint: 'upload.start', kind: 'drop' });
    const { code, stderr } = await cli('--max-retries 1');
    expect(code).toBe(1);
    expect(stderr).toContain('hint: everything so far is saved');
    expect(
      Object.values(await statusesIn(folder)).filter((status) => status === 'failed').length,
    ).toBeLessThan(3);
    emulator.clearFaults();
    await cli();
    await cli('retry');
    await given();
    expect(jobsPerInput(emulator)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('and then the same command again finishes the work, as its hint says', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, emulator } = await openWorkbench({ batches: SIX });
    emulator.addFault({ endpoint: 'upload.start', kind: 'drop' });
    await cli('--max-retries 1');
    emulator.clearFaults();
    expect((await cli()).code).toBe(0);
  });
});

describe.concurrent('--fail-fast', () => {
  test('stops at the first batch that fails, and says so', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await openWorkbench({
      service: { faults: [{ endpoint: CREATE, kind: 'status', status: 400, at: 1 }] },
    });
    expect(transcript(await cli('--fail-fast'), folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      1	failed	create: The request failed with HTTP status 400.
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)

      error: Cannot go on: batch 1 failed and --fail-fast was given

      hint: see \`batch-submit status --failed\`"
    `);
    expect(requestsTo(emulator, CREATE)).toHaveLength(1);
  });
});

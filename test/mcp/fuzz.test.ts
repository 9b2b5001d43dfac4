import { describe } from 'vitest';
import { requestsTo } from '../cli/service-record.ts';
import { until } from '../cli/until.ts';
import { test, type Workbench } from '../cli/workbench.ts';
import { createDice, nextFuzz, type FuzzOptions } from './fuzz-messages.ts';
import { DESTRUCTIVE, WORKING } from './served.ts';
import { isProtocol, openRaw, readMessage, type RawClient } from './raw-client.ts';

/** Another one with `MCP_FUZZ_SEED=<n>`. */
const SEED = Number(process.env['MCP_FUZZ_SEED'] ?? 20_261_123);
const MESSAGES = 5000;
const READING = ['batch_plan', 'batch_validate', 'batch_status', 'batch_audit'];

/** Sends them all, and waits now and then until the server has caught up. @returns ids that need an answer */
async function bombard(client: RawClient, seed: number, options: FuzzOptions): Promise<readonly string[]> {
  const dice = createDice(seed);
  const due: string[] = [];
  for (let number = 0; number < MESSAGES; number += 1) {
    const { bytes, mustAnswer } = nextFuzz(dice, number, options);
    await client.write(bytes);
    if (mustAnswer !== undefined) due.push(mustAnswer);
    if (number % 100 === 99) await client.ask('ping');
  }
  return due;
}

function idsIn(lines: readonly string[]): readonly unknown[] {
  return lines.map(readMessage).flatMap((message) => (message?.method === undefined ? [message?.id] : []));
}

function paidAt({ emulator }: Workbench): readonly unknown[] {
  return requestsTo(emulator, 'upload.start', 'batches.create', 'batches.cancel', 'files.delete');
}

describe.concurrent(`${2 * MESSAGES} messages of any kind (seed ${SEED})`, () => {
  const cases: readonly (readonly [
    name: string,
    flags: readonly string[],
    shake: boolean,
    options: FuzzOptions,
  ])[] = [
    [
      'a server that only looks, before it is greeted',
      ['--read-only'],
      false,
      { guarded: WORKING, free: READING },
    ],
    [
      'a server with all tools, whose paid ones get wrong arguments',
      ['--allow-destructive'],
      true,
      { guarded: [...WORKING, ...DESTRUCTIVE], free: READING },
    ],
  ];
  test.for(cases)(
    'leave alive and silent %s',
    { timeout: 120_000 },
    async ([, flags, shake, options], { openWorkbench, expect }) => {
      const bench = await openWorkbench();
      const client = await openRaw(flags, bench, shake);
      try {
        const due = await bombard(client, shake ? SEED : SEED + 1, options);
        expect(due.length).toBeGreaterThan(500);
        const list = await client.ask('tools/list');
        expect(list.result?.['tools']).toHaveLength(flags.includes('--read-only') ? 5 : 12);
        expect((await client.tool('batch_status')).result).toMatchObject({
          structuredContent: { counts: { total: 3, remaining: 3 } },
        });
        expect(client.lines().filter((line) => !isProtocol(line))).toEqual([]);
        const missing = (): readonly string[] => {
          const answered = new Set(idsIn(client.lines()));
          return due.filter((id) => !answered.has(id));
        };
        await until('an answer to every proper request', () => missing().length === 0, 60_000);
        const answered = idsIn(client.lines()).filter((id) => due.includes(String(id)));
        expect(answered, 'each once').toHaveLength(due.length);
        expect(paidAt(bench)).toEqual([]);
        expect(client.stderr()).toBe('');
        expect((await client.memory()) ?? 0).toBeLessThan(250e6);
      } finally {
        client.closeStdin();
      }
      expect(await client.ended).toBe(0);
    },
  );
});

describe.concurrent('one message of more than 10 MB', () => {
  test('ends the server with a reason, after its calls have stopped and saved', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ clock: 'real', service: { outcome: () => 'stuck_running' } });
    const client = await openRaw([], bench);
    const call = client.tool('batch_run', { maxSeconds: 60 }).catch((error: unknown) => error);
    await until('three jobs', () => bench.emulator.accepted().jobs.length === 3);
    for (let sent = 0; sent <= 10; sent += 1) await client.write('x'.repeat(1024 * 1024));
    expect(await client.ended).toBe(2);
    expect(await call).toBeInstanceOf(Error);
    expect(client.stderr()).toContain(
      'error: Cannot go on serving: the client sent a message of more than 10 MB',
    );
    expect(client.lines().filter((line) => !isProtocol(line))).toEqual([]);
    const { stdout } = await bench.given('status --json');
    expect(JSON.parse(stdout)).toMatchObject({ submitted: 3 });
    await bench.given('unlock -n');
  });

  test('is read when it is a little less', async ({ openWorkbench, expect }) => {
    const client = await openRaw([], await openWorkbench());
    await client.ask('ping', { filler: 'x'.repeat(9_000_000) });
    client.closeStdin();
    expect(await client.ended).toBe(0);
  });
});

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openEventLog, type EventLog, type EventLogOptions } from '../../src/events/event-log.ts';
import type { RunEvent } from '../../src/model/run-event.ts';

async function temporaryLog(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'batch-submit-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'log.jsonl');
}

function open(path: string, options: Partial<EventLogOptions> = {}): EventLog {
  const log = openEventLog({ path, run: 'r1', now: () => new Date('2026-09-28T10:00:00Z'), ...options });
  onTestFinished(() => log.close());
  return log;
}

async function linesIn(path: string): Promise<readonly unknown[]> {
  const text = await readFile(path, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

const created: RunEvent = { event: 'batch_created', batch: 81, job: 'batches/one', displayName: 'bs1/81' };

function warning(message: string): RunEvent {
  return { event: 'warning', message };
}

test('a line has the fields of the guide, the run and its number in it, and nothing of pino', async () => {
  const path = await temporaryLog();
  const log = open(path);
  log.sink({ event: 'interrupted', signal: 'SIGINT' });
  log.sink(created);
  log.close();
  expect(await readFile(path, 'utf8')).toBe(
    '{"timestamp":"2026-09-28T10:00:00.000Z","event":"interrupted","data":{"signal":"SIGINT"},"run":"r1","seq":1}\n' +
      '{"timestamp":"2026-09-28T10:00:00.000Z","event":"batch_created","batch":81,"data":{"job":"batches/one","displayName":"bs1/81"},"run":"r1","seq":2}\n',
  );
  expect(log.failed).toBeUndefined();
});

test('seq counts every run from 1 without a gap', async () => {
  const path = await temporaryLog();
  for (const run of ['r1', 'r2']) {
    const log = open(path, { run });
    for (let index = 0; index < 5; index += 1) log.sink(warning(`${index}`));
    log.close();
  }
  const lines = (await linesIn(path)) as readonly { readonly run: string; readonly seq: number }[];
  expect(lines.map(({ run, seq }) => `${run}:${seq}`)).toEqual([
    'r1:1',
    'r1:2',
    'r1:3',
    'r1:4',
    'r1:5',
    'r2:1',
    'r2:2',
    'r2:3',
    'r2:4',
    'r2:5',
  ]);
});

test('any text comes back as it was, on one line, without a character that hides or turns text', async () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom(
        '\n',
        '\r',
        '\0',
        '"',
        '\\',
        '\u007f',
        '\u009b',
        '\u202e',
        '\u2028',
        '\ufeff',
        '\u{e0041}',
        'x',
      ),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 5 }), async (texts) => {
      const path = await temporaryLog();
      const log = open(path);
      for (const message of texts) log.sink(warning(message));
      log.close();
      const raw = await readFile(path, 'utf8');
      // Lines end in LF; every other control, format or separator character must be an escape.
      expect(raw.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      const lines = (await linesIn(path)) as readonly { readonly data: { readonly message: string } }[];
      expect(lines.map((line) => line.data.message)).toEqual(texts);
    }),
    { numRuns: 300 },
  );
});

test('long lists are written whole', async () => {
  const path = await temporaryLog();
  const log = open(path);
  const others = Array.from({ length: 5_000 }, (_, index) => `batches/${index}`);
  log.sink({ event: 'duplicate_jobs', batch: 81, kept: 'batches/one', others });
  log.close();
  expect(await linesIn(path)).toMatchObject([{ data: { kept: 'batches/one', others } }]);
});

test('what is named to be redacted is, and the scrub sees every finished line', async () => {
  const path = await temporaryLog();
  const log = open(path, {
    redact: ['data.displayName'],
    scrub: (line) => line.replaceAll(/AIza[0-9A-Za-z_-]{35}/g, '[key]'),
  });
  log.sink(created);
  log.sink(warning(`refused: key=AIza${'x'.repeat(35)} is no good`));
  log.close();
  expect(await linesIn(path)).toMatchObject([
    { data: { job: 'batches/one', displayName: '[redacted]' } },
    { data: { message: 'refused: key=[key] is no good' } },
  ]);
});

test.skipIf(!existsSync('/dev/full'))('a full disk makes the log quiet and never throws', () => {
  const log = open('/dev/full');
  expect(log.failed).toBeUndefined();
  log.sink(created);
  const first = log.failed;
  expect(first).toMatchObject({ code: 'ENOSPC' });
  log.sink(created);
  log.sink(warning('more'));
  log.close();
  expect(log.failed).toBe(first);
});

test('a scrub that throws makes the log quiet: a line that was not scrubbed is not written', async () => {
  const path = await temporaryLog();
  const log = open(path, {
    scrub: () => {
      throw new Error('scrub');
    },
  });
  log.sink(created);
  log.sink(created);
  log.close();
  expect(log.failed?.message).toBe('scrub');
  expect(await readFile(path, 'utf8')).toBe('');
});

test('events after close() are dropped, and a second close() does nothing', async () => {
  const path = await temporaryLog();
  const log = open(path);
  log.sink(created);
  log.close();
  log.sink(created);
  log.close();
  expect(await linesIn(path)).toHaveLength(1);
  expect(log.failed).toBeUndefined();
});

test('a log that cannot be opened stops the run before it starts', async () => {
  const path = await temporaryLog();
  await mkdir(path);
  expect(() => open(path)).toThrow(
    expect.objectContaining({ code: 'E_DISK', message: expect.stringContaining(`"${path}"`) }),
  );
  expect(() => open(join(path, 'missing', 'log.jsonl'))).toThrow(expect.objectContaining({ code: 'E_DISK' }));
});

test('a run that died in the middle of a line does not cost the next run its first line', async () => {
  const path = await temporaryLog();
  const first = open(path);
  first.sink(created);
  first.sink(created);
  first.close();
  const text = await readFile(path);
  await rm(path);
  await writeFile(path, text.subarray(0, text.length - 20));
  const second = open(path, { run: 'r2' });
  second.sink(created);
  second.close();
  expect(await linesIn(path)).toMatchObject([
    { run: 'r1', seq: 1 },
    { run: 'r2', seq: 1 },
  ]);
});

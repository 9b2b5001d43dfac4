import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openEventLog } from '../../src/events/event-log.ts';
import { openLogTail } from '../../src/events/log-tail.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

const NOW = new Date('2026-11-22T14:00:00.000Z');
const same = (text: string): string => text;

async function logPath(): Promise<string> {
  return join(await temporaryFolder(), 'log.jsonl');
}

describe('openLogTail()', () => {
  test('gives the events that are logged from now on, as they were emitted', async () => {
    const path = await logPath();
    const log = openEventLog({ path, run: 'r-1', now: () => NOW });
    log.sink({ event: 'warning', message: 'before' });
    const tail = await openLogTail(path, same);
    expect(await tail.read()).toEqual([]);
    const events = [
      { event: 'upload_reused', batch: 7, file: 'files/a' },
      { event: 'interrupted', signal: 'SIGINT' },
    ] as const;
    for (const event of events) log.sink(event);
    expect(await tail.read()).toEqual(
      events.map((event) => ({ event, time: NOW.toISOString(), run: 'r-1' })),
    );
    expect(await tail.read(), 'once').toEqual([]);
    log.close();
  });

  test('waits for the rest of a line', async () => {
    const path = await logPath();
    const tail = await openLogTail(path, same);
    expect(await tail.read(), 'there is no log yet').toEqual([]);
    const line = JSON.stringify({ timestamp: 't', event: 'warning', data: { message: 'é' }, run: 'r' });
    const bytes = Buffer.from(`${line}\n`);
    const middle = bytes.indexOf(Buffer.from('é')) + 1;
    await writeFile(path, bytes.subarray(0, middle));
    expect(await tail.read()).toEqual([]);
    await appendFile(path, bytes.subarray(middle));
    expect(await tail.read()).toEqual([{ event: { event: 'warning', message: 'é' }, time: 't', run: 'r' }]);
  });

  test('passes over lines that are not ours', async () => {
    const path = await logPath();
    const tail = await openLogTail(path, same);
    const ours = JSON.stringify({ timestamp: 't', event: 'interrupted', data: {}, run: 'r' });
    await writeFile(path, ['not JSON', '[]', 'null', '{"event":"warning"}', ours, ''].join('\n'));
    expect(await tail.read()).toHaveLength(1);
  });

  test('begins anew with a log that was replaced by a shorter one', async () => {
    const path = await logPath();
    await writeFile(path, `${'x'.repeat(1000)}\n`);
    const tail = await openLogTail(path, same);
    await writeFile(
      path,
      `${JSON.stringify({ timestamp: 't', event: 'interrupted', data: {}, run: 'r' })}\n`,
    );
    await tail.read();
    expect(await tail.read()).toHaveLength(1);
  });

  test('reads a long log in pieces, and loses none of it', async () => {
    const path = await logPath();
    const tail = await openLogTail(path, same);
    const message = 'm'.repeat(10_000);
    const line = JSON.stringify({ timestamp: 't', event: 'warning', data: { message }, run: 'r' });
    await writeFile(path, `${line}\n`.repeat(1000));
    let seen = 0;
    let reads = 0;
    for (let more = 1; more > 0; reads += 1) {
      more = (await tail.read()).length;
      seen += more;
    }
    expect(seen).toBe(1000);
    expect(reads).toBeGreaterThan(2);
  });

  test('cleans every text', async () => {
    const path = await logPath();
    const tail = await openLogTail(path, (text) => text.toUpperCase());
    const data = { others: ['batches/a'] };
    await writeFile(path, `${JSON.stringify({ timestamp: 't', event: 'duplicate_jobs', data, run: 'r' })}\n`);
    expect((await tail.read())[0]?.event).toMatchObject({ others: ['BATCHES/A'] });
  });
});

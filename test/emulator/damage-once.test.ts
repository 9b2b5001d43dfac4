import { describe, expect, test } from 'vitest';
import { type Body, inputLine, inputLines } from './support/api-client.ts';
import { startTestBed, type TestBed } from './support/emulator.ts';

/** Creates a job, lets it end and returns its results and counts. */
async function answersTo(
  { api, clock }: TestBed,
  input: string,
): Promise<{ readonly lines: readonly Body[]; readonly stats: Body }> {
  const { name } = (await api.create((await api.upload(input)).name)).body;
  clock.advance(10_000);
  return { stats: (await api.job(name)).metadata.batchStats, lines: await api.results(name) };
}

const isError = ({ error }: Body): boolean => error !== undefined;

describe('damageOnce', () => {
  test('lets a request that is sent again come out fine, in the file and in the counts', async () => {
    const bed = await startTestBed({ damage: { error: 1 }, damageOnce: true });
    const first = await answersTo(bed, inputLines(3));
    expect(first.lines.map(isError)).toEqual([true, true, true]);
    expect(first.stats).toEqual({ requestCount: '3', failedRequestCount: '3' });
    // Other keys, another order, one new request: it is the request that counts.
    const again = ['k2', 'k0', 'new'].map((text) => inputLine(`row-${text}`, `Prompt of ${text}`));
    const second = await answersTo(bed, again.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(second.lines.map(({ key, error }) => [key, error?.code])).toEqual([
      ['row-k2', undefined],
      ['row-k0', undefined],
      ['row-new', 4],
    ]);
    expect(second.stats).toEqual({
      requestCount: '3',
      successfulRequestCount: '2',
      failedRequestCount: '1',
    });
    expect(bed.emulator.damaged().map(({ key }) => key)).toEqual(['k0', 'k1', 'k2', 'row-new']);
  });

  test.for(['missing', 'duplicate', 'conflicting', 'garbled', 'foreign'] as const)(
    'spares a line from %s too',
    async (kind) => {
      const bed = await startTestBed({ damage: { [kind]: 1 }, damageOnce: true });
      await answersTo(bed, inputLines(4));
      expect(bed.emulator.damaged()).toHaveLength(4);
      const { lines } = await answersTo(bed, inputLines(4));
      expect(lines.map(({ key }) => key)).toEqual(['k0', 'k1', 'k2', 'k3']);
      expect(bed.emulator.damaged()).toHaveLength(4);
    },
  );

  test('without it the second answer is damaged as well', async () => {
    const bed = await startTestBed({ damage: { error: 1 } });
    await answersTo(bed, inputLines(2));
    expect((await answersTo(bed, inputLines(2))).lines.map(isError)).toEqual([true, true]);
  });

  test('goes by which job ended first, not by whose results are fetched first', async () => {
    const { api, clock } = await startTestBed({
      damage: { error: 1 },
      damageOnce: true,
      outcome: ({ number }) => (number === 1 ? 'expired' : 'succeeded'),
    });
    const names: string[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      names.push((await api.submit(2)).name);
      clock.advance(1000);
    }
    clock.advance(10_000);
    const [, second = '', third = ''] = names;
    // The first job expired and so answered nothing.
    expect((await api.results(third)).map(isError)).toEqual([false, false]);
    expect((await api.results(second)).map(isError)).toEqual([true, true]);
  });

  test('counts only what a cancelled job had answered', async () => {
    const { api, clock } = await startTestBed({ damage: { refused: 1 }, damageOnce: true });
    const codes = async (name: string): Promise<readonly unknown[]> =>
      (await api.results(name)).map(({ error }) => error?.code);
    const first = await api.submit(20);
    clock.advance(7500);
    await api.call(`/v1beta/${first.name}:cancel`, { method: 'POST' });
    const cut = await codes(first.name);
    expect(new Set(cut)).toEqual(new Set([3, 1]));
    const second = await api.submit(20);
    clock.advance(10_000);
    expect(await codes(second.name)).toEqual(cut.map((code) => (code === 3 ? undefined : 3)));
  });

  test('spares inline requests as well', async () => {
    const { api, clock } = await startTestBed({ damage: { truncated: 1 }, damageOnce: true });
    const requests = [{ request: inputLine('a').request, metadata: { key: 'a' } }];
    const reasons: string[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const batch = { displayName: 'inline', inputConfig: { requests: { requests } } };
      const { body } = await api.post('/v1beta/models/gemini-2.5-flash:batchGenerateContent', { batch });
      clock.advance(10_000);
      const { inlinedResponses } = (await api.job(body.name)).response.inlinedResponses;
      reasons.push(inlinedResponses[0].response.candidates[0].finishReason);
    }
    expect(reasons).toEqual(['MAX_TOKENS', 'STOP']);
  });
});

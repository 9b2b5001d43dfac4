import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { downloadResults } from '../../src/collect/download.ts';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { BatchService } from '../../src/model/service.ts';
import { createSampleContext } from '../service/sample-context.ts';
import { succeeded } from '../service/sample-records.ts';
import { inTurn, jobSnapshot, ok } from '../service/service-double.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

/** One answer of two that were asked for. */
const PARTIAL = `${JSON.stringify({ key: 'a', response: { candidates: [{ content: { parts: [{ text: 'Yes' }] } }] } })}\n`;

const send: BatchService['downloadResult'] = async (_job, _results, toPath) => {
  await writeFile(toPath, PARTIAL);
  const sha256 = createHash('sha256').update(PARTIAL).digest('hex');
  return ok({ sizeBytes: Buffer.byteLength(PARTIAL), sha256 });
};

/** A batch whose second job ended in this way and left some answers. */
function endedAs(status: 'expired' | 'cancelled' | 'failed'): BatchRecord {
  const { job, input, file, results, endedAt } = succeeded('batches/j1');
  const common = { attempt: 2, job, input, file, results };
  if (status !== 'failed') return { ...common, status, endedAt };
  return { ...common, status, step: 'job', reason: 'failed', detail: 'why', failedAt: endedAt };
}

describe.each(['expired', 'cancelled', 'failed'] as const)('what a job left that has %s', (status) => {
  test('is kept under a name of its own, and fetched once', async () => {
    const outputDirectory = await temporaryFolder();
    const options = { outputDirectory, concurrency: 1, force: false };
    const getJob = inTurn(ok(jobSnapshot('batches/j1', status)));
    const context = createSampleContext({ downloadResult: send, getJob }, { 81: endedAs(status) });
    const downloads = (): number =>
      context.journal.filter((step) => step.startsWith('downloadResult')).length;

    expect(await downloadResults(context, [81], options)).toMatchObject({ saved: [{ batch: 81 }], kept: [] });
    expect(await readdir(outputDirectory)).toEqual(['batch_081.partial-2.jsonl']);
    expect(await readFile(join(outputDirectory, 'batch_081.partial-2.jsonl'), 'utf8')).toBe(PARTIAL);
    expect(context.store.recordOf(81)).toMatchObject({ status, attempt: 2, saved: { lines: 1 } });
    expect(downloads()).toBe(1);

    expect(await downloadResults(context, [81], options)).toMatchObject({ saved: [], kept: [81] });
    expect(downloads()).toBe(1);
  });
});

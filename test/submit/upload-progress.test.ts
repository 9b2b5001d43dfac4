import { describe, expect, test } from 'vitest';
import type { ProgressSink } from '../../src/model/progress.ts';
import type { BatchService } from '../../src/model/service.ts';
import { submit } from '../../src/submit/submit.ts';
import { uploadFile } from '../../src/submit/upload-file.ts';
import { INPUT } from '../service/sample-records.ts';
import { createSampleContext } from '../service/sample-context.ts';
import { failed, inTurn, ok } from '../service/service-double.ts';
import { createSampleSubmit, OPTIONS } from './sample-submit.ts';

const CHECKED = { facts: INPUT, keyless: 0 };
const SENT = ok({
  name: 'files/a',
  uri: 'https://host/files/a',
  sizeBytes: 100,
  sha256: undefined,
  active: true,
});

/** A sink that notes what it is told, in order. */
function createNotes(): { readonly progress: ProgressSink; readonly told: readonly string[] } {
  const told: string[] = [];
  const note =
    (name: string) =>
    (...facts: readonly unknown[]): void =>
      void told.push([name, ...facts].join(' '));
  const progress: ProgressSink = {
    batchesFrom: note('batchesFrom'),
    createsFrom: (read) => told.push(`createsFrom ${typeof read}`),
    planned: note('planned'),
    started: note('started'),
    sent: note('sent'),
    uploaded: note('uploaded'),
    ended: note('ended'),
    waitsForJobs: note('waitsForJobs'),
  };
  return { progress, told };
}

async function toldOf(uploadTo: BatchService['uploadFile']): Promise<readonly string[]> {
  const { progress, told } = createNotes();
  await uploadFile({ ...createSampleSubmit({ uploadFile: uploadTo }), progress }, 1, CHECKED);
  return told;
}

describe('uploadFile() tells how far it is', () => {
  test('from the first byte to the answer', async () => {
    const told = await toldOf(({ onProgress }) => {
      for (const bytes of [0, 60, 100]) onProgress?.(bytes);
      return Promise.resolve(SENT);
    });
    expect(told).toEqual(['started 1 100', 'sent 1 0', 'sent 1 60', 'sent 1 100', 'uploaded 1']);
  });

  test('and does not call a failure uploaded', async () => {
    const told = await toldOf(({ onProgress }) => {
      onProgress?.(40);
      return Promise.resolve(failed('refused'));
    });
    expect(told).toEqual(['started 1 100', 'sent 1 40']);
  });
});

test('submit() tells what it will send, and that nothing more will come when it stops', async () => {
  const { progress, told } = createNotes();
  const service = {
    checkModel: inTurn(ok(undefined)),
    listJobs: inTurn(ok({ jobs: [], nextPageToken: undefined })),
  };
  const planned = [1, 2].map((batch) => ({
    file: { batch, path: `/nonexistent/${batch}.jsonl`, sizeBytes: 100 * batch },
    action: { kind: 'upload_and_create' } as const,
  }));
  const options = { ...OPTIONS, concurrency: 1, failFast: true };
  await submit({ ...createSampleContext(service), progress }, planned, options);
  expect(told).toEqual([
    'createsFrom function',
    'planned 1 100',
    'planned 2 200',
    'ended 1',
    'ended 2',
    'waitsForJobs false',
    'createsFrom undefined',
  ]);
});

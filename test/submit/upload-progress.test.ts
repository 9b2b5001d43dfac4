import { describe, expect, test } from 'vitest';
import type { ProgressSink } from '../../src/model/progress.ts';
import type { BatchService } from '../../src/model/service.ts';
import { uploadFile } from '../../src/submit/upload-file.ts';
import { INPUT } from '../service/sample-records.ts';
import { failed, ok } from '../service/service-double.ts';
import { createSampleSubmit } from './sample-submit.ts';

const CHECKED = { facts: INPUT, keyless: 0 };
const SENT = ok({
  name: 'files/a',
  uri: 'https://host/files/a',
  sizeBytes: 100,
  sha256: undefined,
  active: true,
});

/** What the sink is told, in order. */
async function toldOf(uploadTo: BatchService['uploadFile']): Promise<readonly string[]> {
  const told: string[] = [];
  const note =
    (name: string) =>
    (...facts: readonly unknown[]): void =>
      void told.push([name, ...facts].join(' '));
  const progress: ProgressSink = {
    planned: note('planned'),
    started: note('started'),
    sent: note('sent'),
    uploaded: note('uploaded'),
    ended: note('ended'),
    waitsForJobs: note('waitsForJobs'),
  };
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

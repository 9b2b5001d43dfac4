import { describe, expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import { readFileMark } from '../../src/model/names.ts';
import { judgeFile, liveInputsOf } from '../../src/upkeep/judge-file.ts';
import { jobSnapshot } from '../service/service-double.ts';
import { RECORDS } from '../model/records.ts';

/** Of the third attempt, as the sample records are. */
const NAME = 'files/bs1-k3v9q2ma-00001-9f86d081884c-a3';
const DISPLAY_NAME = 'bs1/k3v9q2ma/1/9f86d081884c7d65/a3';
const NOBODY = liveInputsOf([]);

function judge(record: BatchRecord | undefined, name = NAME, live = NOBODY) {
  const mark = readFileMark(name);
  if (mark === undefined) throw new Error(`${name} has no mark`);
  return judgeFile(name, mark, record, live);
}

describe('judgeFile()', () => {
  const results = { kind: 'file', name: 'files/left' } as const;
  const { saved } = RECORDS.collected;

  test.for([
    ['no record', undefined, 'unknown'],
    ['pending', RECORDS.pending, 'unknown'],
    ['uploading', RECORDS.uploading, 'needed'],
    ['uploaded', RECORDS.uploaded, 'needed'],
    ['creating', RECORDS.creating, 'needed'],
    ['uncertain', RECORDS.uncertain, 'needed'],
    ['submitted', RECORDS.submitted, 'not_ended'],
    ['succeeded', RECORDS.succeeded, 'not_collected'],
    ['collected', RECORDS.collected, undefined],
    ['expired', RECORDS.expired, undefined],
    ['expired, results to fetch', { ...RECORDS.expired, results }, 'not_collected'],
    ['expired, results here', { ...RECORDS.expired, results, saved }, undefined],
    ['cancelled', RECORDS.cancelled, undefined],
    ['a refused create', RECORDS.failed, undefined],
    ['a failed upload', { ...RECORDS.failed, step: 'upload' }, 'needed'],
    ['a job nobody knows', { ...RECORDS.failed, step: 'job', reason: 'missing' }, 'not_ended'],
    ['a second job', { ...RECORDS.collected, duplicates: ['batches/twice'] }, 'twice'],
  ] as const satisfies readonly (readonly [string, BatchRecord | undefined, string | undefined])[])(
    'of a batch with %s',
    ([, record, reason]) => {
      expect(judge(record)).toBe(reason);
    },
  );

  test('an earlier attempt is over, unless its job was replaced and may still run', () => {
    const before = NAME.replace('a3', 'a2');
    expect(judge(RECORDS.submitted, before)).toBeUndefined();
    const earlier = [{ attempt: 2, jobName: 'batches/b', ended: 'replaced' }];
    expect(judge({ ...RECORDS.submitted, earlier }, before)).toBe('not_ended');
  });

  test('an attempt that the state has not come to is not known', () => {
    expect(judge(RECORDS.collected, NAME.replace('a3', 'a4'))).toBe('unknown');
  });

  test.for([
    ['names it', { inputFile: NAME }],
    ['carries its mark and names no input', { displayName: DISPLAY_NAME }],
  ] as const)('a job that has not ended and %s keeps it, whatever the state says', ([, facts]) => {
    const running = liveInputsOf([jobSnapshot('batches/x', 'running', facts)]);
    expect(judge(RECORDS.collected, NAME, running)).toBe('not_ended');
    const over = liveInputsOf([jobSnapshot('batches/x', 'succeeded', facts)]);
    expect(judge(RECORDS.collected, NAME, over)).toBeUndefined();
  });
});

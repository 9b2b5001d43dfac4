import { describe, expect, test } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import { QUESTIONS } from '../../src/probe/questions/index.ts';
import { ApiClient } from '../emulator/support/api-client.ts';
import {
  answersById,
  factsOf,
  openProbeBench,
  leftAt,
  type ProbeBench,
  readAnswers,
  SECOND_KEY,
  textsBelow,
} from './probe-bench.ts';

const WITH_SECOND_KEY = { env: { GEMINI_API_KEY_2: SECOND_KEY } };
const DAY_MS = 86_400_000;

/** Somebody's own jobs, `days` old. */
async function giveHistory({ emulator, clock }: ProbeBench, ...days: readonly number[]): Promise<void> {
  const api = new ApiClient(emulator.url);
  let age = Math.max(...days);
  for (const day of [...days].sort((a, b) => b - a)) {
    clock.advance((age - day) * DAY_MS);
    age = day;
    await api.submit(1, `a user's own job, ${day} days old`);
  }
  clock.advance(age * DAY_MS);
}

test('all thirteen questions are answered as the emulator is', async () => {
  const bench = await openProbeBench();
  await giveHistory(bench, 20, 3);
  const probed = await bench.probe('--yes', WITH_SECOND_KEY);
  expect(probed.code, probed.stderr).toBe(0);
  const answers = await readAnswers(probed);
  expect(answersById(answers)).toEqual({
    L1: 'refused',
    L2: 'counted',
    L3: 'at_once',
    L4: 'newest_first',
    L5: 'end_200',
    L6: 'survives',
    L7: 'file',
    L8: 'ranges',
    L9: 'all',
    L10: 'verbatim',
    L11: 'kept',
    L12: '403',
    L13: 'base64_of_hex',
  });
  expect(Object.keys(answersById(answers))).toEqual(QUESTIONS.map(({ id }) => id));
  expect(answers.constants.filter(({ changes }) => changes)).toEqual([
    expect.objectContaining({ question: 'L9', recommended: 'any key of the project' }),
  ]);
  expect(leftAt(bench)).toHaveLength(4); // the user's own
});

interface Flip {
  readonly id: string;
  readonly service: Omit<EmulatorOptions, 'clock'>;
  readonly answer: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Of the constant that must change. */
  readonly recommended?: string;
}

describe('a switch of the emulator flips the answer', () => {
  const flips: readonly Flip[] = [
    { id: 'L1', service: { deletedInput: 'runs' }, answer: 'runs', recommended: 'no' },
    { id: 'L1', service: { deletedInput: 'job_fails' }, answer: 'fails_later' },
    { id: 'L1', service: { absentFileStatus: 404 }, answer: 'refused', facts: { httpStatus: 404 } },
    { id: 'L1', service: { absentFileStatus: 400 }, answer: 'refused', facts: { httpStatus: 400 } },
    { id: 'L2', service: { countsAtCreate: false }, answer: 'not_counted', recommended: 'not shown' },
    { id: 'L3', service: { listLagMs: 60_000 }, answer: 'late' },
    { id: 'L3', service: { listLagMs: 300_000 }, answer: 'late', recommended: '23m' },
    { id: 'L3', service: { listLagMs: 10 * DAY_MS }, answer: 'not_in_time', recommended: '40m' },
    { id: 'L4', service: { listOrder: 'oldest_first' }, answer: 'oldest_first' },
    {
      id: 'L4',
      service: { listMaxPageSize: 3 },
      answer: 'newest_first',
      facts: { oversize: 'lowered', largestPageSize: 3 },
      recommended: '3',
    },
    {
      id: 'L4',
      service: { listOversize: 'refused' },
      answer: 'newest_first',
      facts: { oversize: 'refused', largestPageSize: 100 },
    },
    {
      id: 'L4',
      service: { listDefaultPageSize: 2 },
      answer: 'newest_first',
      facts: { withoutSize: 'cut', defaultPageSize: 2 },
    },
    {
      id: 'L4',
      service: { listNeedsPageSize: true },
      answer: 'newest_first',
      facts: { withoutSize: 'empty' },
    },
    { id: 'L5', service: { nameConflict: 'start_409' }, answer: 'start_409' },
    { id: 'L5', service: { nameConflict: 'end_409' }, answer: 'end_409' },
    { id: 'L5', service: { nameConflict: 'none' }, answer: 'none', recommended: 'not at all' },
    { id: 'L5', service: { namesReusable: false }, answer: 'end_200', facts: { nameAfterDelete: 'taken' } },
    { id: 'L6', service: { inputMustOutlive: true }, answer: 'fails', recommended: 'no' },
    {
      id: 'L7',
      service: { queryAfterFinal: 'bare' },
      answer: 'bare',
      recommended: 'is replaced by files.get',
    },
    { id: 'L7', service: { queryAfterFinal: 'gone' }, answer: 'gone' },
    { id: 'L8', service: { ranges: false }, answer: 'whole_only', facts: { acceptsRanges: false } },
    { id: 'L8', service: { downloadEtag: 'weak' }, answer: 'ranges', facts: { etag: 'weak' } },
    { id: 'L8', service: { downloadEtag: 'none' }, answer: 'ranges', recommended: 'from its beginning' },
    { id: 'L8', service: { downloadLength: false }, answer: 'ranges', facts: { hasLength: false } },
    { id: 'L8', service: { resultsEndWithJob: true }, answer: 'ranges', facts: { outlivesJob: false } },
    { id: 'L9', service: { otherKeySees: 'list' }, answer: 'list' },
    { id: 'L9', service: { otherKeySees: 'get' }, answer: 'get' },
    { id: 'L9', service: { otherKeySees: 'nothing' }, answer: 'nothing' },
    { id: 'L10', service: { displayNameText: 'changed' }, answer: 'changed', recommended: 'by their mark' },
    { id: 'L10', service: { displayNameText: 'refused' }, answer: 'refused' },
    {
      id: 'L10',
      service: { longestDisplayName: 600 },
      answer: 'verbatim',
      facts: { longestVerbatim: 512, shortestRefused: 1024 },
      recommended: '512',
    },
    { id: 'L12', service: { missingFileStatus: 404 }, answer: '404' },
    { id: 'L13', service: { sha256Form: 'base64_of_bytes' }, answer: 'base64_of_bytes' },
    { id: 'L13', service: { sha256Form: 'hex' }, answer: 'hex' },
    { id: 'L13', service: { sha256Form: 'absent' }, answer: 'absent' },
  ];

  test.for(flips)('$id with $service: $answer', async ({ id, service, answer, facts, recommended }) => {
    const bench = await openProbeBench(service);
    const probed = await bench.probe(`--yes --only ${id}`, WITH_SECOND_KEY);
    const answers = await readAnswers(probed);
    expect(answersById(answers), probed.stdout).toEqual({ [id]: answer });
    expect(factsOf(answers, id)).toMatchObject(facts ?? {});
    if (recommended !== undefined) {
      expect(answers.constants).toContainEqual(expect.objectContaining({ recommended, changes: true }));
    }
    expect(leftAt(bench)).toEqual([]);
  });

  test('L11: results that are gone, and the youngest of them is found among many', async () => {
    const bench = await openProbeBench({ resultTtlMs: 12 * DAY_MS });
    await giveHistory(bench, 40, 30, 20, 15, 12.5, 9, 5, 2);
    const probed = await bench.probe('--yes --only L11');
    const answers = await readAnswers(probed);
    expect(answersById(answers)).toEqual({ L11: 'gone' });
    expect(factsOf(answers, 'L11')).toEqual({
      oldestListedDays: 40,
      oldestServedDays: 9,
      youngestGoneDays: 12.5,
    });
  });

  test('L8: a redirect is told with its host alone', async () => {
    const bench = await openProbeBench();
    const location = `${bench.emulator.url}/elsewhere?secret=capability`;
    bench.emulator.addFault({ endpoint: 'download', kind: 'redirect', location, at: 1 });
    const probed = await bench.probe('--yes --only L8');
    const redirectedTo = new URL(bench.emulator.url).host;
    expect(factsOf(await readAnswers(probed), 'L8')).toMatchObject({ redirectedTo });
    const texts = await textsBelow(probed.folder);
    expect(texts.some((text) => text.includes(`"locationHost": "${redirectedTo}"`))).toBe(true);
    expect(texts.filter((text) => text.includes('capability'))).toEqual([]);
  });

  test('L7: an idle session that is dead by the time the jobs have ended', async () => {
    const bench = await openProbeBench({ sessionTtlMs: 5000 });
    const answers = await readAnswers(await bench.probe('--yes --only L6,L7'));
    expect(factsOf(answers, 'L7')).toMatchObject({ deadAfterMs: 14_000 });
    expect(answers.emulator).toMatchObject({ sessionTtlMs: 14_000 });
  });
});

describe('a question stays open, and says why', () => {
  const open = async (
    line: string,
    service: Omit<EmulatorOptions, 'clock'>,
  ): Promise<readonly [number, string]> => {
    const probed = await (await openProbeBench(service)).probe(line);
    const [entry] = (await readAnswers(probed)).answers;
    return [probed.code, entry?.status === 'answered' ? entry.answer : `${entry?.status}: ${entry?.reason}`];
  };

  test('when the job does not end in the time given', async () => {
    expect(await open('--yes --only L6 --wait 10m', { jobTimeMs: DAY_MS })).toEqual([
      3,
      'not_answered: the job was still pending at the end of the 10m given by --wait',
    ]);
  });

  test('when there is no second key, or only the first once more', async () => {
    expect(await open('--yes --only L9', {})).toEqual([0, 'not_asked: GEMINI_API_KEY_2 holds no second key']);
  });

  test('when the project has no older job', async () => {
    expect(await open('--yes --only L11', {})).toEqual([
      3,
      'not_answered: the project lists no finished job older than a day',
    ]);
  });

  test('when creates are refused anyway, which would look like a fence that holds', async () => {
    const faults = [{ endpoint: 'batches.create', kind: 'status', status: 400 }] as const;
    expect(await open('--yes --only L1', { faults })).toEqual([
      3,
      'not_answered: no job could be created (HTTP 400 INVALID_ARGUMENT)',
    ]);
  });
});

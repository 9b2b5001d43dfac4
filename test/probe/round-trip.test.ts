import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { createGeminiService } from '../../src/gemini/gemini-service.ts';
import { openProbeBench, readAnswers, SECOND_KEY } from './probe-bench.ts';

const LINE = '--yes --rounds 2';
const WITH_SECOND_KEY = { env: { GEMINI_API_KEY_2: SECOND_KEY } };

const SERVICES: Readonly<Record<string, Omit<EmulatorOptions, 'clock'>>> = {
  'as guessed': {},
  'with every guess wrong': {
    absentFileStatus: 404,
    countsAtCreate: false,
    displayNameText: 'changed',
    downloadEtag: 'weak',
    downloadLength: false,
    inputMustOutlive: true,
    listDefaultPageSize: 2,
    listLagMs: 45_000,
    listOrder: 'oldest_first',
    longestDisplayName: 700,
    missingFileStatus: 404,
    nameConflict: 'end_409',
    namesReusable: false,
    otherKeySees: 'nothing',
    queryAfterFinal: 'bare',
    ranges: false,
    resultsEndWithJob: true,
    sessionTtlMs: 30_000,
    sha256Form: 'base64_of_bytes',
  },
  'with other guesses wrong': {
    deletedInput: 'runs',
    displayNameText: 'refused',
    downloadEtag: 'none',
    listMaxPageSize: 3,
    listNeedsPageSize: true,
    nameConflict: 'start_409',
    otherKeySees: 'get',
    queryAfterFinal: 'gone',
    sha256Form: 'absent',
  },
  'with jobs that fail later and large pages refused': { deletedInput: 'job_fails', listOversize: 'refused' },
};

describe('an emulator that was given the answers', () => {
  test.for(Object.keys(SERVICES))('answers as the service %s did', async (name) => {
    const first = await (await openProbeBench(SERVICES[name])).probe(LINE, WITH_SECOND_KEY);
    const bench = await openProbeBench({ answers: join(first.folder, 'probe-answers.json') });
    const second = await bench.probe(LINE, WITH_SECOND_KEY);
    const [before, after] = [await readAnswers(first), await readAnswers(second)];
    expect(before.answers.filter(({ status }) => status === 'answered').length).toBeGreaterThan(11);
    const told = ({ answers }: typeof before): unknown =>
      answers.map((entry) =>
        entry.status === 'answered' ? [entry.id, entry.answer, entry.facts] : [entry.id, entry.reason],
      );
    expect(told(after)).toEqual(told(before));
    expect(after.emulator).toEqual(before.emulator);
  });

  test('lets an option that is given beside them win', async () => {
    const { folder } = await (await openProbeBench({ missingFileStatus: 404 })).probe('--yes --only L12');
    const answers = join(folder, 'probe-answers.json');
    const bench = await openProbeBench({ answers, missingFileStatus: 403 });
    const [entry] = (await readAnswers(await bench.probe('--yes --only L12'))).answers;
    expect(entry).toMatchObject({ answer: '403' });
  });

  test.for([
    ['no JSON', 'it is not JSON'],
    ['{"schemaVersion": 2, "emulator": {}}', '"schemaVersion" is wrong'],
    ['{"schemaVersion": 1, "emulator": {"sha256Form": "rot13"}}', '"emulator.sha256Form" is wrong'],
    ['{"schemaVersion": 1, "emulator": {"noSuchOption": 1}}', '"emulator" is wrong'],
  ])('refuses a file that holds %s', async ([content, says]) => {
    const { folder } = await (await openProbeBench()).probe('--yes --only L12');
    const path = join(folder, 'other.json');
    await writeFile(path, content ?? '');
    await expect(startEmulator({ answers: path })).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: expect.stringContaining(says ?? ''),
    });
  });

  test('refuses a file that is not there', async () => {
    await expect(startEmulator({ answers: '/nowhere/probe-answers.json' })).rejects.toMatchObject({
      code: 'E_CONFIG',
    });
  });
});

test('the page size that L4 compares with is what the client sends', async () => {
  const { emulator } = await openProbeBench();
  const service = createGeminiService({ apiKey: 'any', baseUrl: emulator.url });
  await service.listJobs(undefined, new AbortController().signal);
  expect(emulator.requests().map(({ path }) => path)).toEqual(['/v1beta/batches?pageSize=100']);
});

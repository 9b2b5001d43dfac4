import { NotAsked, type Question, Unanswered } from '../question.ts';
import { describeAnswer, isRefusal } from '../steps/describe-answer.ts';
import { getJob, jobIn, listAll, tryList } from '../steps/jobs.ts';
import { untilListed } from '../steps/wait.ts';

type Answer = 'all' | 'list' | 'get' | 'nothing';

export const SECOND_KEY_VARIABLE = 'GEMINI_API_KEY_2';

export const twoKeys: Question<Answer> = {
  id: 'L9',
  asks: 'Does a second key of the same project see the jobs of the first?',
  sends: `list and get a job with the key in ${SECOND_KEY_VARIABLE}; not asked without one`,
  answers: ['all', 'list', 'get', 'nothing'],
  makes: () => ({ files: 0, jobs: 0 }),
  async ask(probe) {
    if (!probe.hasSecondKey) throw new NotAsked(`${SECOND_KEY_VARIABLE} holds no second key`);
    const { name } = await probe.job();
    if ((await untilListed(probe, 'l9-own-list', [name])) === undefined)
      throw new Unanswered('the job did not appear in the list of its own key');
    // A key that may not list says nothing of whose jobs it would see.
    const { answer, page } = await tryList(probe.wire, { label: 'l9-list', pageSize: 1, key: 'second' });
    if (page === undefined) throw new Unanswered(`the second key was refused (${describeAnswer(answer)})`);
    const isListed = (await listAll(probe.wire, 'l9-list', 'second')).some((job) => job.name === name);
    const got = await getJob(probe.wire, { label: 'l9-get', key: 'second' }, name);
    const isGot = jobIn(got) !== undefined;
    if (!isGot && !isRefusal(got))
      throw new Unanswered(`the second key's get settled nothing (${describeAnswer(got)})`);
    const seen = isListed ? (isGot ? 'all' : 'list') : isGot ? 'get' : 'nothing';
    return {
      answer: seen,
      says: `${SAYS[seen]}, if both keys are of one project`,
      facts: { isListed, isGot, getStatus: got.status },
      constants: [
        {
          name: 'a lost create may be looked up with',
          current: 'the same key',
          recommended: seen === 'all' ? 'any key of the project' : 'the same key',
        },
      ],
      emulator: { otherKeySees: seen },
    };
  },
};

const SAYS = {
  all: 'it lists and gets them',
  list: 'it lists them and cannot get them',
  get: 'it gets them and does not list them',
  nothing: 'it sees nothing of them',
} as const;

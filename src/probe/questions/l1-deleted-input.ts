import type { Later, Question, Verdict } from '../question.ts';
import { Unanswered } from '../question.ts';
import { describeAnswer, isRefusal } from '../steps/describe-answer.ts';
import { getJob, tryCreate } from '../steps/jobs.ts';
import { uploadInput } from '../steps/upload.ts';
import { untilEnded } from '../steps/wait.ts';

type Answer = 'refused' | 'fails_later' | 'runs';

const FENCE = 'deleting the input stops a create that is under way';

export const deletedInput: Question<Answer> = {
  id: 'L1',
  asks: 'Is a create refused when its input file was deleted?',
  sends: 'upload, delete and get a file, then create a job from it; wait for the job if there is one',
  answers: ['refused', 'fails_later', 'runs'],
  makes: () => ({ files: 1, jobs: 1 }),
  async ask(probe) {
    // Without this, a key that may create nothing would look like a fence that holds.
    await probe.job();
    const { name } = await uploadInput(probe, { label: 'l1-input', purpose: 'l1' });
    const deleted = await probe.wire({ label: 'l1-delete', method: 'DELETE', to: `/v1beta/${name}` });
    if (deleted.status !== 200)
      throw new Unanswered(`the file could not be deleted (${describeAnswer(deleted)})`);
    const gone = await getJob(probe.wire, { label: 'l1-get-deleted' }, name);
    if (gone.status === 200) throw new Unanswered('the file could still be read after it was deleted');
    const { answer, job } = await tryCreate(probe, { label: 'l1-create', purpose: 'l1', fileName: name });
    if (isRefusal(answer)) return refused(answer.status, describeAnswer(answer));
    if (job === undefined) throw new Unanswered(`the create settled nothing (${describeAnswer(answer)})`);
    return (async () =>
      accepted((await untilEnded(probe, 'l1-job', job.name)).state)) satisfies Later<Answer>;
  },
};

function refused(httpStatus: number, shown: string): Verdict<Answer> {
  const isKnown = httpStatus === 400 || httpStatus === 403 || httpStatus === 404;
  return {
    answer: 'refused',
    says: `refused at once: ${shown}`,
    facts: { httpStatus },
    constants: [{ name: FENCE, current: 'yes', recommended: 'yes' }],
    emulator: { deletedInput: 'refused', ...(isKnown ? { absentFileStatus: httpStatus } : {}) },
  };
}

function accepted(state: string): Verdict<Answer> {
  const ends = { failed: ['fails_later', 'job_fails'], succeeded: ['runs', 'runs'] } as const;
  if (state !== 'failed' && state !== 'succeeded') throw new Unanswered(`the job ended as ${state}`);
  const [answer, emulated] = ends[state];
  return {
    answer,
    says: `accepted, and the job ${state}`,
    facts: { httpStatus: 200 },
    constants: [{ name: FENCE, current: 'yes', recommended: state === 'failed' ? 'yes' : 'no' }],
    emulator: { deletedInput: emulated },
  };
}

import { type Question, Unanswered } from '../question.ts';
import { describeAnswer } from '../steps/describe-answer.ts';
import { createJob, getJob, jobIn } from '../steps/jobs.ts';
import { uploadInput } from '../steps/upload.ts';
import { untilEnded } from '../steps/wait.ts';

type Answer = 'survives' | 'fails';

export const inputOfPendingJob: Question<Answer> = {
  id: 'L6',
  asks: 'Does a pending job survive the deletion of its input file?',
  sends: 'upload, create, delete the file at once, wait for the job',
  answers: ['survives', 'fails'],
  makes: () => ({ files: 1, jobs: 1 }),
  async ask(probe) {
    const { name: fileName } = await uploadInput(probe, { label: 'l6-input', purpose: 'l6' });
    const { name } = await createJob(probe, { label: 'l6-create', purpose: 'l6', fileName });
    const deleted = await probe.wire({ label: 'l6-delete', method: 'DELETE', to: `/v1beta/${fileName}` });
    if (deleted.status !== 200)
      throw new Unanswered(`the file could not be deleted (${describeAnswer(deleted)})`);
    const stateAtDelete =
      jobIn(await getJob(probe.wire, { label: 'l6-after-delete' }, name))?.state ?? 'unknown';
    return async () => {
      const { state, stats } = await untilEnded(probe, 'l6-job', name);
      const hasAnswers = state === 'succeeded' && stats?.succeeded !== 0;
      const hasFailed = state === 'failed' || (state === 'succeeded' && !hasAnswers);
      if (!hasAnswers && !hasFailed) throw new Unanswered(`the job ended as ${state}`);
      // A job that fails at once has been looked at when it was over.
      if (hasAnswers && stateAtDelete !== 'pending')
        throw new Unanswered(`the job was ${stateAtDelete} before its input was gone`);
      return {
        answer: hasAnswers ? 'survives' : 'fails',
        says: `the job ${hasAnswers ? 'succeeds' : 'fails'} (${stateAtDelete} right after the deletion)`,
        facts: { stateAfterDelete: stateAtDelete, endState: state },
        constants: [
          {
            name: 'a job that landed survives the fence',
            current: 'yes',
            recommended: hasAnswers ? 'yes' : 'no',
          },
        ],
        emulator: { inputMustOutlive: !hasAnswers },
      };
    };
  },
};

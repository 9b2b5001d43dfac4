import { type Question, Unanswered } from '../question.ts';
import { describeAnswer } from '../steps/describe-answer.ts';
import { tryUpload, uploadInput, type UploadOutcome } from '../steps/upload.ts';

type Answer = 'start_409' | 'end_409' | 'end_200' | 'none';

const PURPOSE = 'l5';

export const takenName: Question<Answer> = {
  id: 'L5',
  asks: 'Where is a second upload under one name refused, and is the name free again after a delete?',
  sends: 'upload two files under one name, delete, upload again',
  answers: ['start_409', 'end_409', 'end_200', 'none'],
  makes: () => ({ files: 3, jobs: 0 }),
  async ask(probe) {
    const { name } = await uploadInput(probe, { label: 'l5-first', purpose: PURPOSE });
    const second = await tryUpload(probe, { label: 'l5-second', purpose: PURPOSE, prompt: 'Say B.' });
    const answer = answerOf(second);
    const deleted = await probe.wire({ label: 'l5-delete', method: 'DELETE', to: `/v1beta/${name}` });
    if (deleted.status !== 200)
      throw new Unanswered(`the file could not be deleted (${describeAnswer(deleted)})`);
    const third = await tryUpload(probe, { label: 'l5-third', purpose: PURPOSE, prompt: 'Say C.' });
    const isFree = third.file !== undefined;
    return {
      answer,
      says: `${SAYS[answer]}; after a delete the name is ${isFree ? 'free again' : 'still taken'}`,
      facts: { httpStatus: second.last.status, nameAfterDelete: isFree ? 'free' : 'taken' },
      constants: [
        { name: 'a taken file name is refused', current: SAYS.end_200, recommended: SAYS[answer] },
        { name: 'a file name can be used again', current: 'not relied on', recommended: 'not relied on' },
      ],
      emulator: { nameConflict: answer, namesReusable: isFree },
    };
  },
};

const SAYS = {
  start_409: 'with HTTP 409 before the bytes',
  end_409: 'with HTTP 409 after the bytes',
  end_200: 'in a 200 after the bytes',
  none: 'not at all',
} as const;

function answerOf({ at, last, file }: UploadOutcome): Answer {
  if (file !== undefined) return 'none';
  const isConflict = last.status === 409 || /already exists/i.test(last.text);
  if (!isConflict) throw new Unanswered(`the second upload failed otherwise (${describeAnswer(last)})`);
  if (at === 'start') return 'start_409';
  return last.status === 200 ? 'end_200' : 'end_409';
}

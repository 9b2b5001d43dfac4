import { type Question, Unanswered } from '../question.ts';
import { describeAnswer } from '../steps/describe-answer.ts';

type Answer = '403' | '404' | 'other';

export const missingFile: Question<Answer> = {
  id: 'L12',
  asks: 'Is files.get of a missing file 403 or 404?',
  sends: 'get a file that was never made',
  answers: ['403', '404', 'other'],
  makes: () => ({ files: 0, jobs: 0 }),
  async ask({ wire, names }) {
    const never = await wire({ label: 'l12-get', method: 'GET', to: `/v1beta/files/${names.fileId('l12')}` });
    const { status } = never;
    if (status < 400 || status >= 500)
      throw new Unanswered(`files.get settled nothing (${describeAnswer(never)})`);
    const isKnown = status === 403 || status === 404;
    return {
      answer: status === 403 ? '403' : status === 404 ? '404' : 'other',
      says: describeAnswer(never),
      facts: { httpStatus: status },
      constants: [
        {
          name: 'a missing file is told by',
          current: 'HTTP 403 or 404',
          recommended: isKnown ? 'HTTP 403 or 404' : `HTTP ${status}`,
        },
      ],
      emulator: isKnown ? { missingFileStatus: status } : {},
    };
  },
};

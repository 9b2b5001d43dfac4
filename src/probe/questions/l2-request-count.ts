import { SHARED_LINES } from '../probe.ts';
import type { Question } from '../question.ts';

type Answer = 'counted' | 'not_counted' | 'wrong';

export const requestCount: Question<Answer> = {
  id: 'L2',
  asks: 'Does the answer to a create count the requests, so that the input was read by then?',
  sends: `create a job from a file of ${SHARED_LINES} requests, which later questions use too`,
  answers: ['counted', 'not_counted', 'wrong'],
  makes: () => ({ files: 0, jobs: 0 }),
  async ask(probe) {
    const requests = (await probe.job()).stats?.requests ?? 0;
    const answer = requests === SHARED_LINES ? 'counted' : requests === 0 ? 'not_counted' : 'wrong';
    return {
      answer,
      says: `requestCount is ${requests === 0 ? 'not given' : requests} for ${SHARED_LINES} requests`,
      facts: { requestCount: requests, sentRequests: SHARED_LINES },
      constants: [
        {
          name: 'the input is read when the job is created',
          current: 'yes',
          recommended: answer === 'counted' ? 'yes' : 'not shown',
        },
      ],
      emulator: answer === 'wrong' ? {} : { countsAtCreate: answer === 'counted' },
    };
  },
};

import type { Probe } from '../probe.ts';
import { type Question, Unanswered, type Verdict } from '../question.ts';
import { describeAnswer } from '../steps/describe-answer.ts';
import { download, type Downloaded } from '../steps/download.ts';
import { untilEnded } from '../steps/wait.ts';

type Answer = 'ranges' | 'whole_only';

const RESUMES = 'from where it broke off';
const RESTARTS = 'from its beginning';

export const downloadHeaders: Question<Answer> = {
  id: 'L8',
  asks: 'What does a download tell: length, tag, ranges, hash, redirects, and does it outlive its job?',
  sends: 'wait for a job; download its results whole, in part, with a wrong tag, and once the job is deleted',
  answers: ['ranges', 'whole_only'],
  makes: () => ({ files: 0, jobs: 0 }),
  async ask(probe) {
    const { name } = await probe.job();
    return async () => {
      const { state, results } = await untilEnded(probe, 'l8-job', name);
      if (results?.kind !== 'file')
        throw new Unanswered(`the job ended as ${state}, without a file of results`);
      return await look(probe, name, results.name);
    };
  },
};

async function look(probe: Probe, jobName: string, fileName: string): Promise<Verdict<Answer>> {
  const whole = await download(probe, 'l8-whole', fileName);
  if (whole.answer.status !== 200)
    throw new Unanswered(`the results could not be downloaded (${describeAnswer(whole.answer)})`);
  const part = await download(probe, 'l8-range', fileName, { range: 'bytes=1-3' });
  const wrongTag = await download(probe, 'l8-if-range', fileName, {
    range: 'bytes=1-3',
    'if-range': '"other"',
  });
  const removed = await probe.wire({ label: 'l8-delete-job', method: 'DELETE', to: `/v1beta/${jobName}` });
  const after = removed.status === 200 ? await download(probe, 'l8-after-delete', fileName) : undefined;
  return verdictOf({ whole, part, wrongTag, after });
}

interface Seen {
  readonly whole: Downloaded;
  readonly part: Downloaded;
  readonly wrongTag: Downloaded;
  readonly after: Downloaded | undefined;
}

function verdictOf({ whole, part, wrongTag, after }: Seen): Verdict<Answer> {
  const { headers } = whole.answer;
  const tag = headers.etag;
  const etag = tag === undefined ? 'none' : tag.startsWith('W/') ? 'weak' : 'strong';
  const hasLength = headers['content-length'] !== undefined;
  const hasRanges = part.answer.status === 206;
  const outlives = after === undefined ? undefined : after.answer.status === 200;
  return {
    answer: hasRanges ? 'ranges' : 'whole_only',
    says: [
      hasRanges ? 'ranges are served' : `a range is answered with HTTP ${part.answer.status}`,
      `${hasLength ? 'a' : 'no'} Content-Length`,
      etag === 'none' ? 'no ETag' : `a ${etag} ETag`,
      `${headers['x-goog-hash'] === undefined ? 'no' : 'an'} x-goog-hash`,
      whole.redirectedTo === undefined ? 'no redirect' : `redirected to ${whole.redirectedTo}`,
      outlives === undefined
        ? 'the job could not be deleted'
        : `${outlives ? 'still there' : 'gone'} once the job is deleted`,
    ].join(', '),
    facts: {
      rangeStatus: part.answer.status,
      wrongTagStatus: wrongTag.answer.status,
      hasLength,
      etag,
      hasHash: headers['x-goog-hash'] !== undefined,
      acceptsRanges: headers['accept-ranges'] === 'bytes',
      ...(whole.redirectedTo === undefined ? {} : { redirectedTo: whole.redirectedTo }),
      ...(outlives === undefined ? {} : { outlivesJob: outlives }),
    },
    constants: [
      {
        name: 'a broken download goes on',
        current: RESUMES,
        recommended: hasRanges && etag === 'strong' ? RESUMES : RESTARTS,
      },
    ],
    emulator: {
      ranges: hasRanges,
      downloadEtag: etag,
      downloadLength: hasLength,
      ...(outlives === undefined ? {} : { resultsEndWithJob: !outlives }),
    },
  };
}

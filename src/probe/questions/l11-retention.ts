import type { JobSnapshot } from '../../model/job.ts';
import type { Probe } from '../probe.ts';
import { type Question, Unanswered, type Verdict } from '../question.ts';
import { describeAnswer } from '../steps/describe-answer.ts';
import { download } from '../steps/download.ts';
import { getJob, jobIn, listAll } from '../steps/jobs.ts';

type Answer = 'kept' | 'gone';

const DAY_MS = 86_400_000;
const MOST_LOOKS = 8;
/** The guide's six weeks. */
const DOCUMENTED_DAYS = 42;

export const retention: Question<Answer> = {
  id: 'L11',
  asks: 'How long are jobs listed, and how long can their results be downloaded?',
  sends: `look at up to ${MOST_LOOKS} jobs of the project that ended a day ago or earlier; ask for one byte of their results`,
  answers: ['kept', 'gone'],
  makes: () => ({ files: 0, jobs: 0 }),
  async ask(probe) {
    const nowMs = probe.clock.now().getTime();
    const aged = (await listAll(probe.wire, 'l11-list'))
      .filter(({ state }) => state === 'succeeded')
      .map((job) => ({ job, ageMs: nowMs - endOf(job) }))
      .filter(({ ageMs }) => ageMs >= DAY_MS)
      .sort((a, b) => b.ageMs - a.ageMs);
    if (aged.length === 0) throw new Unanswered('the project lists no finished job older than a day');
    return verdictOf(aged[0]?.ageMs ?? 0, await search(probe, aged));
  },
};

interface Aged {
  readonly job: JobSnapshot;
  readonly ageMs: number;
}

interface Found {
  readonly oldestServedMs: number | undefined;
  readonly youngestGoneMs: number | undefined;
}

/** Looks at the oldest first, then halves what is between the last that is gone and the first that is served. */
async function search(probe: Probe, aged: readonly Aged[]): Promise<Found> {
  const candidates = [...aged];
  let oldestServedMs: number | undefined;
  let youngestGoneMs: number | undefined;
  for (let looks = 0; looks < MOST_LOOKS && candidates.length > 0; looks += 1) {
    const place = looks === 0 ? 0 : Math.floor(candidates.length / 2);
    const [one] = candidates.splice(place, 1);
    if (one === undefined) break;
    const fate = await resultsOf(probe, one.job.name);
    if (fate === 'served') {
      oldestServedMs = one.ageMs;
      candidates.splice(place);
    } else if (fate === 'gone') {
      youngestGoneMs = one.ageMs;
      candidates.splice(0, place);
    }
  }
  return { oldestServedMs, youngestGoneMs };
}

/** Inline results, and none, tell nothing. What is in these jobs and results is not recorded. */
async function resultsOf(probe: Probe, name: string): Promise<'served' | 'gone' | 'none'> {
  const job = jobIn(await getJob(probe.wire, { label: 'l11-job', isForeign: true }, name));
  if (job?.results?.kind !== 'file') return 'none';
  const { answer } = await download(probe, 'l11-byte', job.results.name, { range: 'bytes=0-0' }, true);
  if (answer.status === 200 || answer.status === 206) return 'served';
  if (answer.status === 403 || answer.status === 404 || answer.status === 410) return 'gone';
  throw new Unanswered(`the results of an older job settled nothing (${describeAnswer(answer)})`);
}

function verdictOf(oldestMs: number, { oldestServedMs, youngestGoneMs }: Found): Verdict<Answer> {
  if (oldestServedMs === undefined && youngestGoneMs === undefined)
    throw new Unanswered('none of the older jobs has a file of results');
  const [listed, served, gone] = [oldestMs, oldestServedMs, youngestGoneMs].map(inDays);
  const isKept = youngestGoneMs === undefined;
  return {
    answer: isKept ? 'kept' : 'gone',
    says: [
      `jobs of ${listed} days are listed`,
      ...(served === undefined ? [] : [`results of ${served} days can be downloaded`]),
      ...(gone === undefined ? [] : [`results of ${gone} days cannot`]),
    ].join(', '),
    facts: {
      oldestListedDays: listed ?? 0,
      ...(served === undefined ? {} : { oldestServedDays: served }),
      ...(gone === undefined ? {} : { youngestGoneDays: gone }),
    },
    constants: [
      {
        name: 'results can be fetched for',
        current: `${DOCUMENTED_DAYS} days`,
        recommended:
          isKept || (gone ?? 0) > DOCUMENTED_DAYS ? `${DOCUMENTED_DAYS} days` : `less than ${gone} days`,
      },
    ],
    emulator: isKept ? {} : { resultTtlMs: youngestGoneMs },
  };
}

function inDays(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round((ms / DAY_MS) * 10) / 10;
}

function endOf({ endedAt, createdAt }: JobSnapshot): number {
  const ms = Date.parse(endedAt ?? createdAt ?? '');
  // Without a time it is taken for new, and nothing is concluded from it.
  return Number.isNaN(ms) ? Number.POSITIVE_INFINITY : ms;
}

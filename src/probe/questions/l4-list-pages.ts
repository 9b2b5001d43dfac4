import type { AnsweredOptions } from '../../emulator/probe-answers.ts';
import type { Probe } from '../probe.ts';
import { type Question, Unanswered } from '../question.ts';
import { describeAnswer, isRefusal } from '../steps/describe-answer.ts';
import { createJob, listAll, PAGE_SIZE, tryList } from '../steps/jobs.ts';
import { untilListed } from '../steps/wait.ts';

type Answer = 'newest_first' | 'oldest_first' | 'mixed';

const FEWEST_JOBS = 4;
/** Largest first: the first one that is taken tells what the largest page is. */
const SIZES: readonly number[] = [1000, 500, 200, 100];

export const listPages: Question<Answer> = {
  id: 'L4',
  asks: 'In which order are jobs listed, how large may a page be, and what comes without a page size?',
  sends: `list with page sizes of ${SIZES.join(', ')} and without one, with at least ${FEWEST_JOBS} jobs there`,
  answers: ['newest_first', 'oldest_first', 'mixed'],
  makes: () => ({ files: 0, jobs: FEWEST_JOBS }),
  async ask(probe) {
    await makeJobs(probe);
    const listed = (await listAll(probe.wire, 'l4-list')).map(({ name }) => name);
    const answer = orderOf([...probe.made.jobs].map((name) => listed.indexOf(name)));
    const size = await sizeFacts(probe);
    const bare = await bareFacts(probe);
    const { largestPageSize } = size.facts;
    const largest = largestPageSize === undefined ? PAGE_SIZE : largestPageSize;
    return {
      answer,
      says: [
        `${answer.replace('_', ' ')} among ${listed.length} jobs`,
        `1000 a page ${{ lowered: `is lowered to ${largest}`, refused: `is refused, ${largest} is not`, taken: 'is taken', unseen: 'shows no limit: there are too few jobs' }[size.facts.oversize]}`,
        {
          empty: 'nothing comes without a page size',
          cut: `${bare.facts.defaultPageSize ?? 0} come without a page size`,
          all: 'all come without a page size',
        }[bare.facts.withoutSize],
      ].join('; '),
      facts: { jobs: listed.length, ...size.facts, ...bare.facts },
      constants: [{ name: 'jobs in a page', current: String(PAGE_SIZE), recommended: String(largest) }],
      emulator: { ...(answer === 'mixed' ? {} : { listOrder: answer }), ...size.emulator, ...bare.emulator },
    };
  },
};

async function makeJobs(probe: Probe): Promise<void> {
  const { name: fileName } = await probe.input();
  for (let count = probe.made.jobs.size + 1; count <= FEWEST_JOBS; count += 1) {
    await createJob(probe, { label: 'l4-create', purpose: `l4/${count}`, fileName });
  }
  const isListed = await untilListed(probe, 'l4-list', [...probe.made.jobs]);
  if (isListed === undefined) throw new Unanswered('the jobs did not appear in the list');
}

/** @param places of our jobs in the list, in order of creation */
function orderOf(places: readonly number[]): Answer {
  const isRising = places.every((place, index) => place > (places[index - 1] ?? -1));
  const isFalling = places.every((place, index) => index === 0 || place < (places[index - 1] ?? 0));
  return isFalling ? 'newest_first' : isRising ? 'oldest_first' : 'mixed';
}

interface SizeFacts {
  readonly facts: {
    readonly oversize: 'lowered' | 'refused' | 'taken' | 'unseen';
    readonly largestPageSize?: number;
  };
  readonly emulator: AnsweredOptions;
}

async function sizeFacts({ wire }: Probe): Promise<SizeFacts> {
  let wasRefused = false;
  for (const size of SIZES) {
    const { answer, page } = await tryList(wire, { label: `l4-page-${size}`, pageSize: size });
    if (page === undefined) {
      if (!isRefusal(answer))
        throw new Unanswered(`a page of ${size} settled nothing (${describeAnswer(answer)})`);
      wasRefused = true;
    } else if (wasRefused) {
      const emulator = { listOversize: 'refused', listMaxPageSize: size } as const;
      return { facts: { oversize: 'refused', largestPageSize: size }, emulator };
    } else if (page.nextPageToken === undefined) {
      return { facts: { oversize: 'unseen' }, emulator: { listOversize: 'lowered' } };
    } else {
      const largestPageSize = page.jobs.length;
      const oversize = largestPageSize < size ? 'lowered' : 'taken';
      const emulator = { listOversize: 'lowered', listMaxPageSize: largestPageSize } as const;
      return { facts: { oversize, largestPageSize }, emulator };
    }
  }
  throw new Unanswered('every page size was refused');
}

interface BareFacts {
  readonly facts: { readonly withoutSize: 'empty' | 'cut' | 'all'; readonly defaultPageSize?: number };
  readonly emulator: AnsweredOptions;
}

async function bareFacts({ wire }: Probe): Promise<BareFacts> {
  const { answer, page } = await tryList(wire, { label: 'l4-no-page-size', pageSize: undefined });
  if (page === undefined)
    throw new Unanswered(`the list without a page size failed (${describeAnswer(answer)})`);
  const shown = page.jobs.length;
  if (shown === 0) return { facts: { withoutSize: 'empty' }, emulator: { listNeedsPageSize: true } };
  if (page.nextPageToken === undefined)
    return { facts: { withoutSize: 'all' }, emulator: { listNeedsPageSize: false } };
  const emulator = { listNeedsPageSize: false, listDefaultPageSize: shown };
  return { facts: { withoutSize: 'cut', defaultPageSize: shown }, emulator };
}

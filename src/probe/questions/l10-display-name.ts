import type { Probe } from '../probe.ts';
import { type Question, Unanswered } from '../question.ts';
import { describeAnswer, isRefusal } from '../steps/describe-answer.ts';
import { getJob, jobIn, tryCreate } from '../steps/jobs.ts';

type Answer = 'verbatim' | 'changed' | 'refused';

/** The marks of this tool's own names, and what users put around them. */
const SAMPLE = ' [bs1/k3v9q2ma/81/9f86d081884c7d65/a1] "ünïcode" \\ ✓ 日本 📈';
const LENGTHS: readonly number[] = [128, 512, 1024, 4096];

export const displayName: Question<Answer> = {
  id: 'L10',
  asks: 'Does a display name come back as it was sent, and how long may it be?',
  sends: `create jobs whose names hold other scripts and have ${LENGTHS.join(', ')} characters`,
  answers: ['verbatim', 'changed', 'refused'],
  makes: () => ({ files: 0, jobs: LENGTHS.length + 1 }),
  async ask(probe) {
    const answer = await nameFate(probe, 'l10-characters', `${probe.names.displayName('l10')}${SAMPLE}`);
    const lengths = await lengthFacts(probe);
    const { longestVerbatim, shortestRefused } = lengths;
    const limit = shortestRefused === 0 ? 'no limit seen' : String(longestVerbatim);
    return {
      answer,
      says: `other scripts ${{ verbatim: 'come back as sent', changed: 'are changed', refused: 'are refused' }[answer]}; ${longestVerbatim} characters come back as sent, ${shortestRefused === 0 ? 'none of the lengths is refused' : `${shortestRefused} are refused`}`,
      facts: { ...lengths },
      constants: [
        {
          name: 'display names are compared',
          current: 'whole',
          recommended: answer === 'verbatim' ? 'whole' : 'by their mark',
        },
        { name: 'longest display name', current: 'no limit seen', recommended: limit },
      ],
      emulator: {
        displayNameText: answer,
        ...(shortestRefused > 0 && longestVerbatim > 0 ? { longestDisplayName: longestVerbatim } : {}),
      },
    };
  },
};

interface LengthFacts {
  /** 0: none of them. */
  readonly longestVerbatim: number;
  /** 0: none of them. */
  readonly shortestRefused: number;
}

async function lengthFacts(probe: Probe): Promise<LengthFacts> {
  let longestVerbatim = 0;
  for (const length of LENGTHS) {
    const name = probe.names.displayName(`l10/${length}/`).padEnd(length, 'x');
    const fate = await nameFate(probe, `l10-length-${length}`, name);
    if (fate === 'refused') return { longestVerbatim, shortestRefused: length };
    if (fate === 'verbatim') longestVerbatim = length;
  }
  return { longestVerbatim, shortestRefused: 0 };
}

async function nameFate(probe: Probe, label: string, name: string): Promise<Answer> {
  const { name: fileName } = await probe.input();
  const { answer, job } = await tryCreate(probe, { label, purpose: label, displayName: name, fileName });
  if (job === undefined) {
    if (isRefusal(answer) && (await canCreate(probe))) return 'refused';
    throw new Unanswered(`a create settled nothing (${describeAnswer(answer)})`);
  }
  const kept = jobIn(await getJob(probe.wire, { label: `${label}-get` }, job.name));
  if (kept === undefined) throw new Unanswered('the job with the name under test cannot be looked up');
  return kept.displayName === name ? 'verbatim' : 'changed';
}

/** A plain name is taken, so that it is the name which was refused. */
async function canCreate(probe: Probe): Promise<boolean> {
  return (await probe.job()).name !== '';
}

import { SETTINGS } from '../../config/settings-table.ts';
import { formatDuration, parseDuration } from '../../model/units.ts';
import type { Question, Verdict } from '../question.ts';
import { createJob } from '../steps/jobs.ts';
import { LISTED_WITHIN_MS, type Listed, untilListed } from '../steps/wait.ts';

type Answer = 'at_once' | 'late' | 'not_in_time';

/** The look-up of a lost create must outlast the slowest listing by far. */
const SAFETY = 4;

export const listLag: Question<Answer> = {
  id: 'L3',
  asks: 'How soon is a new job in the list?',
  sends: 'create a job, list until it is there, cancel it, in each round',
  answers: ['at_once', 'late', 'not_in_time'],
  makes: ({ rounds }) => ({ files: 0, jobs: rounds }),
  async ask(probe) {
    const { name: fileName } = await probe.input();
    const seen: Listed[] = [];
    for (let round = 1; round <= probe.options.rounds; round += 1) {
      const { name } = await createJob(probe, { label: 'l3-create', purpose: `l3/${round}`, fileName });
      const listed = await untilListed(probe, 'l3-list', [name]);
      // It has done its work, and unfinished jobs take up the quota of others.
      await probe.wire({ label: 'l3-cancel', method: 'POST', to: `/v1beta/${name}:cancel`, body: '{}' });
      // One job that stays away for so long says all there is to say.
      if (listed === undefined) return notInTime(round);
      seen.push(listed);
    }
    return measured(seen);
  },
};

function measured(seen: readonly Listed[]): Verdict<Answer> {
  const times = seen.map(({ ms }) => ms).sort((a, b) => a - b);
  const [medianMs, maxMs] = [times[Math.floor(times.length / 2)] ?? 0, times.at(-1) ?? 0];
  const isAtOnce = seen.every((listed) => listed.isAtOnce);
  const rounds = `${seen.length} ${seen.length === 1 ? 'round' : 'rounds'}`;
  return {
    answer: isAtOnce ? 'at_once' : 'late',
    says: `${isAtOnce ? 'in the first list asked for' : 'only after a while'}: median ${formatDuration(medianMs)}, most ${formatDuration(maxMs)}, ${rounds}`,
    facts: { rounds: seen.length, medianMs, maxMs },
    constants: [settle(SAFETY * maxMs)],
    emulator: { listLagMs: isAtOnce ? 0 : maxMs },
  };
}

function notInTime(round: number): Verdict<Answer> {
  return {
    answer: 'not_in_time',
    says: `a job was not in the list ${formatDuration(LISTED_WITHIN_MS)} after its create (round ${round})`,
    facts: { rounds: round, leastMs: LISTED_WITHIN_MS },
    constants: [settle(SAFETY * LISTED_WITHIN_MS)],
    emulator: { listLagMs: LISTED_WITHIN_MS + 1 },
  };
}

function settle(leastMs: number): Verdict['constants'][number] {
  const current = SETTINGS.find(({ name }) => name === 'settle')?.fallback ?? '';
  const enough = (parseDuration(current) ?? 0) >= leastMs;
  return { name: 'settle', current, recommended: enough ? current : `${Math.ceil(leastMs / 60_000)}m` };
}

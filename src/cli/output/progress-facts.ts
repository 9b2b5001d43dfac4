import type { BatchProgress, CreateProgress } from '../../model/progress.ts';
import type { QuotaInUse } from '../../model/run-event.ts';
import { formatAmount } from '../../model/units.ts';

/** `40 of 100 jobs`, `2.9 of 3.0 M tokens`: what is under way, and the limit where one is known. */
export function quotaFacts({ jobs, tokens, mostJobs, mostTokens }: QuotaInUse): readonly string[] {
  const limit = mostTokens === undefined ? undefined : formatAmount(mostTokens);
  return [
    mostJobs === undefined ? `${jobs} ${jobs === 1 ? 'job' : 'jobs'}` : `${jobs} of ${mostJobs} jobs`,
    `${ofWhole(formatAmount(tokens), limit)} tokens`,
  ];
}

/** `12 pending`, `28 running`, …: the groups that hold something. */
export function jobFacts({ counts }: BatchProgress): readonly string[] {
  const { pending, running, succeeded, failed, expired, cancelled } = counts;
  return Object.entries({ pending, running, succeeded, failed, expired, cancelled })
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
}

/** `7 of 204 saved`, `69 of 70 requests answered`; none before the first result is there. */
export function resultFacts({ total, counts, requests }: BatchProgress): readonly string[] {
  if (counts.succeeded === 0) return [];
  const { planned, answered, unanswered } = requests;
  const facts = [`${counts.downloaded} of ${total} saved`];
  if (counts.downloaded > 0)
    facts.push(
      `${ofWhole(`${answered}`, planned === undefined ? undefined : `${planned}`)} requests answered`,
    );
  if (unanswered > 0) facts.push(`${unanswered} without a good answer`);
  return facts;
}

/** `2 creates under way`, or nothing. */
export function createFacts({ underWay }: CreateProgress): readonly string[] {
  return underWay === 0 ? [] : [`${underWay} ${underWay === 1 ? 'create' : 'creates'} under way`];
}

/** `212 of 350 MB`, `812 MB of 2.5 GB`: a unit that is the same is said once. */
export function ofWhole(part: string, whole: string | undefined): string {
  if (whole === undefined) return part;
  const [amount = '', unit] = part.split(' ');
  return unit !== undefined && whole.endsWith(` ${unit}`) ? `${amount} of ${whole}` : `${part} of ${whole}`;
}

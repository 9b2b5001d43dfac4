import type { Progress } from '../../model/progress.ts';
import { createFacts, jobFacts, quotaFacts, resultFacts } from './progress-facts.ts';
import { pace, share } from './upload-text.ts';
import { waitText } from './wait-text.ts';

/**
 * One line for where nothing can be drawn: what the run does, and how far it is.
 * @param now in ms since the epoch
 */
export function heartbeat({ batches, creates, wait, uploads }: Progress, now: number): string {
  const doing = [uploads === undefined ? undefined : 'uploading', waitText(wait, now)];
  const facts: string[] = [];
  if (batches !== undefined) facts.push(`${batches.submitted} of ${batches.total} submitted`);
  if (uploads !== undefined) facts.push(`${share(uploads)} sent`, ...pace(uploads));
  if (creates !== undefined) facts.push(...createFacts(creates));
  if (creates !== undefined && creates.inUse.jobs > 0)
    facts.push(`${quotaFacts(creates.inUse).join(' with ')} under way`);
  if (batches !== undefined) facts.push(...jobFacts(batches), ...resultFacts(batches));
  return [listed(doing) || 'working', listed(facts)].filter((part) => part !== '').join(': ');
}

function listed(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(', ');
}

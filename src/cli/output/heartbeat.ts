import type { Progress } from './run-progress.ts';
import { pace, share } from './upload-text.ts';

/** One line for where nothing can be drawn: what the run does, and how far it is. */
export function heartbeat({ uploads, wait, submitted, total, downloaded }: Progress): string {
  const doing = [uploads === undefined ? undefined : 'uploading', wait].filter((part) => part !== undefined);
  const facts = [`${submitted} of ${total} submitted`];
  if (uploads !== undefined) facts.push(`${share(uploads)} sent`, ...pace(uploads));
  if (uploads === undefined || downloaded > 0) facts.push(`${downloaded} downloaded`);
  return `${doing.length === 0 ? 'working' : doing.join(', ')}: ${facts.join(', ')}`;
}

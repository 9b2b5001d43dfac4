import { paddedBatch } from '../../model/names.ts';
import type { TransferProgress, UploadProgress } from '../../model/progress.ts';
import { formatBytes, formatDuration } from '../../model/units.ts';
import { ofWhole } from './progress-facts.ts';

const MOST_FILES = 3;

/** A label and its facts for each file: those that have been under way longest. */
export function fileFacts({ files }: UploadProgress): readonly (readonly [string, readonly string[]])[] {
  return [...files]
    .slice(0, MOST_FILES)
    .map(([batch, file]) => [`  ${paddedBatch(batch)}`, transferFacts(file)]);
}

export function transferFacts(progress: TransferProgress): readonly string[] {
  return [share(progress), ...pace(progress)];
}

export function share({ sentBytes, totalBytes }: TransferProgress): string {
  return ofWhole(formatBytes(sentBytes), formatBytes(totalBytes));
}

/** `18.0 MB/s` and `1m 12s left`, as far as they are known. Once all is sent, only the answer is waited for. */
export function pace({ sentBytes, totalBytes, bytesPerSecond, leftMs }: TransferProgress): readonly string[] {
  if (sentBytes >= totalBytes) return [];
  const parts: string[] = [];
  if (bytesPerSecond !== undefined) parts.push(`${formatBytes(bytesPerSecond)}/s`);
  if (leftMs !== undefined) parts.push(`${formatDuration(Math.ceil(leftMs / 1000) * 1000)} left`);
  return parts;
}

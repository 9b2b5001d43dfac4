import { paddedBatch } from '../../model/names.ts';
import { formatBytes, formatDuration } from '../../model/units.ts';
import type { TransferProgress, UploadProgress } from './upload-meter.ts';

const MOST_FILES = 3;

/** One list of facts for each line: the total, then the files that have been under way longest. */
export function uploadLines({ files, ...total }: UploadProgress): readonly (readonly string[])[] {
  return [
    labelled('  upload', total),
    ...[...files].slice(0, MOST_FILES).map(([batch, file]) => labelled(`    ${paddedBatch(batch)}`, file)),
  ];
}

function labelled(label: string, progress: TransferProgress): readonly string[] {
  return [`${label}  ${share(progress)}`, ...pace(progress)];
}

/** `212 of 350 MB`, `812 MB of 2.5 GB`: a unit that is the same is said once. */
export function share({ sentBytes, totalBytes }: TransferProgress): string {
  const [sent = '', unit] = formatBytes(sentBytes).split(' ');
  const total = formatBytes(totalBytes);
  return total.endsWith(` ${unit}`) ? `${sent} of ${total}` : `${sent} ${unit} of ${total}`;
}

/** `18.0 MB/s` and `1m 12s left`, as far as they are known. Once all is sent, only the answer is waited for. */
export function pace({ sentBytes, totalBytes, bytesPerSecond, leftMs }: TransferProgress): readonly string[] {
  if (sentBytes >= totalBytes) return [];
  const parts: string[] = [];
  if (bytesPerSecond !== undefined) parts.push(`${formatBytes(bytesPerSecond)}/s`);
  if (leftMs !== undefined) parts.push(`${formatDuration(Math.ceil(leftMs / 1000) * 1000)} left`);
  return parts;
}

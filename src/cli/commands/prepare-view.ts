import type { Body } from '../../documents/body.ts';
import type { PreparedDocument } from '../../documents/prepared.ts';
import { showName } from '../../input/show-name.ts';
import { paddedBatch } from '../../model/names.ts';
import { formatBytes } from '../../model/units.ts';
import type { Prepared, PreparedFile } from '../../prepare/prepared.ts';
import type { ResultDocument } from '../output/printer.ts';
import { plural } from './run-summary.ts';

/** The numbered files that a split or a merge made, in their three forms. */
export function describePreparation({ files, sources, keysGiven }: Prepared, isDry: boolean): ResultDocument {
  return {
    lines: files.map((file) => fileLine(file)),
    records: files.map(({ batch, outcome, path, sizeBytes, lines, estimatedTokens }) => [
      batch,
      outcome,
      showName(path),
      sizeBytes,
      lines,
      estimatedTokens,
    ]),
    json: {
      dryRun: isDry,
      requests: sum(files, ({ lines }) => lines),
      bytes: sum(files, ({ sizeBytes }) => sizeBytes),
      estimatedTokens: sum(files, ({ estimatedTokens }) => estimatedTokens),
      keysGiven,
      sources: sources.map(({ path, sizeBytes, sha256, lines }) => ({
        path,
        bytes: sizeBytes,
        sha256,
        lines,
      })),
      batches: files.map((file) => ({
        batch: file.batch,
        path: file.path,
        outcome: file.outcome,
        bytes: file.sizeBytes,
        sha256: file.sha256,
        lines: file.lines,
        estimatedTokens: file.estimatedTokens,
        sources: file.sources,
      })),
    } satisfies Body<PreparedDocument>,
  };
}

/** What was done, in a sentence or two. */
export function preparationSummary({ files, sources, keysGiven }: Prepared, isDry: boolean): string {
  const fresh = files.filter(({ outcome }) => outcome !== 'unchanged');
  const unchanged = files.length - fresh.length;
  const bytes = formatBytes(sum(fresh, ({ sizeBytes }) => sizeBytes));
  const requests = plural(
    sum(files, ({ lines }) => lines),
    'request',
    'requests',
  );
  const verb = isDry ? 'Would write' : 'Wrote';
  const sentences = [
    `${requests} from ${plural(sources.length, 'file', 'files')}${keysGiven === 0 ? '' : `, ${keysGiven} of them given a key`}.`,
    ...(fresh.length === 0 ? [] : [`${verb} ${plural(fresh.length, 'file', 'files')} (${bytes}).`]),
    ...(fresh.length === files.length
      ? []
      : [`${unchanged} of ${files.length} ${unchanged === 1 ? 'was' : 'were'} there already.`]),
    ...(isDry ? ['Nothing was written.'] : []),
  ];
  return sentences.join(' ');
}

function fileLine({ batch, path, outcome, sizeBytes, lines, estimatedTokens }: PreparedFile): string {
  const size = `${formatBytes(sizeBytes)}, ${plural(lines, 'request', 'requests')}, about ${estimatedTokens} tokens of text`;
  const note = outcome === 'unchanged' ? '   there already' : '';
  return `  ${paddedBatch(batch)}   ${showName(path)}   ${size}${note}`;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

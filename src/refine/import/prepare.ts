import { BatchSubmitError } from '../../model/errors.ts';
import type { RecordFiles } from '../record-files.ts';
import { readParsed, type ParseSummary } from '../summary.ts';
import type { VectorSpace } from '../vectors.ts';
import { checkGates, requestsOfCount, type GateWish } from './gates.ts';
import type { RowSetup } from './rows.ts';

/** What may be imported, and from where it is read. */
export interface Prepared {
  readonly parse: ParseSummary;
  readonly space: VectorSpace | undefined;
  readonly setup: Omit<RowSetup, 'columns' | 'leaveOutDuplicates' | 'withOriginals'>;
}

/**
 * Sees that the steps before belong together and that no gate is shut.
 * @throws {BatchSubmitError} `E_RECORDS`, `E_GATES`, `E_DISK`
 */
export async function prepareImport(
  files: RecordFiles,
  wish: GateWish,
  signal: AbortSignal | undefined,
): Promise<Prepared> {
  const { parse, dedupe, embed } = await readParsed(files.summary);
  const { sha256 } = parse.records;
  if (dedupe !== undefined && dedupe.recordsSha256 !== sha256) throw isStale('duplicates', 'dedupe');
  if (embed !== undefined && embed.recordsSha256 !== sha256) throw isStale('embeddings', 'embed');
  await checkGates(files, parse, wish, signal);
  const space =
    embed === undefined
      ? undefined
      : { model: embed.model, taskType: embed.taskType, dimensions: embed.dimensions };
  return {
    parse,
    space,
    setup: {
      records: files.records,
      duplicates:
        dedupe === undefined ? undefined : { path: files.duplicates, sha256: dedupe.duplicates.sha256 },
      vectors:
        space === undefined || embed === undefined
          ? undefined
          : { folder: files.vectors, space, fields: embed.fields },
      without: wish.without,
      heldRequests: wish.without.includes('count') ? await requestsOfCount(files, parse) : [],
    },
  };
}

function isStale(what: string, command: string): BatchSubmitError {
  return new BatchSubmitError('E_RECORDS', `Cannot import: the ${what} are those of other records`, {
    hint: `bring them up to date with \`batch-submit ${command}\``,
  });
}

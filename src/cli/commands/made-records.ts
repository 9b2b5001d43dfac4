import { BatchSubmitError } from '../../model/errors.ts';
import { recordFilesIn } from '../../refine/record-files.ts';
import { readSummary } from '../../refine/summary.ts';
import type { ReportedRecords } from '../../report/final-report.ts';
import type { Desk } from '../desk.ts';

/**
 * What was made of the answers, for reports. What a step found in other records than those that are there now is left
 * out, and a summary that cannot be read is no reason to go without a report: the commands of the records say so.
 */
export async function madeRecords({ settings }: Desk): Promise<ReportedRecords | null> {
  const path = recordFilesIn(settings.settings.records).summary;
  const summary = await readSummary(path).catch((error: unknown) => {
    if (error instanceof BatchSubmitError) return undefined;
    throw error;
  });
  const parse = summary?.parse;
  if (summary === undefined || parse === undefined) return null;
  const isOfThese = (section: { readonly recordsSha256: string } | undefined): boolean =>
    section?.recordsSha256 === parse.records.sha256;
  const { dedupe, embed, import: imported } = summary;
  return {
    requests: parse.requests,
    records: parse.records.count,
    duplicates: dedupe !== undefined && isOfThese(dedupe) ? dedupe.exact + dedupe.near + dedupe.close : null,
    embedded: embed !== undefined && isOfThese(embed) ? embed.embedded : null,
    imported:
      imported !== undefined && isOfThese(imported)
        ? {
            to: imported.to,
            path: imported.path,
            imported: imported.imported,
            held_back: imported.heldBack,
          }
        : null,
  };
}

import { nameBatches } from '../model/batch-set.ts';
import { savedIn, type BatchRecord } from '../model/batch-record.ts';
import type { Caveat } from '../audit/reconcile-batch.ts';

const SENTENCES: Readonly<Record<Caveat, (which: string) => string>> = {
  by_order: (which) =>
    `Answers of ${which} carry no key: they were matched by their order, one line in, one line out`,
  input_changed: (which) =>
    `The input of ${which} is gone or was edited since it was sent: answers were counted by their own keys, and rows without one have no line number`,
  other_input: (which) =>
    `The input of ${which} was edited between two attempts: answers to what it said before are not counted`,
  altered: (which) =>
    `The results file of ${which} is not what was downloaded; \`batch-submit download --force\` brings it back`,
  gone: (which) => `The results file of ${which} is gone; \`batch-submit download\` brings it back`,
};

/** Says what the figures rest on, where that is not the plain case. */
export function reportNotes(
  caveats: ReadonlyMap<number, ReadonlySet<Caveat>>,
  records: ReadonlyMap<number, BatchRecord>,
): readonly string[] {
  const notes = (Object.keys(SENTENCES) as Caveat[]).flatMap((caveat) => {
    // Nothing is claimed about batches that have no results yet.
    const batches = [...caveats]
      .filter(([batch, found]) => found.has(caveat) && hasResults(records.get(batch)))
      .map(([batch]) => batch);
    return batches.length === 0 ? [] : [`${SENTENCES[caveat](nameBatches(batches))}.`];
  });
  return [...notes, ...losses(records), ...disagreements(records)];
}

function hasResults(record: BatchRecord | undefined): boolean {
  return record !== undefined && savedIn(record).length > 0;
}

function losses(records: ReadonlyMap<number, BatchRecord>): readonly string[] {
  const lost = [...records].flatMap(([batch, record]) =>
    record.status === 'succeeded' && record.lostSince !== undefined ? [batch] : [],
  );
  if (lost.length === 0) return [];
  return [
    `The results of ${nameBatches(lost)} are gone for good: no verified file is on disk, and the service has dropped them; \`batch-submit retry --status lost\` pays for them again.`,
  ];
}

/** The service counts requests too; where it disagrees with the file it sent, both are told. */
function disagreements(records: ReadonlyMap<number, BatchRecord>): readonly string[] {
  return [...records].flatMap(([batch, record]) => {
    const saved = 'saved' in record ? record.saved : undefined;
    const stats = saved?.audit?.stats;
    if (saved === undefined || stats === undefined) return [];
    const { requests, succeeded, failed } = stats;
    return [
      `Batch ${batch}: the service counts ${requests} requests, ${succeeded} succeeded and ${failed} failed; the results it sent hold ${saved.lines} lines.`,
    ];
  });
}

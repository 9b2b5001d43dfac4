import { nameBatches } from '../model/batch-set.ts';
import { recordOf } from '../model/submission-state.ts';
import { adoptMatch } from './adopt-match.ts';
import { lookUp } from './look-up.ts';
import { settleMs, startSettleWatch, type OpenRecord } from './settle-time.ts';
import type { SubmitContext } from './submit-context.ts';

/** Pauses between look-ups while a lost create is given time to appear in the listing, in ms. */
const LOOK_UP_PAUSES_MS: readonly number[] = [500, 1000, 2000, 5000, 10_000, 20_000, 40_000, 60_000];

/**
 * Finds out what became of creates whose answer was lost. A job that carries the batch's name, input
 * file and model is adopted. When none shows up for the whole settle time, the input file of that
 * attempt is deleted, which makes a create that is still on its way fail, and the batch may be
 * submitted anew under other names.
 * @returns the batches that may be submitted again; the others are submitted now, or still uncertain
 */
export async function reconcile(
  context: SubmitContext,
  batches: readonly number[],
): Promise<readonly number[]> {
  const { clock, options, signal, store } = context;
  const free: number[] = [];
  let open = [...batches];
  for (const batch of open) await noteInterruptedCreate(context, batch);
  const watch = startSettleWatch(context);
  const beganMs = clock.monotonicMs();
  let missedAtMs = beganMs;

  for (let round = 0; open.length > 0; round += 1) {
    signal.throwIfAborted();
    // What counts is when the look began: a walk can be held up for longer than the settle time.
    const settled = open.filter((batch) => watch.leftMs(openRecord(context, batch)) <= 0);
    const lookedAtMs = clock.monotonicMs();
    const unmatched = await lookAndAdopt(context, open);
    // Seen only now, and not in the look before: so long can a job be out of sight.
    if (unmatched.adopted > 0 && missedAtMs > beganMs) await store.noteListLag(missedAtMs - beganMs);
    missedAtMs = lookedAtMs;
    open = unmatched.absent;
    const absent = new Set(unmatched.absent);
    const ripe = settled.filter((batch) => absent.has(batch));
    free.push(...(await fence(context, ripe)));
    if (options.onAmbiguous === 'quarantine') return free;
    for (const batch of ripe) absent.delete(batch);
    open = [...absent];
    const leftMs = Math.min(...open.map((batch) => watch.leftMs(openRecord(context, batch))));
    if (open.length > 0) await clock.sleep(pauseMs(round, leftMs), signal);
  }
  return free;
}

/** A `creating` record at start-up: the process ended between the intent and the answer. */
async function noteInterruptedCreate({ store, clock, service }: SubmitContext, batch: number): Promise<void> {
  if (recordOf(store.current(), batch).status !== 'creating') return;
  const reason = 'the run ended before the answer to its create was saved';
  // The settle time starts now, because nobody knows when that process died.
  const at = clock.now().toISOString();
  await store.apply(batch, { type: 'create_unknown', reason, at, serviceAt: service.now()?.toISOString() });
}

interface Looked {
  readonly adopted: number;
  /** Batches without a job in a listing whose word can be taken for it; the others stay uncertain. */
  readonly absent: number[];
}

async function lookAndAdopt(context: SubmitContext, open: readonly number[]): Promise<Looked> {
  const records = new Map(open.map((batch) => [batch, openRecord(context, batch)]));
  const seen = await lookUp(context, records);
  if (seen === undefined) return { adopted: 0, absent: [] };
  const absent: number[] = [];
  const doubted = new Map<string, number[]>();
  let adopted = 0;
  for (const [batch, record] of records) {
    const doubt = seen.doubt(record);
    if (await adoptMatch(context, batch, record, seen.jobs)) adopted += 1;
    else if (doubt === undefined) absent.push(batch);
    else doubted.set(doubt, [...(doubted.get(doubt) ?? []), batch]);
  }
  for (const [doubt, batches] of doubted) {
    const message = `the outcome of the create for ${nameBatches(batches)} stays unknown: ${doubt}`;
    context.emit({ event: 'warning', message });
  }
  return { adopted, absent };
}

/**
 * Deletes the inputs of the lost attempts, gives a create that landed just before that the time to
 * show up, looks once more, and only then lets the batches go.
 * @returns the batches that may be submitted again
 */
async function fence(context: SubmitContext, batches: readonly number[]): Promise<readonly number[]> {
  const { store, signal, emit, clock, options } = context;
  const fenced: number[] = [];
  for (const batch of batches) {
    if (await isInputGone(context, batch)) fenced.push(batch);
    else
      emit({
        event: 'warning',
        batch,
        message: 'the input of its lost create could not be deleted; it stays uncertain',
      });
  }
  if (fenced.length === 0) return [];
  if (options.onAmbiguous === 'wait') await clock.sleep(settleMs(context), signal);
  const { absent } = await lookAndAdopt(context, fenced);
  for (const batch of absent) {
    const file = openRecord(context, batch).file.name ?? '';
    const next = await store.apply(batch, { type: 'fenced' });
    emit({ event: 'batch_fenced', batch, file, attempt: next.attempt });
  }
  return absent;
}

async function isInputGone({ service, store, signal }: SubmitContext, batch: number): Promise<boolean> {
  const record = recordOf(store.current(), batch);
  const file = 'file' in record ? record.file?.name : undefined;
  if (file === undefined) return false;
  const deleted = await service.deleteFile(file, signal);
  const gone = deleted.ok ? await service.getFile(file, signal) : deleted;
  return gone.ok && gone.value === undefined;
}

/** The next step of the schedule, but never past the moment when the first batch has settled. */
function pauseMs(round: number, leftMs: number): number {
  const step = LOOK_UP_PAUSES_MS[Math.min(round, LOOK_UP_PAUSES_MS.length - 1)] ?? 0;
  return Math.max(1, Math.min(step, leftMs));
}

function openRecord({ store }: SubmitContext, batch: number): OpenRecord {
  const record = recordOf(store.current(), batch);
  if (record.status === 'creating' || record.status === 'uncertain') return record;
  throw new Error(`batch ${batch} has no open create: it is ${record.status}`);
}

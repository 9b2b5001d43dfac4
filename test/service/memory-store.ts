import { FRESH_RECORD, type BatchRecord } from '../../src/model/batch-record.ts';
import type { RecordStore } from '../../src/model/run-context.ts';
import { recordOf, type SubmissionState } from '../../src/model/submission-state.ts';
import { transition } from '../../src/model/transition.ts';
import { START } from './fake-clock.ts';

export interface MemoryStore extends RecordStore {
  recordOf(batch: number): BatchRecord;
}

/** A state in memory under the real transition rules; `journal` hears of each step once it is durable. */
export function createMemoryStore(
  records: Readonly<Record<number, BatchRecord>> = {},
  journal: string[] = [],
): MemoryStore {
  let state: SubmissionState = {
    stateId: 'k3v9q2ma',
    createdAt: START,
    lastRun: undefined,
    batches: new Map(Object.entries(records).map(([batch, record]) => [Number(batch), record])),
  };
  return {
    current: () => state,
    async noteListLag(ms) {
      await Promise.resolve();
      state = { ...state, listLagMs: Math.max(ms, state.listLagMs ?? 0) };
    },
    async noteQuota(quota) {
      await Promise.resolve();
      const others = (state.quotas ?? []).filter(({ model }) => model !== quota.model);
      state = { ...state, quotas: [...others, quota] };
    },
    async ignoreStates(stateIds) {
      await Promise.resolve();
      state = { ...state, ignoredStates: [...(state.ignoredStates ?? []), ...stateIds] };
    },
    recordOf: (batch) => state.batches.get(batch) ?? FRESH_RECORD,
    async apply(batch, event) {
      const next = transition(recordOf(state, batch), event);
      await Promise.resolve(); // a real save takes time, and shows its result only after it
      state = { ...state, batches: new Map(state.batches).set(batch, next) };
      journal.push(`saved ${batch} ${next.status}`);
      return next;
    },
  };
}

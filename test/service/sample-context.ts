import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { RunContext } from '../../src/model/run-context.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import type { BatchService } from '../../src/model/service.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';
import { createServiceDouble } from './service-double.ts';

export interface SampleContext extends RunContext {
  readonly clock: FakeClock;
  readonly store: MemoryStore;
  readonly events: readonly RunEvent[];
  /** Calls, saves and events in the order in which they happened. */
  readonly journal: readonly string[];
  readonly stop: AbortController;
}

/** What a use case is given, made of doubles. */
export function createSampleContext(
  calls: Partial<BatchService>,
  records: Readonly<Record<number, BatchRecord>> = {},
): SampleContext {
  const journal: string[] = [];
  const events: RunEvent[] = [];
  const stop = new AbortController();
  return {
    service: createServiceDouble(calls, journal),
    store: createMemoryStore(records, journal),
    clock: createFakeClock(),
    emit: (event) => {
      events.push(event);
      journal.push(`event ${event.event}`);
    },
    signal: stop.signal,
    events,
    journal,
    stop,
  };
}

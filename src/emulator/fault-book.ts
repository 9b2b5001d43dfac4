import type { Endpoint, FaultRule } from './fault-rule.ts';
import type { Random } from './random.ts';

/** A rule chosen for one request, with its phase decided. */
export interface ChosenFault {
  readonly rule: FaultRule;
  readonly phase: 'before' | 'after';
}

export interface FaultBook {
  add(rule: FaultRule): void;
  clear(): void;
  rules(): readonly FaultRule[];
  /** Counts the request and picks the first rule that applies to it. */
  choose(endpoint: Endpoint): ChosenFault | undefined;
}

export function createFaultBook(initial: readonly FaultRule[], random: Random): FaultBook {
  let entries = initial.map(newEntry);
  const seen = new Map<Endpoint | '*', number>();
  const count = (endpoint: Endpoint | '*'): number => {
    const ordinal = (seen.get(endpoint) ?? 0) + 1;
    seen.set(endpoint, ordinal);
    return ordinal;
  };

  return {
    add(rule) {
      entries.push(newEntry(rule));
    },
    clear() {
      entries = [];
    },
    rules: () => entries.map(({ rule }) => rule),
    choose(endpoint) {
      const ordinals = { endpoint: count(endpoint), all: count('*') };
      for (const entry of entries) {
        const { rule } = entry;
        if (rule.endpoint !== '*' && rule.endpoint !== endpoint) continue;
        const ordinal = rule.endpoint === '*' ? ordinals.all : ordinals.endpoint;
        if (!isDue(entry, ordinal) || (rule.probability !== undefined && random.next() >= rule.probability))
          continue;
        entry.hits += 1;
        return { rule, phase: decidePhase(rule, random) };
      }
      return undefined;
    },
  };
}

interface Entry {
  readonly rule: FaultRule;
  hits: number;
}

function newEntry(rule: FaultRule): Entry {
  return { rule, hits: 0 };
}

function isDue({ rule, hits }: Entry, ordinal: number): boolean {
  if (rule.at === undefined) return hits < (rule.times ?? Number.POSITIVE_INFINITY);
  return ordinal >= rule.at && ordinal < rule.at + (rule.times ?? 1);
}

function decidePhase(rule: FaultRule, random: Random): 'before' | 'after' {
  if (rule.phase === 'either') return random.next() < 0.5 ? 'before' : 'after';
  return rule.phase ?? 'before';
}

import type { Judgement } from '../model/answer.ts';

/** Stands for a row without an answer. */
export const NO_ANSWER = 0;
/** Stands for a row with an answer that can be used. */
export const ANSWERED = 1;
const FIRST_FAULT = 2;
/** As many as a row's number for its judgement can tell apart. */
const MOST = 65_535;

/** Judgements by number: millions of rows share a handful of them. */
export interface FaultTable {
  /** The number that stands for the judgement. */
  add(judgement: Judgement): number;
  /** `undefined` for rows that were answered or have no answer. */
  at(number: number): Judgement | undefined;
}

export function createFaultTable(): FaultTable {
  const numbers = new Map<string, number>();
  const faults: Judgement[] = [];
  const remember = (judgement: Judgement, name: string): number => {
    faults.push(judgement);
    numbers.set(name, faults.length - 1 + FIRST_FAULT);
    return faults.length - 1 + FIRST_FAULT;
  };
  return {
    add(judgement) {
      if (judgement.kind === 'answered') return ANSWERED;
      const name = JSON.stringify(judgement);
      const known = numbers.get(name);
      if (known !== undefined) return known;
      if (faults.length < MOST - 100) return remember(judgement, name);
      // Messages that are all different: from here on only the kinds are told apart.
      const { kind, isPermanent } = judgement;
      const plain = isPermanent === true ? { kind, isPermanent } : { kind };
      const plainName = JSON.stringify(plain);
      return numbers.get(plainName) ?? remember(plain, plainName);
    },
    at: (number) => faults[number - FIRST_FAULT],
  };
}

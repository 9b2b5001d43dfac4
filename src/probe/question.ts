import type { AnsweredOptions } from '../emulator/probe-answers.ts';
import type { Probe } from './probe.ts';

export type Fact = string | number | boolean;

/** A value that this tool relies on, and what the answer says it should be. */
export interface Constant {
  readonly name: string;
  readonly current: string;
  readonly recommended: string;
}

/** What the service was seen to do. */
export interface Verdict<Answer extends string = string> {
  readonly answer: Answer;
  /** One line for people. */
  readonly says: string;
  /** Numbers and words behind the answer; times in ms (`…Ms`) or days (`…Days`). */
  readonly facts: Readonly<Record<string, Fact>>;
  readonly constants: readonly Constant[];
  /** Makes the emulator do the same. */
  readonly emulator: AnsweredOptions;
}

/** The rest of a question that has to wait for something. */
export type Later<Answer extends string = string> = () => Promise<Verdict<Answer>>;

export interface ProbeOptions {
  readonly model: string;
  /** How often a job is created and looked for in the list. */
  readonly rounds: number;
  /** How long jobs may take to end, in ms, from the start of the probe. */
  readonly waitMs: number;
}

/** What a question makes at most, beside the file and the job that several questions share. */
export interface Cost {
  readonly files: number;
  readonly jobs: number;
}

export interface Question<Answer extends string = string> {
  /** L1 to L13. */
  readonly id: string;
  readonly asks: string;
  /** The requests it sends, for the plan. */
  readonly sends: string;
  readonly answers: readonly Answer[];
  readonly makes: (options: ProbeOptions) => Cost;
  /** Throws `Unanswered` or `NotAsked` when there is no verdict. */
  readonly ask: (probe: Probe) => Promise<Verdict<Answer> | Later<Answer>>;
}

/** The service gave no answer that settles the question. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** The question was not put, because something for it was not given. */
export class NotAsked extends Error {
  override readonly name = 'NotAsked';
}

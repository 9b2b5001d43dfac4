import { parseArgs } from 'node:util';
import { BatchSubmitError } from '../model/errors.ts';
import { parseDuration } from '../model/units.ts';
import type { Question } from './question.ts';
import { QUESTIONS } from './questions/index.ts';

export interface Arguments {
  readonly mode: 'probe' | 'clean_up' | 'help';
  /** Settings as typed: base-url, model, api-key-file, config, env-file, no-env-file. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly questions: readonly Question[];
  readonly rounds: number;
  readonly waitMs: number;
  /** Undefined: a new folder with the probe's date. */
  readonly out: string | undefined;
  readonly isConfirmed: boolean;
}

/** More would cost more than the plan promises. */
const MOST_ROUNDS = 50;

const OPTIONS = {
  'api-key-file': { type: 'string' },
  'base-url': { type: 'string' },
  'clean-up': { type: 'boolean' },
  'env-file': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  model: { type: 'string' },
  'no-env-file': { type: 'boolean' },
  only: { type: 'string' },
  out: { type: 'string' },
  rounds: { type: 'string' },
  wait: { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
} as const;

export const HELP: string = `Usage: npm run probe -- [flags]

Asks the live service ${QUESTIONS.length} questions that no document answers, for less than 0.05 USD, and removes
everything it made. Shows its plan and asks before it sends anything.

  --only <list>          such as L3,L8 (default: all of them)
  --rounds <n>           jobs created to measure the list, 1 to ${MOST_ROUNDS} (default 5)
  --wait <time>          how long jobs may take to end (default 30m)
  --out <dir>            where the answers go (default: probe-<date> in this folder)
  --model <id>           model that answers the requests
  --base-url <url>       another service, such as the emulator
  --api-key-file <file>  file with the key alone; - reads standard input
  --env-file <file>      read variables from <file> (default .env, if present)
  --no-env-file          read no such file
  --clean-up             remove what an earlier probe left behind, and nothing else
  -y, --yes              do not ask
  -h, --help             show help

The key is found as by batch-submit. GEMINI_API_KEY_2 may hold a second key of the same project.
`;

/** @throws {BatchSubmitError} `E_USAGE` */
export function readArguments(argv: readonly string[]): Arguments {
  const values = parse(argv);
  return {
    mode: values.help === true ? 'help' : values['clean-up'] === true ? 'clean_up' : 'probe',
    flags: {
      'api-key-file': values['api-key-file'],
      'base-url': values['base-url'],
      'env-file': values['no-env-file'] === true ? false : values['env-file'],
      model: values.model,
    },
    questions: values.only === undefined ? QUESTIONS : values.only.split(',').map(questionFor),
    rounds: readRounds(values.rounds ?? '5'),
    waitMs: readWait(values.wait ?? '30m'),
    out: values.out,
    isConfirmed: values.yes === true,
  };
}

function parse(argv: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    const fact = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw usage(`Cannot read the command line: ${fact.replaceAll("'", '"')}`, 'npm run probe -- --help');
  }
}

function questionFor(text: string): Question {
  const wanted = text.trim().toUpperCase();
  const question = QUESTIONS.find(({ id }) => id === wanted);
  if (question !== undefined) return question;
  const known = `L1 to L${QUESTIONS.length}`;
  throw usage(`Cannot ask "${text.trim()}": the questions are ${known}`, 'npm run probe -- --only L3,L8');
}

function readRounds(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_ROUNDS) return Number(text);
  const fact = `it is not a whole number from 1 to ${MOST_ROUNDS}`;
  throw usage(`Cannot use --rounds "${text}": ${fact}`, `npm run probe -- --rounds ${MOST_ROUNDS}`);
}

function readWait(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw usage(
    `Cannot use --wait "${text}": it is not a time such as 30m or 2h`,
    'npm run probe -- --wait 2h',
  );
}

function usage(message: string, command: string): BatchSubmitError {
  return new BatchSubmitError('E_USAGE', message, { hint: `run \`${command}\`` });
}

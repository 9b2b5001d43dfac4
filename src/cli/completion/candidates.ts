import { SETTINGS } from '../../config/settings-table.ts';
import { DEFECT_KINDS } from '../../model/answer.ts';
import { TOPIC_SUMMARIES } from '../help/topic-names.ts';
import { COMMANDS } from '../table/command-table.ts';
import { SHELLS } from './scripts.ts';
import { flagsOf, type KnownFlag, type TypedLine } from './typed-line.ts';

export interface Candidate {
  readonly value: string;
  readonly description?: string | undefined;
}

/** What may stand at the cursor. `list` is text after which more may follow without a space. */
export interface Candidates {
  readonly kind: 'none' | 'list' | 'file' | 'directory';
  readonly values: readonly Candidate[];
}

/** A batch, and what is known of it: `failed`, `running`, … */
export interface KnownBatch {
  readonly batch: number;
  readonly status: string;
}

const NOTHING: Candidates = { kind: 'none', values: [] };
const RETRY_STATUSES = ['failed', 'expired', 'cancelled', 'missing', 'lost'];

/**
 * @param batches asked for only where a number may stand; those of a command that takes no other are told apart
 */
export async function candidatesFor(
  line: TypedLine,
  batches: () => Promise<readonly KnownBatch[]>,
): Promise<Candidates> {
  const { command, current, isHelp, open, operands, prefix } = line;
  if (open !== undefined) return withPrefix(prefix, await valuesOf(open, line, batches));
  if (current.startsWith('-')) return matching(current, flagCandidates(line));
  if (isHelp) return operands.length > 0 ? NOTHING : matching(current, helpCandidates());
  if (command?.name === 'completion')
    return operands.length > 0
      ? NOTHING
      : matching(
          current,
          SHELLS.map((value) => ({ value })),
        );
  const [operand] = command === undefined ? ['[from]'] : command.operands.map(({ name }) => name);
  if (operand === undefined) return NOTHING;
  if (operand.includes('file')) return { kind: 'file', values: [] };
  if (operands.length >= 2) return NOTHING;
  const from = Number(operands[0] ?? 0);
  const numbers = (await batches())
    .filter(({ batch, status }) => batch >= from && suits(command?.name, status))
    .map((known) => numberCandidate(known));
  const commands = command === undefined && operands.length === 0 ? commandCandidates() : [];
  return matching(current, [...commands, ...numbers]);
}

/** `cancel` is offered jobs that run, `retry` what failed. */
function suits(command: string | undefined, status: string): boolean {
  if (command === 'cancel') return status === 'pending' || status === 'running';
  if (command === 'retry') return status !== 'pending' && status !== 'running' && status !== 'not submitted';
  return true;
}

async function valuesOf(
  flag: KnownFlag,
  { command, current }: TypedLine,
  batches: () => Promise<readonly KnownBatch[]>,
): Promise<Candidates> {
  const choices = SETTINGS.find(({ name }) => name === flag.name)?.choices;
  if (choices !== undefined)
    return matching(
      current,
      choices.map((value) => ({ value })),
    );
  if (flag.name === 'only') {
    const known = (await batches()).filter(({ status }) => suits(command?.name, status));
    return listOf(
      current,
      known.map((one) => numberCandidate(one)),
    );
  }
  if (flag.name === 'status')
    return listOf(
      current,
      RETRY_STATUSES.map((value) => ({ value })),
    );
  if (flag.name === 'reason')
    return listOf(
      current,
      DEFECT_KINDS.map((value) => ({ value })),
    );
  if (flag.placeholder === '<dir>') return { kind: 'directory', values: [] };
  return flag.placeholder === '<file>' ? { kind: 'file', values: [] } : NOTHING;
}

/** The last member of a list with commas, with the others before it. */
function listOf(current: string, values: readonly Candidate[]): Candidates {
  const at = current.lastIndexOf(',') + 1;
  const [before, last] = [current.slice(0, at), current.slice(at)];
  const taken = new Set(before.split(','));
  const { values: fitting } = matching(
    last,
    values.filter(({ value }) => !taken.has(value)),
  );
  return withPrefix(before, { kind: 'list', values: fitting });
}

function flagCandidates({ command, values }: TypedLine): readonly Candidate[] {
  return flagsOf(command)
    .filter(({ name }) => !values.has(name))
    .flatMap(({ spellings, description }) =>
      spellings.filter((one) => one.startsWith('--')).map((value) => ({ value, description })),
    );
}

function commandCandidates(): readonly Candidate[] {
  const shown = COMMANDS.filter(({ isHidden }) => isHidden !== true);
  return [
    ...shown.map(({ name, summary }) => ({ value: name, description: summary })),
    { value: 'help', description: 'help on a command or topic' },
  ];
}

function helpCandidates(): readonly Candidate[] {
  return [...commandCandidates(), ...TOPIC_SUMMARIES.map(([value, description]) => ({ value, description }))];
}

function numberCandidate({ batch, status }: KnownBatch): Candidate {
  return { value: String(batch), description: status };
}

function matching(current: string, values: readonly Candidate[]): Candidates {
  return { kind: 'none', values: values.filter(({ value }) => value.startsWith(current)) };
}

function withPrefix(prefix: string, { kind, values }: Candidates): Candidates {
  const lengthened = values.map(({ value, description }) => ({ value: `${prefix}${value}`, description }));
  return { kind, values: lengthened };
}

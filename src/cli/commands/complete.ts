import { recordOf } from '../../model/submission-state.ts';
import { groupOf, type StatusGroup } from '../../model/summary.ts';
import { loadState } from '../../state/load-state.ts';
import { knownBatches } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { candidatesFor, type Candidates, type KnownBatch } from '../completion/candidates.ts';
import { readTypedLine, type TypedLine } from '../completion/typed-line.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag, type Invocation } from '../invocation.ts';
import { readSettings } from '../settings.ts';
import { NO_STATE } from './no-state.ts';

const LABELS: Readonly<Partial<Record<StatusGroup, string>>> = { notSubmitted: 'not submitted' };

/** `batch-submit __complete -- <words>`: what a shell asks at each Tab. It has no errors: then there is nothing to offer. */
export const completeCommand: CommandHandler = async (invocation) => {
  const words = [...invocation.operands, ...(hasFlag(invocation, 'empty') ? [''] : [])];
  const line = readTypedLine(words);
  const { kind, values } = await candidates(invocation, line);
  const lines = values.map(({ value, description }) =>
    description === undefined ? value : `${value}\t${description}`,
  );
  invocation.io.stdout.write(`${[...lines, `:${kind}`].join('\n')}\n`);
  return EXIT.ok;
};

async function candidates(invocation: Invocation, line: TypedLine): Promise<Candidates> {
  try {
    const isThere = entersFolder(invocation, line.values.get('cwd'));
    return await candidatesFor(line, async () => (isThere ? await batchesOf(invocation, line) : []));
  } catch {
    return { kind: 'none', values: [] };
  }
}

/** Where the folder is not there, what does not depend on it can be offered all the same. */
function entersFolder({ io }: Invocation, folder: string | undefined): boolean {
  try {
    if (folder !== undefined) io.changeDirectory(folder);
    return true;
  } catch {
    return false;
  }
}

/** From the state and the input folder that the line names. */
async function batchesOf(invocation: Invocation, line: TypedLine): Promise<readonly KnownBatch[]> {
  const flags = Object.fromEntries(line.values);
  const { settings } = await readSettings({ ...invocation, flags });
  const state = (await loadState(settings.state))?.state ?? NO_STATE;
  const batches = await knownBatches(settings, state, { kind: 'all' });
  return batches.map((batch) => {
    const group = groupOf(recordOf(state, batch));
    return { batch, status: LABELS[group] ?? group };
  });
}

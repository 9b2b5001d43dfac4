import { join } from 'node:path';
import { inTurn } from './measure.mjs';
import { jobNames, openStateWith } from './make-state.mjs';
import { timeRow } from './table.mjs';

const ROUNDS = 15;
const NODE = 'node -e 0';

/** How long the program takes to answer, as a multiple of an empty Node process. */
export async function benchStartup({ bin, directory }) {
  await openStateWith(join(directory, 'batch_submission_state.json'), jobNames(204));
  const program = (name) => ({ name, args: [bin, name], cwd: directory });
  const programs = [
    { name: NODE, args: ['-e', '0'], cwd: directory },
    program('--version'),
    program('--help'),
    program('status'),
  ];
  const runs = await inTurn(programs, ROUNDS);
  const against = { theirs: NODE };
  return [
    timeRow('batch-submit --version', runs, { ...against, ours: '--version', target: 1.6 }),
    timeRow('batch-submit --help', runs, { ...against, ours: '--help', target: 1.6 }),
    timeRow('batch-submit status, 204 batches', runs, { ...against, ours: 'status', target: 2.5 }),
  ];
}

import { mkdir, rm } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { writeRequests } from './big-files.mjs';
import { inTurn } from './measure.mjs';
import { script } from './script.mjs';
import { sizeName, timeRow } from './table.mjs';

const [OURS, SCRIPT, WC] = ['validate', 'readline + JSON.parse', 'wc -l'];

/** The check of an input file (JSON, shape, keys, hash), as the command does it. */
export async function benchValidate({ bin, directory, rounds, bytes = 400e6 }) {
  const input = join(directory, 'validate');
  await mkdir(input);
  const path = join(input, 'batch_001.jsonl');
  await writeRequests(path, bytes);
  const hasWc = spawnSync('wc', ['--version']).error === undefined;
  const programs = [
    { name: SCRIPT, args: [script('readline'), path] },
    { name: OURS, args: [bin, 'validate', '--quiet', '--input', input], cwd: directory },
    ...(hasWc ? [{ name: WC, command: 'wc', args: ['-l', path] }] : []),
  ];
  const runs = await inTurn(programs, rounds);
  await rm(input, { recursive: true });
  const measure = `validate ${sizeName(bytes)} of requests`;
  return [
    timeRow(measure, runs, { ours: OURS, theirs: SCRIPT, target: 0.45 }),
    ...(hasWc ? [timeRow(measure, runs, { ours: OURS, theirs: WC })] : []),
  ];
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeRecords } from './make-records.mjs';
import { inTurn, peakMbOf } from './measure.mjs';
import { script } from './script.mjs';
import { seconds, timeRow } from './table.mjs';

const [OURS, SCRIPT] = ['dedupe', 'Map of texts + MinHash'];
const MOST_MB = 260;

/** Duplicates of a million records; of a twentieth beside a script, which could not keep the texts of all in memory. */
export async function benchDedupe({ bin, directory, records = 1_000_000 }) {
  const few = records / 20;
  const small = await programsFor(join(directory, 'few'), few, bin);
  const compared = await inTurn([small.theirs, small.ours], 3);
  const large = await programsFor(join(directory, 'all'), records, bin);
  const alone = await inTurn([large.ours], 1);
  return [
    timeRow(nameOf(few), compared, { ours: OURS, theirs: SCRIPT, target: 0.6 }),
    memoryRow(nameOf(records), alone, records),
  ];
}

async function programsFor(folder, count, bin) {
  const records = join(folder, 'batch_records');
  await mkdir(records, { recursive: true });
  await writeRecords(records, count);
  const args = [script('dedupe-maps'), join(records, 'records.jsonl'), join(folder, 'theirs.jsonl')];
  return {
    theirs: { name: SCRIPT, args },
    ours: { name: OURS, args: [bin, 'dedupe'], cwd: folder },
  };
}

function memoryRow(measure, runs, records) {
  const [{ ms }] = runs.get(OURS);
  const peakMb = peakMbOf(runs, OURS);
  const common = { measure, against: '', theirs: '', isAbsolute: true, target: MOST_MB };
  const time = `${seconds(ms)}, ${Math.round(records / (ms / 1000)).toLocaleString('en')} records/s`;
  if (peakMb === undefined) return { ...common, ours: time, note: 'memory not measured: no /proc here' };
  return { ...common, ours: `${Math.round(peakMb)} MB`, value: peakMb, note: time };
}

function nameOf(count) {
  return `duplicates of ${count.toLocaleString('en')} records`;
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { factsOf, GIB, makeSparse } from './big-files.mjs';
import { runProgram } from './measure.mjs';
import { script } from './script.mjs';
import { withSink } from './start-sink.mjs';

const MOST_MB = 150;

/** Peak memory with a file of 2 GiB, either way. */
export async function benchMemory({ directory }) {
  const path = join(directory, 'two-gib');
  await makeSparse(path, 2 * GIB);
  const facts = await factsOf(path);
  const uploads = await withSink({}, async ({ url }) => [
    await runProgram({
      name: 'ours',
      args: [script('upload-ours'), url, JSON.stringify(facts), 'files/two'],
    }),
    await runProgram({ name: 'SDK', args: [script('upload-sdk'), url, path] }),
  ]);
  await rm(path);
  const downloads = await withSink({ downloadBytes: 2 * GIB }, async ({ url }) => {
    const ours = await runProgram({ name: 'ours', args: [script('download-ours'), url, path, `${2 * GIB}`] });
    await rm(path);
    return [ours, await runProgram({ name: 'SDK', args: [script('download-sdk'), url, path] })];
  });
  await rm(path);
  return [
    memoryRow('peak memory, upload of 2 GiB', 'SDK files.upload', uploads),
    memoryRow('peak memory, download of 2 GiB', 'SDK files.download', downloads),
  ];
}

function memoryRow(measure, against, [{ peakMb: ours }, { peakMb: theirs }]) {
  const common = { measure, against, isAbsolute: true, target: MOST_MB };
  if (ours === undefined || theirs === undefined)
    return { ...common, theirs: '', ours: '', note: 'not measured: no /proc here' };
  const text = (mb) => `${Math.round(mb)} MB`;
  return { ...common, theirs: text(theirs), ours: text(ours), ratio: ours / theirs, value: ours };
}

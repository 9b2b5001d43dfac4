import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copyHead, factsOf, GIB, MIB, writeRequests } from './big-files.mjs';
import { curl, withoutCurl } from './curl.mjs';
import { inTurn, medianMs, peakMbOf } from './measure.mjs';
import { script } from './script.mjs';
import { withSink } from './start-sink.mjs';
import { seconds, timeRow } from './table.mjs';

const [OURS, SDK, CURL] = ['batch-submit', 'SDK files.upload', 'curl -T'];

/** One file over the resumable protocol, hashed on the way, against curl and the SDK. */
export async function benchUpload({ bin, directory, rounds }) {
  const input = join(directory, 'one-file');
  await mkdir(input);
  const big = join(input, 'batch_001.jsonl');
  await writeRequests(big, GIB);
  const rows = [];
  await withSink({}, async (sink) => {
    for (const [size, name] of [
      [8 * MIB, '8 MiB'],
      [100 * MIB, '100 MiB'],
    ]) {
      const path = join(directory, 'part');
      await copyHead(big, path, size);
      rows.push(...(await oneSize(sink, await factsOf(path), name, rounds + 2, {})));
    }
    rows.push(...(await oneSize(sink, await factsOf(big), '1 GiB', rounds, { curlTarget: 2.2 })));
    rows.push(await wholeCommand(sink, { bin, directory, input }));
  });
  const facts = await factsOf(big);
  await withSink({ latencyMs: 100 }, async (sink) => {
    const runs = await inTurn([ours(sink, facts), sdk(sink, facts)], 1);
    const measure = 'upload 1 GiB, 100 ms a request';
    rows.push(timeRow(measure, runs, { ours: OURS, theirs: SDK, target: 0.1, note: '1 round' }));
  });
  await rm(input, { recursive: true });
  return rows;
}

async function oneSize(sink, facts, name, rounds, { curlTarget }) {
  const programs = [
    ours(sink, facts),
    sdk(sink, facts),
    ...curl(CURL, ['--upload-file', facts.path, `${sink.url}/put`]),
  ];
  const runs = await inTurn(programs, rounds);
  const measure = `upload ${name}`;
  return [
    runs.has(CURL)
      ? timeRow(measure, runs, { ours: OURS, theirs: CURL, target: curlTarget })
      : withoutCurl(measure),
    timeRow(measure, runs, { ours: OURS, theirs: SDK }),
  ];
}

let uploads = 0;

function ours({ url }, facts) {
  const program = { name: OURS, args: [] };
  // A name is given once only, so that no upload finds the file of the one before.
  const prepare = () => {
    uploads += 1;
    program.args = [script('upload-ours'), url, JSON.stringify(facts), `files/bench-${uploads}`];
  };
  return Object.assign(program, { prepare });
}

function sdk({ url }, { path }) {
  return { name: SDK, args: [script('upload-sdk'), url, path] };
}

/** For information: what a user waits for, with the check of every line and the create. */
async function wholeCommand({ url }, { bin, directory, input }) {
  const name = 'batch-submit';
  const env = { PATH: process.env.PATH, GEMINI_API_KEY: 'bench' };
  const args = [bin, '--quiet', '--input', input, '--base-url', url];
  const runs = await inTurn([{ name, args, cwd: directory, env }], 1);
  return {
    measure: 'submit of 1 GiB: check, upload, create',
    against: '',
    theirs: '',
    ours: seconds(medianMs(runs, name)),
    peakMb: peakMbOf(runs, name),
    note: '1 round, for information',
  };
}

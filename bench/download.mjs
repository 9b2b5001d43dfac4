import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GIB } from './big-files.mjs';
import { curl, withoutCurl } from './curl.mjs';
import { inTurn } from './measure.mjs';
import { script } from './script.mjs';
import { withSink } from './start-sink.mjs';
import { timeRow } from './table.mjs';

const [OURS, SDK, CURL] = ['batch-submit', 'SDK files.download', 'curl -o'];

/** One result file, hashed, flushed and its lines counted, against curl and the SDK, which only write it. */
export async function benchDownload({ directory, rounds }) {
  const path = join(directory, 'downloaded');
  const fresh = () => rm(path, { force: true });
  return await withSink({ downloadBytes: GIB }, async ({ url }) => {
    const programs = [
      { name: OURS, prepare: fresh, args: [script('download-ours'), url, path, `${GIB}`] },
      { name: SDK, prepare: fresh, args: [script('download-sdk'), url, path] },
      ...curl(CURL, ['--output', path, `${url}/v1beta/files/batch-bench:download?alt=media`], fresh),
    ];
    const runs = await inTurn(programs, rounds);
    await fresh();
    const measure = 'download 1 GiB';
    return [
      runs.has(CURL)
        ? timeRow(measure, runs, { ours: OURS, theirs: CURL, target: 1.5 })
        : withoutCurl(measure),
      timeRow(measure, runs, { ours: OURS, theirs: SDK }),
    ];
  });
}

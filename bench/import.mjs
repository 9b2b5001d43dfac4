import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeLines } from './big-files.mjs';
import { inTurn, peakMbOf } from './measure.mjs';
import { script } from './script.mjs';
import { timeRow } from './table.mjs';

const [OURS, SCRIPT] = ['import', 'readline + JSON.parse + one transaction'];
const MOST_MB = 260;
const WORDS =
  'water energy growth policy region service measure quality report result public health number system people'.split(
    ' ',
  );

/** Records into a new database. `BENCH_RECORDS=1000000` takes more of them. */
export async function benchImport({
  bin,
  directory,
  rounds,
  records = Number(process.env.BENCH_RECORDS ?? 300_000),
}) {
  const folder = join(directory, 'records');
  await mkdir(folder);
  const path = join(folder, 'records.jsonl');
  await writeRecords(path, records);
  await writeSummary(folder, path, records);
  const databases = ['ours.db', 'script.db'].map((name) => join(directory, name));
  const [ours, theirs] = databases;
  const prepare = () => Promise.all(databases.map((database) => rm(database, { force: true })));
  const programs = [
    { name: SCRIPT, args: [script('import-script'), path, theirs], prepare },
    {
      name: OURS,
      args: [bin, 'import', '--quiet', '--records', folder, '--database', ours],
      cwd: directory,
      prepare,
    },
  ];
  const runs = await inTurn(programs, rounds);
  await Promise.all([rm(folder, { recursive: true }), prepare()]);
  const name = records.toLocaleString('en');
  const peakMb = peakMbOf(runs, OURS);
  return [
    timeRow(`import ${name} records`, runs, { ours: OURS, theirs: SCRIPT, target: 0.6 }),
    ...(peakMb === undefined
      ? []
      : [
          {
            measure: `peak memory, import of ${name} records`,
            against: SCRIPT,
            isAbsolute: true,
            target: MOST_MB,
            theirs: `${Math.round(peakMbOf(runs, SCRIPT))} MB`,
            ours: `${Math.round(peakMb)} MB`,
            ratio: peakMb / peakMbOf(runs, SCRIPT),
            value: peakMb,
          },
        ]),
  ];
}

/** 204 batches of requests with 100 pairs each, of the lengths that answers have. */
async function writeRecords(path, count) {
  const perBatch = Math.ceil(count / 204 / 100) * 100;
  let index = 0;
  await writeLines(path, () => {
    if (index === count) return undefined;
    const batch = 1 + Math.floor(index / perBatch);
    const line = 1 + Math.floor((index % perBatch) / 100);
    const position = 1 + (index % 100);
    index += 1;
    return `${JSON.stringify({
      id: `${batch}-${line}-${position}`,
      batch,
      line,
      key: `request-${line}`,
      attempt: 1,
      position,
      flags: [],
      value: {
        pair_id: position,
        refined_question: `${words(index, 14)}?`,
        refined_answer: words(index * 7, 40),
        quality_score: (index % 100) / 100,
        improvements_made: ['clearer', 'shorter'],
      },
      source: {
        qa_id: index,
        indicator_id: 1 + (index % 50),
        question: words(index * 3, 10),
        answer: words(index * 5, 25),
        topic: WORDS[index % WORDS.length],
      },
    })}\n`;
  });
}

function words(from, count) {
  return Array.from({ length: count }, (_, place) => WORDS[(from + place * place) % WORDS.length]).join(' ');
}

async function writeSummary(folder, path, count) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const requests = {
    planned: Math.ceil(count / 100),
    parsed: Math.ceil(count / 100),
    unparsable: 0,
    without: 0,
  };
  const parse = {
    records: { sizeBytes: (await stat(path)).size, sha256: hash.digest('hex'), count },
    kind: 'refined-pair',
    fields: ['refined_question', 'refined_answer'],
    requests,
    unparsed: 0,
    batches: [],
    properties: [],
    gates: {},
  };
  await writeFile(join(folder, 'summary.json'), JSON.stringify({ schemaVersion: 1, parse }));
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMet, markdownTable } from './table.mjs';
import { writeDocs } from './write-docs.mjs';

// Every figure is a ratio of programs that were run in turn, or an exact count, in this one run; lower is better.

/** In the order of the table. Each gives rows. */
const PARTS = {
  'start-up': async () => (await import('./startup.mjs')).benchStartup,
  upload: async () => (await import('./upload.mjs')).benchUpload,
  cut: async () => (await import('./cut-upload.mjs')).benchCutUpload,
  download: async () => (await import('./download.mjs')).benchDownload,
  memory: async () => (await import('./memory.mjs')).benchMemory,
  'small-files': async () => (await import('./small-files.mjs')).benchSmallFiles,
  polling: async () => (await import('./polling.mjs')).benchPolling,
  makespan: async () => (await import('./makespan.mjs')).benchMakespan,
  validate: async () => (await import('./validate.mjs')).benchValidate,
  audit: async () => (await import('./audit.mjs')).benchAudit,
  parse: async () => (await import('./parse.mjs')).benchParse,
  dedupe: async () => (await import('./dedupe.mjs')).benchDedupe,
  import: async () => (await import('./import.mjs')).benchImport,
  state: async () => (await import('./state.mjs')).benchState,
};

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    'write-docs': { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(
    `Cannot run the bench: "${unknown[0]}" is none of its parts (${Object.keys(PARTS).join(', ')})`,
  );
  process.exit(2);
}
if (flags['write-docs'] && positionals.length > 0) {
  console.error('Cannot write the table of docs/performance.md: it holds all parts; leave their names out');
  process.exit(2);
}
const chosen = positionals.length === 0 ? Object.keys(PARTS) : positionals;
const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'batch-submit-bench-'));
const clearAway = () => rmSync(directory, { recursive: true, force: true });
process.once('SIGINT', () => {
  // The files are large; the servers end with this process.
  clearAway();
  process.exit(130);
});
const startedMs = performance.now();
const [loadBefore = 0] = loadavg();
const rows = [];
try {
  for (const name of chosen) {
    const bench = await PARTS[name]();
    const partMs = performance.now();
    // Each part has a folder of its own: the state of one must not be that of the next.
    const partDirectory = join(directory, name);
    mkdirSync(partDirectory);
    for (const row of await bench({ bin, directory: partDirectory, rounds: Number(flags.rounds) }))
      rows.push({ part: name, ...row, met: isMet(row) });
    rmSync(partDirectory, { recursive: true });
    console.error(`${name}: ${Math.round((performance.now() - partMs) / 1000)} s`);
  }
} finally {
  clearAway();
}

const run = {
  takenAt: new Date().toISOString().slice(0, 10),
  node: process.version,
  machine: `${process.platform} ${process.arch}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB`,
  /** Processes that ran or waited for a core in the minute before: above 0.5, the table says less. */
  loadBefore: Number(loadBefore.toFixed(1)),
  seconds: Math.round((performance.now() - startedMs) / 1000),
};
const table = markdownTable(rows);
console.log(
  `${table}\n\nNode ${run.node} on ${run.machine}; load before ${run.loadBefore}; ${run.seconds} s`,
);
writeFileSync(flags.json ?? fileURLToPath(new URL('results.json', import.meta.url)), json({ ...run, rows }));
if (flags['write-docs']) await writeDocs(run, table);
const missed = rows.filter(({ met }) => met === false);
if (missed.length > 0) console.log(`Missed: ${missed.map(({ measure }) => measure).join('; ')}`);

function json(value) {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeBatches } from '../dist/rehearse/make-batches.js';
import { benchAudit } from './audit.mjs';
import { benchInspect } from './inspect.mjs';
import { benchStartup } from './startup.mjs';
import { benchSubmit } from './submit.mjs';

// Every figure is a ratio of two programs timed in turn in this one run; lower is better.
const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'batch-submit-bench-'));
console.log(`Node ${process.version}, ratios of wall time, medians\n`);
try {
  await benchStartup(bin, directory);
  await benchInspect(directory);
  await benchAudit(directory);
  await benchSubmit(bin, directory, makeBatches);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

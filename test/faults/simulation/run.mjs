/**
 * Deterministic simulation of the submit protocol: the modules of the built program run against a
 * simulated disk, service and clock, and one seed decides every fault, crash and delay of a history.
 *
 *   node test/faults/simulation/run.mjs [--seeds 100000] [--base <n>] [--planted <seeds>]
 *   node test/faults/simulation/run.mjs --seed <n> [--variant <name>]     prints the whole history
 *   node test/faults/simulation/run.mjs --variant <name> [--seeds <n>]
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { openCrew } from './crew.mjs';
import { printBeyond, printPlanted, printReal } from './print.mjs';
import { traceOne } from './trace-one.mjs';
import { BEYOND, PLANTED, variantOf } from './variants.mjs';
import { openWorkbench } from './workbench.mjs';

/** The same in every run, so that a change is compared with the same histories as the last one. */
const FIXED_SEEDS = 20_000;
/** What a planted bug has to be found in. */
const PLANTED_SEEDS = 3000;
/** So long the search for a double payment goes on once a bug is found; not every bug costs money. */
const SEEDS_FOR_MONEY = 1000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100000' },
    base: { type: 'string' },
    planted: { type: 'string', default: String(PLANTED_SEEDS) },
    seed: { type: 'string' },
    variant: { type: 'string' },
  },
});

const workbench = await openWorkbench();
try {
  process.exitCode = (await main()) ? 0 : 1;
} finally {
  await workbench.close();
}

async function main() {
  const variant = values.variant === undefined ? undefined : variantOf(values.variant);
  if (values.seed !== undefined) {
    const { root, flags } = await prepare(variant ?? { name: 'real' });
    return await traceOne(Number(values.seed), root, flags);
  }
  const crew = openCrew();
  try {
    if (variant !== undefined) {
      const seeds = Number(values.seeds);
      if (BEYOND.includes(variant)) return await measureBeyond(crew, [variant], seeds);
      return (await findPlanted(crew, [variant], seeds)).failed === 0;
    }
    const seeds = Number(values.seeds);
    const real = await runReal(crew, seeds);
    const planted = await findPlanted(crew, PLANTED, Number(values.planted), { seeds, ...real });
    await measureBeyond(crew, BEYOND, Math.min(seeds, 2000));
    const passed = seeds - real.failed + planted.passed;
    const failed = real.failed + real.untried + planted.failed;
    console.log(`\n${passed} passed, ${failed} failed`);
    return failed === 0;
  } finally {
    await crew.close();
  }
}

async function prepare({ name, mutations = [], flags = {} }) {
  return { root: await workbench.copyWith(name, mutations), flags };
}

async function runReal(crew, seeds) {
  const base = Number(values.base ?? randomInt(1_000_000, 2 ** 31));
  const ranges = [{ from: 1, to: Math.min(seeds, FIXED_SEEDS) }];
  if (seeds > FIXED_SEEDS) ranges.push({ from: base, to: base + seeds - FIXED_SEEDS - 1 });
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  const result = await crew.run(await prepare({ name: 'real' }), ranges);
  return printReal({
    ...result,
    ranges,
    threads: crew.size,
    ms: performance.now() - startedMs,
    cpuMs: process.cpuUsage(cpu).user / 1000,
  });
}

/**
 * Each planted bug must break a promise that the program itself keeps under the same seed; the search
 * goes on until it has also cost money.
 */
async function findPlanted(crew, variants, fewest, tried) {
  const seedsFor = (variant) => Math.max(fewest, Math.min(variant.seeds ?? 0, FIXED_SEEDS));
  const most = Math.max(...variants.map(seedsFor));
  // What the program itself does under these seeds is often known already.
  const real =
    tried !== undefined && tried.seeds >= most
      ? tried
      : await crew.run(await prepare({ name: 'baseline' }), [{ from: 1, to: most }]);
  const own = new Set(real.failures.flatMap(keysOf));
  const isNew = (failure) => keysOf(failure).some((key) => !own.has(key));
  const rows = [];
  for (const variant of variants) {
    const isEnough = (failures, done) =>
      failures.some(costsMoney) || (failures.length > 0 && done >= SEEDS_FOR_MONEY);
    const ranges = [{ from: variant.from ?? 1, to: seedsFor(variant) }];
    const found = await crew.run(await prepare(variant), ranges, isEnough);
    rows.push({ variant, failures: found.failures.filter(isNew), seeds: found.seeds });
  }
  return printPlanted(rows, costsMoney);
}

function keysOf({ seed, violations }) {
  return violations.map(({ kind }) => `${seed} ${kind}`);
}

async function measureBeyond(crew, variants, seeds) {
  const rows = [];
  for (const variant of variants) {
    rows.push({ variant, ...(await crew.run(await prepare(variant), [{ from: 1, to: seeds }])) });
  }
  return printBeyond(rows, costsMoney);
}

function costsMoney({ violations }) {
  return violations.some(({ kind }) => kind === 'two jobs');
}

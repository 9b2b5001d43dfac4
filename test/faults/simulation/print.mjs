const COMMAND = 'node test/faults/simulation/run.mjs';
/** Failing seeds that are shown in full; the rest is only counted. */
const SHOWN = 10;

/** What a run of this size must have tried, or it has proved less than it says. */
const MUST_HAPPEN = [
  'crashes',
  'power cuts',
  'saves lost in a power cut',
  'failed saves',
  'interrupts',
  'adoptions',
  'fences',
  'requeues',
  'uploads found again',
  'inputs edited',
  '429s',
  'creates 429',
  'creates 400',
  'creates not sent',
  'creates lost before the effect',
  'creates lost after the effect',
  'creates 503 after the effect',
  'creates answered with HTML',
  'creates that landed late',
  'creates of a deleted file refused',
  'listings that repeat a page',
  'clock jumps',
];
/** Below this many seeds chance may leave something out. */
const ENOUGH_SEEDS = 2000;

/** @returns {{ failed: number, untried: number }} */
export function printReal({ failures, counts, seeds, ranges, threads, ms, cpuMs }) {
  const spans = ranges.map(({ from, to }) => `${from}..${to}`).join(' and ');
  const rate = Math.round(seeds / (ms / 1000)).toLocaleString('en');
  console.log(`Simulation: ${seeds.toLocaleString('en')} seeds (${spans})`);
  const perCpu = Math.round(seeds / (cpuMs / 1000)).toLocaleString('en');
  const pace = `${rate} seeds/s on ${threads} threads, ${perCpu} per CPU second`;
  console.log(`  ${failures.length} failing; ${Math.round(ms / 1000)} s, ${pace}`);
  const tried = Object.entries(counts).sort(([, a], [, b]) => b - a);
  console.log(`  tried: ${tried.map(([what, count]) => `${count.toLocaleString('en')} ${what}`).join(', ')}`);
  for (const [kind, ofKind] of groupByKind(failures)) {
    console.log(`\n  ${kind}: ${ofKind.length} seeds`);
    for (const { seed, text } of ofKind.slice(0, SHOWN)) {
      console.log(`    ${COMMAND} --seed ${seed}    ${text.split('\n')[0]}`);
    }
  }
  const untried = seeds < ENOUGH_SEEDS ? [] : MUST_HAPPEN.filter((what) => counts[what] === undefined);
  for (const what of untried) console.log(`  never tried: ${what}`);
  return { failures, failed: failures.length, untried: untried.length };
}

/** @returns {{ passed: number, failed: number }} */
export function printPlanted(rows, costsMoney) {
  console.log('\nPlanted bugs, each to be found:');
  const table = rows.map(({ variant, failures, seeds }) => {
    const [first] = failures;
    return [
      variant.name,
      variant.what,
      first === undefined ? `NOT FOUND in ${seeds}` : `seed ${first.seed}: ${first.violations[0].kind}`,
      String(failures.find(costsMoney)?.seed ?? '-'),
    ];
  });
  printTable(['variant', 'planted', 'first failing seed', 'first double payment'], table);
  const failed = rows.filter(({ failures }) => failures.length === 0).length;
  return { passed: rows.length - failed, failed };
}

export function printBeyond(rows, costsMoney) {
  console.log('\nBeyond the promise (measured, no verdict):');
  const table = rows.map(({ variant, failures, seeds }) => [
    variant.name,
    variant.what,
    `${failures.filter(costsMoney).length} of ${seeds}`,
    String(failures.find(costsMoney)?.seed ?? '-'),
  ]);
  printTable(['assumption broken', 'how', 'double payments', 'first seed'], table);
  return true;
}

function groupByKind(failures) {
  const groups = new Map();
  for (const { seed, violations } of failures) {
    for (const kind of new Set(violations.map((violation) => violation.kind))) {
      const { text } = violations.find((violation) => violation.kind === kind);
      groups.set(kind, [...(groups.get(kind) ?? []), { seed, text }]);
    }
  }
  return groups;
}

function printTable(head, rows) {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd();
  for (const row of [head, ...rows]) console.log(line(row));
}

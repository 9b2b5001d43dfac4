/** A broken promise shows at many points; more than these of each part only hide the others. */
const MOST_SHOWN = 15;

/**
 * Prints what the battery came to; the last line is `N passed, N failed`.
 * @param {readonly (import('./run.mjs').PartResult & { seconds: number })[]} results
 * @param {string} seed
 * @returns {number} the exit code
 */
export function printSummary(results, seed) {
  for (const { name, failures } of results) {
    if (failures.length > 0) console.log(`\n${name}: ${failures.length} failures`);
    for (const { what, reproduce } of failures.slice(0, MOST_SHOWN)) {
      console.log(`  ✗ ${what}\n      ${reproduce}`);
    }
    if (failures.length > MOST_SHOWN) console.log(`  … and ${failures.length - MOST_SHOWN} more`);
  }
  console.log(
    `\n${'part'.padEnd(18)}${'trials'.padStart(8)}${'failures'.padStart(10)}${'seconds'.padStart(9)}`,
  );
  for (const { name, trials, failures, seconds } of results) {
    console.log(
      `${name.padEnd(18)}${String(trials).padStart(8)}${String(failures.length).padStart(10)}${seconds.toFixed(0).padStart(9)}`,
    );
  }
  for (const { name, notes } of results) {
    for (const note of notes) console.log(`${name}: ${note}`);
  }
  console.log(`seed ${seed}`);
  const comparison = compare(results);
  if (comparison !== undefined) console.log(comparison);

  // A trial can break several promises, and still is one trial.
  const failed = results.reduce((sum, one) => sum + Math.min(one.trials, one.failures.length), 0);
  const trials = results.reduce((sum, one) => sum + one.trials, 0);
  const skipped = results.filter((one) => one.skipped !== undefined);
  for (const one of skipped) console.log(`SKIPPED: ${one.name}: ${one.skipped}`);
  console.log(`\n${trials - failed} passed, ${failed} failed`);
  return failed > 0 || (trials === 0 && skipped.length === 0) ? 1 : 0;
}

function compare(results) {
  const theirs = results.find(({ name }) => name === 'naive')?.duplicatesAtCreates;
  if (theirs === undefined) return undefined;
  const ours = results.find(({ name }) => name === 'http-boundaries')?.duplicatesAtCreates;
  const us = ours === undefined ? 'not run' : `${ours.duplicates} in ${ours.points}`;
  return `naive: ${theirs.duplicates} duplicates in ${theirs.points} points; batch-submit: ${us}`;
}

import { inTurn, medianRatio, row } from './measure.mjs';

/** How long the program takes to answer, as a multiple of an empty Node process. */
export async function benchStartup(bin, directory) {
  const options = { cwd: directory };
  const programs = [
    { name: 'node -e 0', args: ['-e', '0'], options },
    { name: '--version', args: [bin, '--version'], options },
    { name: '--help', args: [bin, '--help'], options },
    { name: 'status', args: [bin, 'status'], options },
  ];
  const times = await inTurn(programs, 15);
  row('batch-submit --version over node -e 0', medianRatio(times, '--version', 'node -e 0'), '<= 1.6');
  row('batch-submit --help over node -e 0', medianRatio(times, '--help', 'node -e 0'), '<= 1.6');
  row('batch-submit status over node -e 0', medianRatio(times, 'status', 'node -e 0'), '<= 2.5');
}

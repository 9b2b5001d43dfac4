import { EXIT } from '../cli/exit-codes.ts';
import { cleanUp } from './clean-up.ts';
import { createMade } from './made.ts';
import type { Bench } from './main.ts';
import { wireOptions } from './run-probe.ts';
import { describeRemoval } from './summary.ts';
import { createWire } from './wire.ts';

/** Removes what earlier probes left behind: everything under a probe's names, and nothing else. */
export async function runCleanUp(bench: Bench): Promise<number> {
  const { io, signal, scrub, baseUrl } = bench;
  bench.say(`Removes every file and job at ${baseUrl.origin} whose name a probe gave (bsp1-…)`);
  await bench.agree('Remove them?');
  const wire = createWire(wireOptions(bench));
  const removed = await cleanUp({ wire, clock: io.clock, signal, made: createMade(), mark: undefined });
  io.stdout.write(scrub(`${describeRemoval(removed).join('\n')}\n`));
  return removed.leftovers.length === 0 ? EXIT.ok : EXIT.someFailed;
}

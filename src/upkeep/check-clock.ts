import { formatDuration } from '../model/units.ts';
import { leftOut, ok, problem, warning, type Check } from './check.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The `Date` headers have whole seconds, and an answer takes a moment. */
const SAME_MS = 5000;

/** @param there the service's time, when it tells one */
export function checkClock(here: Date, there: Date | undefined): Check {
  if (there === undefined) return leftOut('clock', 'the service told no time');
  const offMs = here.getTime() - there.getTime();
  const distance = Math.abs(offMs);
  if (distance <= SAME_MS) return ok('clock', "agrees with the service's");
  const fact = `${spell(distance)} ${offMs > 0 ? 'ahead of' : 'behind'} the service's`;
  if (distance <= MINUTE_MS) return ok('clock', fact);
  const hint = 'set the clock of this machine, or let it be set over the network';
  // Hours are no matter to the lives of files and jobs: these are measured by the service's own time.
  return distance < DAY_MS
    ? warning('clock', fact, hint)
    : problem('clock', `${fact}: certificates may be refused, and expiry is shown wrongly`, hint);
}

function spell(ms: number): string {
  return ms < DAY_MS ? formatDuration(ms) : `${Math.round(ms / DAY_MS)} d`;
}

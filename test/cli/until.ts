import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `condition` holds, looking often; fails with `what` when it does not in time. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 15_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`it did not happen within ${deadlineMs} ms: ${what}`);
    await delay(5);
  }
}

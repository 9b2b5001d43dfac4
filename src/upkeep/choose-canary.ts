/** A job whose presence in a listing can prove that the listing is whole. */
export interface CanaryCandidate {
  readonly name: string;
  /** By the service's clock. */
  readonly createdAt: string | undefined;
}

/**
 * The one job that has to stay, so that the absence of a lost create's job from a listing can be believed
 * later: the newest that is older than the settle time, or else the oldest, which will be so first. With
 * it nothing is known less soon than with all of them.
 */
export function chooseCanary(
  candidates: readonly CanaryCandidate[],
  nowMs: number,
  settleMs: number,
): string | undefined {
  const byAge = [...candidates].sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''));
  const settled = byAge.findLast(({ createdAt }) => nowMs - Date.parse(createdAt ?? '') > settleMs);
  return (settled ?? byAge[0])?.name;
}

/** planned = answered + failed + missing + pending, in requests. */
export interface RequestCounts {
  readonly planned: number;
  readonly answered: number;
  /** An error came, or an answer that cannot be used. */
  readonly failed: number;
  readonly missing: number;
  readonly pending: number;
}

export function sumRequests(batches: readonly RequestCounts[]): RequestCounts {
  const sum = (field: keyof RequestCounts): number =>
    batches.reduce((total, batch) => total + batch[field], 0);
  return {
    planned: sum('planned'),
    answered: sum('answered'),
    failed: sum('failed'),
    missing: sum('missing'),
    pending: sum('pending'),
  };
}

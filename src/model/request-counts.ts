/** planned = answered + failed + missing + pending, in requests. */
export interface RequestCounts {
  readonly planned: number;
  readonly answered: number;
  /** An error came, or an answer that cannot be used. */
  readonly failed: number;
  readonly missing: number;
  readonly pending: number;
}

/**
 * What a probe has made and must remove. A file is noted before its upload is sent, because its name is
 * known by then and its answer may be lost.
 */
export interface Made {
  /** `files/…` */
  readonly files: Set<string>;
  /** `batches/…`, in order of creation. */
  readonly jobs: Set<string>;
  /** Upload sessions that are still open. Capabilities: never shown or written. */
  readonly sessions: Set<string>;
  /** Creates whose answer was lost: a job of ours may exist whose name nobody knows. */
  lostCreates: number;
}

export function createMade(): Made {
  return { files: new Set(), jobs: new Set(), sessions: new Set(), lostCreates: 0 };
}

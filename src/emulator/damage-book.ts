import type { Job } from './job.ts';
import type { DamageKind, LineFate } from './result-damage.ts';

/** One thing that was done to the results of a job: what an audit of them has to find. */
export interface DamagedLine {
  /** `batches/…` */
  readonly job: string;
  readonly displayName: string | undefined;
  /** `files/…`, absent for inline jobs. */
  readonly inputFile: string | undefined;
  /** 0-based place of the request among those of the input; for `foreign`, of the one the line follows. */
  readonly index: number;
  /** As sent, null when the request had none; for `foreign`, the invented one. */
  readonly key: string | null;
  /** At most one kind of content and one of line; or `foreign` alone, which is an entry of its own. */
  readonly kinds: readonly DamageKind[];
}

/** The truth about damaged results, noted as they are written. */
export interface DamageBook {
  /** Takes the place of what was noted for this job before. */
  note(job: Job, lines: readonly DamagedLine[]): void;
  /** By job in order of creation, then by place. */
  all(): readonly DamagedLine[];
}

export function createDamageBook(): DamageBook {
  const noted = new Map<Job, readonly DamagedLine[]>();
  return {
    note: (job, lines) => void noted.set(job, lines),
    all: () => [...noted].sort(([left], [right]) => left.number - right.number).flatMap(([, lines]) => lines),
  };
}

/** The entry of a line, or of the foreign line after it. */
export function damagedLine(
  job: Job,
  index: number,
  key: string | null,
  kinds: readonly DamageKind[],
): DamagedLine {
  return {
    job: `batches/${job.id}`,
    displayName: job.updatedDisplayName ?? job.displayName,
    inputFile: job.inputFile,
    index,
    key,
    kinds,
  };
}

/** The kinds that show in the line itself. */
export function kindsOf({ content, line }: LineFate): readonly DamageKind[] {
  return [...(content === 'ok' ? [] : [content]), ...(line === 'once' ? [] : [line])];
}

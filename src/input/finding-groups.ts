import { FINDINGS, type FindingGroup, type FindingKind, type Occurrence } from './finding.ts';

/** How many places of a kind are kept: a wall of repeats hides the cause. */
export const PLACES_KEPT = 5;

export interface FindingGroups {
  /** True while another place of this kind would be kept, so that it is worth explaining. */
  wants(kind: FindingKind): boolean;
  add(kind: FindingKind, occurrence: Occurrence): void;
  /** Counts a place that `wants` did not ask for. */
  count(kind: FindingKind, places?: number): void;
  /** In the order of the table: errors first. */
  all(): readonly FindingGroup[];
}

/** Collects findings by kind. Memory does not grow with their number. */
export function createFindingGroups(): FindingGroups {
  const groups = new Map<FindingKind, { count: number; readonly first: Occurrence[] }>();
  const groupOf = (kind: FindingKind): { count: number; readonly first: Occurrence[] } => {
    const known = groups.get(kind);
    if (known !== undefined) return known;
    const made = { count: 0, first: [] };
    groups.set(kind, made);
    return made;
  };
  return {
    wants: (kind) => (groups.get(kind)?.first.length ?? 0) < PLACES_KEPT,
    add(kind, occurrence) {
      const group = groupOf(kind);
      group.count += 1;
      if (group.first.length < PLACES_KEPT) group.first.push(occurrence);
    },
    count(kind, places = 1) {
      groupOf(kind).count += places;
    },
    all: () =>
      (Object.keys(FINDINGS) as FindingKind[]).flatMap((kind) => {
        const group = groups.get(kind);
        return group === undefined ? [] : [{ kind, ...group }];
      }),
  };
}

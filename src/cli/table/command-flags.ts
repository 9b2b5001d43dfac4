import type { FlagSpec, OperandSpec } from '../command-spec.ts';

export const RANGE: readonly OperandSpec[] = [
  { name: '[from]', description: 'first batch; alone it means "from here to the last"' },
  { name: '[to]', description: 'last batch, inclusive' },
];
export const ONLY: FlagSpec = { flags: '--only <set>', description: 'these batches, such as 3,7,81-90' };
export const DRY_RUN: FlagSpec = {
  flags: '-n, --dry-run',
  description: 'show the plan; send and write nothing',
};
/** For commands whose plan only the service knows. */
export const DRY_RUN_ASKING: FlagSpec = {
  flags: '-n, --dry-run',
  description: 'ask the service and show the plan; change and write nothing',
};
export const YES: FlagSpec = { flags: '-y, --yes', description: 'do not ask' };

export const SUBMIT_FLAGS: readonly FlagSpec[] = [
  ONLY,
  DRY_RUN,
  { flags: '--limit <n>', description: 'at most so many batches' },
  { flags: '--skip-missing', description: 'go on without the files that cannot be used' },
  { flags: '--fail-fast', description: 'stop at the first batch that fails' },
  { flags: '--fresh', description: 'submit even what another state has a job for' },
  { flags: '--accept-new-key', description: 'trust this key about creates sent with another one' },
];

export const CANARY_FLAGS: readonly FlagSpec[] = [
  {
    flags: '--canary [n]',
    description: 'send n batches (default 1), wait, audit them, and go on only when they pass',
  },
  { flags: '-y, --yes', description: 'go on after a canary that passed without asking' },
];

export const RETRY_FLAGS: readonly FlagSpec[] = [
  {
    flags: '--status <list>',
    description: 'only batches that: failed,expired,cancelled; missing and lost must be named',
  },
  {
    flags: '--reason <list>',
    description: 'only rows that are: missing,error,truncated,blocked,unparsable,…',
  },
  { flags: '--batches-only', description: 'no rows of collected batches' },
  { flags: '--rows-only', description: 'no whole batches' },
  {
    flags: '--forget <set>',
    description:
      'send these again although the outcome of their create is unknown; a job that was made is paid too',
  },
  { flags: '--max-attempts <n>', description: 'send a row at most so often (default 3)' },
];

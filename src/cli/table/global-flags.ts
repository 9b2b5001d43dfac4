import type { FlagSpec } from '../command-spec.ts';

/** Flags that every command takes, before or after its name. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { flags: '-C, --cwd <dir>', description: 'run as if started in <dir>' },
  { flags: '--config <file>', description: 'settings file (default batch-submit.config.json)' },
  { flags: '--env-file <file>', description: 'read variables from <file> (default .env, if present)' },
  { flags: '--no-env-file', description: 'read no such file' },
  { flags: '--json', description: 'machine-readable output' },
  { flags: '-q, --quiet', description: 'errors and the final result only' },
  { flags: '-v, --verbose', description: 'each step as well; twice (-vv) each request to the service too' },
  { flags: '--color', description: 'colour, even when piped' },
  { flags: '--no-color', description: 'no colour' },
  { flags: '--no-input', description: 'never ask' },
];

export const ROOT_EXAMPLES: readonly (readonly [string, string])[] = [
  ['batch-submit', 'submit everything not yet submitted'],
  ['batch-submit 81 204', 'batches 81 to 204'],
  ['batch-submit run', 'submit, wait, download and report'],
  ['batch-submit status', 'show progress'],
  ['batch-submit rehearse', 'try all of it on a local emulator, for free'],
];

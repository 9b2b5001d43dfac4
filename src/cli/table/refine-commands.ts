import type { CommandSpec } from '../command-spec.ts';
import { DEDUPE_COMMAND } from './dedupe-command.ts';
import { EMBED_COMMAND } from './embed-command.ts';
import { IMPORT_COMMAND } from './import-command.ts';
import { PARSE_COMMAND } from './parse-command.ts';
import { SEARCH_COMMAND } from './search-command.ts';

/** The commands that make records of the results, and what comes after. */
export const REFINE_COMMANDS: readonly CommandSpec[] = [
  PARSE_COMMAND,
  DEDUPE_COMMAND,
  EMBED_COMMAND,
  IMPORT_COMMAND,
  SEARCH_COMMAND,
];

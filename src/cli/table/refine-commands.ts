import type { CommandSpec } from '../command-spec.ts';
import { PARSE_COMMAND } from './parse-command.ts';

/** The commands that make records of the results, and what comes after. */
export const REFINE_COMMANDS: readonly CommandSpec[] = [PARSE_COMMAND];
import { DEDUPE_COMMAND } from './dedupe-command.ts';

/** The commands that make records of the results, and what comes after. */
export const REFINE_COMMANDS: readonly CommandSpec[] = [DEDUPE_COMMAND];
import { EMBED_COMMAND } from './embed-command.ts';
import { SEARCH_COMMAND } from './search-command.ts';

/** The commands that make records of the results, and what comes after. */
export const REFINE_COMMANDS: readonly CommandSpec[] = [EMBED_COMMAND, SEARCH_COMMAND];
import { IMPORT_COMMAND } from './import-command.ts';

/** The commands that make records of the results, and what comes after. */
export const REFINE_COMMANDS: readonly CommandSpec[] = [IMPORT_COMMAND];

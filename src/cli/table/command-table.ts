import type { CommandSpec } from '../command-spec.ts';
import { INSPECT_COMMANDS } from './inspect-commands.ts';
import { PREPARE_COMMANDS } from './prepare-commands.ts';
import { REFINE_COMMANDS } from './refine-commands.ts';
import { RESULTS_COMMANDS } from './results-commands.ts';
import { SET_UP_COMMANDS } from './set-up-commands.ts';
import { SUBMIT_COMMANDS } from './submit-commands.ts';
import { UPKEEP_COMMANDS } from './upkeep-commands.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  ...SUBMIT_COMMANDS,
  ...PREPARE_COMMANDS,
  ...INSPECT_COMMANDS,
  ...RESULTS_COMMANDS,
  ...REFINE_COMMANDS,
  ...UPKEEP_COMMANDS,
  ...SET_UP_COMMANDS,
];

import type { Settings } from '../config/settings.ts';
import { pathFrom } from '../state/state-paths.ts';
import type { Invocation } from './invocation.ts';

/** The state file as logs name it: from the folder that is worked in, whoever works there. */
export function stateName({ io }: Pick<Invocation, 'io'>, { state }: Settings): string {
  return io.workFolder === undefined ? state : pathFrom(io.workFolder, state);
}

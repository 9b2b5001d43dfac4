import { resolve } from 'node:path';
import pLimit from 'p-limit';
import { NO_STATE } from '../../cli/commands/no-state.ts';
import type { Invocation } from '../../cli/invocation.ts';
import { readSettings } from '../../cli/settings.ts';
import type { Settings } from '../../config/settings.ts';
import type { SubmissionState } from '../../model/submission-state.ts';
import { loadState } from '../../state/load-state.ts';
import { findRoots, refuseOutside } from '../confine.ts';
import type { ServerOptions } from '../server-options.ts';
import type { ToolBox, ToolCall } from '../tool.ts';
import { withinCall } from './within-call.ts';

/** What the tools of another server's names work with, beside what all tools have. */
export interface CompatParts {
  readonly box: ToolBox;
  /** Read anew for each call: files of settings may have changed. Paths are absolute. */
  readonly settings: () => Promise<Settings>;
  /** As it is on disk. */
  readonly state: () => Promise<SubmissionState>;
  /** Real paths of the folders that may be touched. */
  readonly roots: readonly string[];
  /** Absolute; holds copies of files from elsewhere, and inline requests. */
  readonly uploadsFolder: string;
  /**
   * Agents call tools side by side, and the lock is for one run: the calls of this server take turns.
   * @param name of the tool to call again when the time of the call was too short
   */
  readonly inTurn: <T>(name: string, call: ToolCall, work: () => Promise<T>) => Promise<T>;
}

export async function openCompatParts(
  invocation: Invocation,
  options: ServerOptions,
  box: ToolBox,
): Promise<CompatParts> {
  const { workFolder = '.' } = invocation.io;
  const folder = resolve(workFolder);
  // The settings name paths as the user wrote them, from the folder that the server works in.
  const settings = async (): Promise<Settings> => {
    const given = (await readSettings(invocation)).settings;
    const [input, output, state, log] = [given.input, given.output, given.state, given.log].map((path) =>
      resolve(folder, path),
    ) as [string, string, string, string]; // as many as went in
    return { ...given, input, output, state, log };
  };
  const turn = pLimit(1);
  const roots = await findRoots(workFolder, options.roots);
  const uploadsFolder = resolve(folder, 'batch_uploads');
  const confine = async (): Promise<void> => {
    await box.confine();
    // A second input folder: what lies there is sent as well.
    await refuseOutside({ ...(await settings()), input: uploadsFolder }, roots);
  };
  return {
    box: { ...box, confine },
    settings,
    state: async () => (await loadState((await settings()).state, folder))?.state ?? NO_STATE,
    roots,
    uploadsFolder,
    inTurn: (name, call, work) =>
      turn(() =>
        withinCall(name, call, async () => {
          call.signal.throwIfAborted();
          return await work();
        }),
      ),
  };
}

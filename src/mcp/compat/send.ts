import { createRunWatch } from '../run-watch.ts';
import type { ToolCall } from '../tool.ts';
import type { CompatParts } from './parts.ts';
import type { PlacedInput } from './place-input.ts';
import { withinCall } from './within-call.ts';

export interface Sending {
  readonly command?: 'submit' | 'retry';
  readonly options?: object;
  readonly settings?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, string | boolean>>;
}

/**
 * Takes one batch on, with the command that does so for all: its checks, its lock, its waits and its look-ups. How
 * the batch stands afterwards is in the state.
 * @param name of the tool to call again
 * @throws {BatchSubmitError} what stopped it
 */
export async function send(
  name: string,
  { box }: CompatParts,
  { batch, settings }: Pick<PlacedInput, 'batch' | 'settings'>,
  call: ToolCall,
  { command = 'submit', options = {}, settings: more = {}, flags }: Sending,
): Promise<void> {
  const watch = createRunWatch(call.progress);
  const waits = (): string | undefined => {
    const until = watch.waitsUntil(box.now());
    return until === undefined ? undefined : `the service limits the rate until ${until.toISOString()}`;
  };
  try {
    await withinCall(
      name,
      call,
      () =>
        box.run(
          command,
          { only: batch, ...options },
          {
            signal: call.signal,
            onEvent: watch.tell,
            settings: { ...settings, ...more },
            flags,
          },
        ),
      waits,
    );
  } finally {
    box.budget.spend(watch.created());
  }
}

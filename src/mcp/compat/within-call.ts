import { BatchSubmitError } from '../../model/errors.ts';
import type { ToolCall } from '../tool.ts';

/**
 * Does what must be done within the time of a call. What is begun is saved, so calling again goes on from there.
 * @param waits what the work was last known to wait for
 * @throws {BatchSubmitError} `E_QUOTA_WAIT` when the time was too short
 */
export async function withinCall<T>(
  name: string,
  call: ToolCall,
  work: () => Promise<T>,
  waits: () => string | undefined = () => undefined,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isStop =
      error === call.signal.reason || (error instanceof BatchSubmitError && error.code === 'E_INTERRUPTED');
    if (!isStop || !call.isOver()) throw error;
    throw new BatchSubmitError(
      'E_QUOTA_WAIT',
      `Cannot finish within the time of one call: ${waits() ?? 'there is more to do'}`,
      {
        hint: `call ${name} again with the same arguments; it goes on, and nothing is sent or paid for twice`,
        cause: error,
      },
    );
  }
}

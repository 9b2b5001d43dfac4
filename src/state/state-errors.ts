import { BatchSubmitError } from '../model/errors.ts';

const LEFT_ALONE = 'It was left as it is';

/** The file is there but cannot be trusted. `fact` must not repeat the file's content. */
export function unreadableState(path: string, fact: string, cause?: unknown): BatchSubmitError {
  return new BatchSubmitError('E_STATE_UNREADABLE', `Cannot read the state file "${path}": ${fact}`, {
    hint: 'if the copy beside it is good, copy it over the state file and run `batch-submit status`',
    details: [LEFT_ALONE, `"${path}.bak", if it exists, is the state as the last run found it`],
    cause,
  });
}

export function newerState(path: string, version: unknown): BatchSubmitError {
  const spelt =
    typeof version === 'number' ? `${version}` : `a ${version === null ? 'null' : typeof version}`;
  return new BatchSubmitError(
    'E_STATE_NEWER',
    `Cannot read the state file "${path}": it was written by a newer version of batch-submit (its version is ${spelt}, this one knows 1)`,
    { hint: 'update with `npm install --global batch-submit@latest`', details: [LEFT_ALONE] },
  );
}

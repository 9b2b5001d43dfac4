import { BatchSubmitError } from './errors.ts';
import { formatDuration } from './units.ts';
import type { ServiceFailure } from './failure.ts';

/** The error that ends the run after a failure that the next batch would meet too. */
export function stopFor(failure: ServiceFailure, what: string): BatchSubmitError {
  const fact = `${failure.reason}: ${failure.message}`;
  switch (failure.kind) {
    case 'key_refused':
      return new BatchSubmitError(
        'E_KEY_REFUSED',
        `Cannot ${what}: the service refused the API key (${fact})`,
        {
          hint: 'put a valid GEMINI_API_KEY in .env or the environment, then run the same command again',
        },
      );
    case 'model_unknown':
      return new BatchSubmitError(
        'E_MODEL_UNKNOWN',
        `Cannot ${what}: the service does not know the model (${fact})`,
        {
          hint: 'name another with `--model <id>`',
        },
      );
    case 'no_quota':
      return new BatchSubmitError(
        'E_NO_QUOTA',
        `Cannot ${what}: this project has no quota for the model (${fact})`,
        {
          hint: 'no wait can help; enable billing or choose another `--model`',
        },
      );
    case 'storage_full':
      return new BatchSubmitError(
        'E_STORAGE_FULL',
        `Cannot ${what}: the file storage of this project is full (${fact})`,
        {
          hint: 'delete what is no longer needed with `batch-submit cleanup`, or wait until files expire (48 h), then run the same command again',
        },
      );
    case 'untrusted':
      return new BatchSubmitError(
        'E_UNREACHABLE',
        `Cannot ${what}: whoever answers is not the service, by its certificate (${fact})`,
        {
          hint: 'check the clock of this machine; behind a proxy of your company, name its certificate with NODE_EXTRA_CA_CERTS=<file>',
        },
      );
    case 'unavailable':
    case 'not_sent':
      return new BatchSubmitError(
        'E_UNREACHABLE',
        `Cannot ${what}: the service did not answer as expected (${fact})`,
        {
          hint: 'everything so far is saved; run the same command again when the service can be reached',
        },
      );
    case 'not_found':
      return new BatchSubmitError('E_KEY_REFUSED', `Cannot ${what}: ${failure.message}`, {
        hint: 'use the API key that the jobs were made with, then run the same command again',
      });
    case 'rate_limited':
    case 'refused':
    case 'unknown_outcome':
    case 'input_changed':
      return new BatchSubmitError('E_REFUSED', `Cannot ${what}: ${fact}`, {
        hint: 'see the log for the steps before this',
      });
  }
}

/** The error that ends a run which waited for quota as long as it may. */
export function quotaWaitExceeded(maxWaitMs: number): BatchSubmitError {
  return new BatchSubmitError(
    'E_QUOTA_WAIT',
    `Cannot go on now: the quota stayed exhausted and the next wait would exceed --max-wait ${formatDuration(maxWaitMs)}`,
    { hint: 'everything so far is saved; run the same command again later' },
  );
}

import { inspect } from 'node:util';
import { BatchSubmitError } from '../model/errors.ts';

/** The same error without a secret in it. One that holds none is passed on as it is. */
export function scrubError(error: unknown, scrub: (text: string) => string): unknown {
  if (!(error instanceof Error)) return error;
  const shown = inspect(error, { depth: null, showHidden: true });
  if (scrub(shown) === shown) return error;
  const message = scrub(error.message);
  if (!(error instanceof BatchSubmitError)) return new Error(message);
  return new BatchSubmitError(error.code, message, {
    ...(error.hint === undefined ? {} : { hint: scrub(error.hint) }),
    details: error.details.map((detail) => scrub(detail)),
  });
}

import { parseGoogleError } from '../gemini/google-error.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { Unanswered } from './question.ts';
import { describeAnswer } from './steps/describe-answer.ts';
import type { Wire, WireAnswer } from './wire.ts';

/**
 * Looks the model up, so that a wrong key or model is one error and not thirteen.
 * @throws {BatchSubmitError} `E_KEY_REFUSED`, `E_MODEL_UNKNOWN` or `E_UNREACHABLE`
 */
export async function checkAccess(wire: Wire, model: string): Promise<void> {
  const answer = await wire({
    label: 'model',
    method: 'GET',
    to: `/v1beta/models/${encodeURIComponent(model)}`,
  }).catch((error: unknown) => {
    if (!(error instanceof Unanswered)) throw error;
    throw new BatchSubmitError('E_UNREACHABLE', 'Cannot probe: the service gives no answer', {
      hint: 'check the network and `--base-url`, then run `npm run probe` again',
      cause: error,
    });
  });
  if (answer.status === 200) return;
  if (isAboutKey(answer)) {
    throw new BatchSubmitError(
      'E_KEY_REFUSED',
      `Cannot probe: the key was refused (${describeAnswer(answer)})`,
      {
        hint: 'copy the key again from https://aistudio.google.com/apikey into .env (see .env.example)',
      },
    );
  }
  throw new BatchSubmitError(
    'E_MODEL_UNKNOWN',
    `Cannot probe: "${model}" cannot be looked up (${describeAnswer(answer)})`,
    {
      hint: 'name another with `npm run probe -- --model <id>`',
    },
  );
}

function isAboutKey({ status, text }: WireAnswer): boolean {
  return (
    status === 401 || status === 403 || parseGoogleError(text)?.reasons.includes('API_KEY_INVALID') === true
  );
}

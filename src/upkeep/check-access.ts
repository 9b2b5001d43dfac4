import type { ServiceFailure } from '../model/failure.ts';
import type { Result } from '../model/service.ts';
import { stopFor } from '../model/stop.ts';
import { leftOut, ok, problemOf, warning, type Check } from './check.ts';

const WHAT = 'ask for the model';

/**
 * What the answer to one question about the model says: whether the service is there, takes the key and
 * knows the model.
 */
export function judgeAccess(answer: Result<void>, model: string, ms: number): readonly Check[] {
  const network = ok('network', `the service answers, in ${Math.round(ms)} ms`);
  const key = ok('key_accepted', 'by the service');
  if (answer.ok) return [network, key, ok('model', `${model} is known`)];
  const { failure } = answer;
  switch (failure.kind) {
    case 'key_refused':
      return [network, stopped('key_accepted', failure), leftOut('model', 'the key is refused')];
    case 'model_unknown':
    case 'no_quota':
      return [network, key, stopped('model', failure)];
    case 'rate_limited':
      return [
        network,
        key,
        warning('model', `${failure.reason}: ${failure.message}`, 'ask again in a minute'),
      ];
    case 'unavailable':
    case 'not_sent':
    case 'untrusted':
    case 'storage_full':
    case 'refused':
    case 'not_found':
    case 'unknown_outcome':
    case 'input_changed': {
      const why = 'the service cannot be reached';
      const check = stopped('network', failure);
      const hint = failure.kind === 'untrusted' ? check.hint : HINT;
      return [{ ...check, hint }, leftOut('key_accepted', why), leftOut('model', why)];
    }
  }
}

const HINT = 'check the connection and BATCH_SUBMIT_BASE_URL, then run `batch-submit doctor` again';

/** A question that failed for a reason of its own. */
export function stopped(check: Check['check'], failure: ServiceFailure): Check {
  return problemOf(check, stopFor(failure, WHAT), WHAT);
}

/**
 * What can go wrong with a call, told apart by what must be done about it.
 *
 * | kind | meaning | what is done |
 * |---|---|---|
 * | `rate_limited` | 429 RESOURCE_EXHAUSTED | all creates pause, then the call is sent again; not a failure of the batch |
 * | `no_quota` | 429 whose limit is 0 | stop: no wait can help |
 * | `storage_full` | 429 on file storage | stop: space must be made |
 * | `key_refused` | the key is not valid or may not do this | stop |
 * | `model_unknown` | 404 for the model | stop |
 * | `refused` | any other definite 4xx | this batch fails, the others go on |
 * | `not_found` | the file or job does not exist | depends on the call |
 * | `unavailable` | 5xx, network, malformed answer, on a call that may be repeated | back off and repeat |
 * | `not_sent` | the request never left (DNS, refused connection) | back off and repeat, even a create |
 * | `untrusted` | the certificate of whoever answered is not valid | stop, before anything is sent |
 * | `unknown_outcome` | only for create: a job may or may not exist | look it up, never send again blindly |
 * | `input_changed` | the bytes sent are not the bytes that were checked | this batch fails |
 */
export type FailureKind =
  | 'rate_limited'
  | 'no_quota'
  | 'storage_full'
  | 'key_refused'
  | 'model_unknown'
  | 'refused'
  | 'not_found'
  | 'unavailable'
  | 'not_sent'
  | 'untrusted'
  | 'unknown_outcome'
  | 'input_changed';

export interface ServiceFailure {
  readonly kind: FailureKind;
  /** HTTP status, when there was an answer. */
  readonly httpStatus?: number | undefined;
  /** The service's own word, such as `RESOURCE_EXHAUSTED`, or a network code, such as `ECONNRESET`. */
  readonly reason: string;
  /** A human sentence. Foreign text: it is scrubbed before it is shown. */
  readonly message: string;
  /** What RetryInfo or Retry-After asked for; only sane values (at most one hour) are passed on. */
  readonly retryAfterMs?: number | undefined;
  readonly retryAfterSource?: 'retry_info' | 'retry_after' | undefined;
}

const STOPPING: ReadonlySet<FailureKind> = new Set([
  'no_quota',
  'storage_full',
  'key_refused',
  'model_unknown',
  'untrusted',
]);

/** Kinds after which the whole run stops, because the next batch would meet the same. */
export function stopsTheRun(kind: FailureKind): boolean {
  return STOPPING.has(kind);
}

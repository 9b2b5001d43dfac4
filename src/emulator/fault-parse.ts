import { type Endpoint, ENDPOINTS, FAULT_KINDS, type FaultKind, type FaultRule } from './fault-rule.ts';
import { isJsonObject, type JsonObject } from './json.ts';

export type ParsedFaults =
  | { readonly ok: true; readonly rules: readonly FaultRule[] }
  | { readonly ok: false; readonly error: string };

/**
 * Reads the short form of fault rules: terms separated by commas, each
 * `[endpoint/]kind[:chance][#ordinal]`, such as `429:0.2,503:0.05,batches.create/drop#3`.
 *
 * The kind is an HTTP status or a fault kind. Without an endpoint, `429` and the `rate_limit` kinds act on
 * `batches.create`, kinds that belong to one endpoint on that one, and all others on every endpoint. Lost
 * and 5xx answers strike before or after the effect, as a seeded coin decides: a client that only ever met
 * the harmless half would prove nothing.
 */
export function parseFaults(text: string): ParsedFaults {
  const rules: FaultRule[] = [];
  for (const term of text.split(',').map((part) => part.trim())) {
    if (term === '') continue;
    const rule = parseTerm(term);
    if (typeof rule === 'string') return { ok: false, error: rule };
    rules.push(rule);
  }
  return { ok: true, rules };
}

/** Checks a rule that came as JSON. Returns the reason when it is none. */
export function readFaultRule(value: unknown): FaultRule | string {
  if (!isJsonObject(value)) return 'A fault rule must be a JSON object.';
  const endpoint = value['endpoint'] ?? '*';
  if (endpoint !== '*' && !isOneOf(ENDPOINTS, endpoint)) {
    return `The endpoint ${JSON.stringify(endpoint)} is not known: use * or one of ${ENDPOINTS.join(', ')}.`;
  }
  const { kind } = value;
  if (!isOneOf(FAULT_KINDS, kind))
    return `The kind ${JSON.stringify(kind)} is not known: use one of ${FAULT_KINDS.join(', ')}.`;
  return findBadNumber(value) ?? { ...value, endpoint, kind };
}

const NUMBER_FIELDS = [
  'at',
  'times',
  'probability',
  'status',
  'bytes',
  'delayMs',
  'bytesPerSecond',
  'retryAfterSeconds',
] as const;

function findBadNumber(value: JsonObject): string | undefined {
  const name = NUMBER_FIELDS.find((candidate) => {
    const number = value[candidate];
    return number !== undefined && (typeof number !== 'number' || !Number.isFinite(number) || number < 0);
  });
  if (name !== undefined) return `The field "${name}" must be a non-negative number.`;
  const { phase } = value;
  return phase === undefined || isOneOf(['before', 'after', 'either'], phase)
    ? undefined
    : `The phase ${JSON.stringify(phase)} is not known: use before, after or either.`;
}

const TERM = /^(?:(?<endpoint>[a-z.*]+)\/)?(?<kind>\w+)(?::(?<chance>[^#]+))?(?:#(?<ordinal>\d+))?$/u;

function parseTerm(term: string): FaultRule | string {
  const parts = TERM.exec(term)?.groups;
  if (parts === undefined) {
    return `Cannot read the fault "${term}": expected [endpoint/]kind[:chance][#ordinal], for example "429:0.2" or "batches.create/drop#3"`;
  }
  const probability = parts['chance'] === undefined ? undefined : Number(parts['chance']);
  if (probability !== undefined && !(probability >= 0 && probability <= 1)) {
    return `Cannot read the fault "${term}": the chance "${parts['chance']}" is not a number from 0 to 1`;
  }
  const kind = readKind(parts['kind'] ?? '');
  if (kind === undefined) {
    return `Cannot read the fault "${term}": "${parts['kind']}" is neither an HTTP error status (400 to 599) nor one of ${FAULT_KINDS.join(', ')}`;
  }
  const ordinal = parts['ordinal'] === undefined ? undefined : Number(parts['ordinal']);
  if (ordinal === 0) return `Cannot read the fault "${term}": ordinals start at 1`;
  const rule = readFaultRule({ endpoint: parts['endpoint'] ?? HOME[kind.kind] ?? '*', ...kind });
  if (typeof rule === 'string') return `Cannot read the fault "${term}": ${rule}`;
  return {
    ...rule,
    ...(probability === undefined ? {} : { probability }),
    ...(ordinal === undefined ? {} : { at: ordinal }),
  };
}

function readKind(text: string): Pick<FaultRule, 'kind' | 'status' | 'phase'> | undefined {
  if (text === '429') return { kind: 'rate_limit' };
  if (/^[45]\d\d$/u.test(text)) {
    const status = Number(text);
    return { kind: 'status', status, ...(status >= 500 ? { phase: 'either' } : {}) };
  }
  if (!isOneOf(FAULT_KINDS, text)) return undefined;
  const losesTheAnswer = text === 'drop' || text === 'hang' || text === 'html' || text === 'empty_body';
  return { kind: text, ...(losesTheAnswer ? { phase: 'either' } : {}) };
}

/** Kinds that mean something to one endpoint only; the others act on every endpoint. */
const HOME: Partial<Record<FaultKind, Endpoint>> = {
  rate_limit: 'batches.create',
  rate_limit_bare: 'batches.create',
  rate_limit_retry_info: 'batches.create',
  rate_limit_zero: 'batches.create',
  storage_full: 'upload.start',
  short_body: 'download',
  delayed_commit: 'batches.create',
  mime_rejected: 'upload.bytes',
  name_conflict: 'upload.bytes',
  dead_session: 'upload.bytes',
  file_expired: 'batches.create',
  empty_page: 'batches.list',
  job_outcome: 'batches.create',
  damage: 'batches.create',
};

function isOneOf<Value extends string>(values: readonly Value[], value: unknown): value is Value {
  return values.some((candidate) => candidate === value);
}

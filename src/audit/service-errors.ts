/** Names of google.rpc's codes, by their numbers. */
const RPC_NAMES: Readonly<Record<number, string>> = {
  1: 'CANCELLED',
  2: 'UNKNOWN',
  3: 'INVALID_ARGUMENT',
  4: 'DEADLINE_EXCEEDED',
  5: 'NOT_FOUND',
  6: 'ALREADY_EXISTS',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  9: 'FAILED_PRECONDITION',
  10: 'ABORTED',
  11: 'OUT_OF_RANGE',
  12: 'UNIMPLEMENTED',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
  15: 'DATA_LOSS',
  16: 'UNAUTHENTICATED',
};

/** The numbers of HTTP that some services put in the same place. */
const HTTP_NAMES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/**
 * The same request comes to these again until someone changes the request, the account or the files
 * it names. ALREADY_EXISTS is not one of them: nothing that a request makes can exist already, so
 * what it would mean is unknown, and unknown is tried again.
 */
const PERMANENT: ReadonlySet<string> = new Set([
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'PERMISSION_DENIED',
  'FAILED_PRECONDITION',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'UNAUTHENTICATED',
]);

const NAMES: ReadonlySet<string> = new Set([...Object.values(RPC_NAMES), ...Object.values(HTTP_NAMES)]);

/** The google.rpc name for a code of google.rpc or of HTTP. */
export function errorName(code: number | undefined): string | undefined {
  return code === undefined ? undefined : (RPC_NAMES[code] ?? HTTP_NAMES[code]);
}

/** By the service's word where that is one of google.rpc, else by its number. */
export function isPermanentError(status: string | undefined, code: number | undefined): boolean {
  const name = status !== undefined && NAMES.has(status) ? status : errorName(code);
  return name !== undefined && PERMANENT.has(name);
}

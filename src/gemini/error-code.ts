/** The system's word for an error, such as `ECONNRESET`; `NETWORK` when it has none. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return 'NETWORK';
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

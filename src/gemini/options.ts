/** How long each phase of a request may take, in ms. Every phase has a limit, so no call can hang. */
export interface Deadlines {
  /** Name lookup, TCP connect and TLS handshake. */
  readonly connectMs: number;
  /** From the last byte sent to the first byte of the answer. */
  readonly headersMs: number;
  /** Between two pieces of a body, in either direction. */
  readonly idleMs: number;
  /** At least `paceBytes` must move in every `paceMs` spent on waiting for the network. */
  readonly paceMs: number;
  readonly paceBytes: number;
  /** A whole JSON call, body included; also of the one create request. */
  readonly callMs: number;
  /** How long an uploaded file may stay in the state PROCESSING. */
  readonly processingMs: number;
  readonly processingPollMs: number;
}

export const DEFAULT_DEADLINES: Deadlines = {
  connectMs: 10_000,
  headersMs: 120_000,
  idleMs: 60_000,
  paceMs: 300_000,
  paceBytes: 300 * 1024,
  callMs: 120_000,
  processingMs: 60_000,
  processingPollMs: 1000,
};

/** One request that was sent, for logs. `path` has no query, because upload sessions are capabilities. */
export interface RequestInfo {
  readonly method: string;
  readonly path: string;
  /** Absent when no answer came. */
  readonly status?: number | undefined;
  /** Time to the headers of the answer, or to the failure. */
  readonly ms: number;
  readonly requestId?: string | undefined;
}

export interface GeminiOptions {
  /** Sent in a header, to the origin of `baseUrl` only. */
  readonly apiKey: string;
  /** Such as `https://generativelanguage.googleapis.com`, a gateway or an emulator. Plain http is taken for loopback only. */
  readonly baseUrl: string;
  readonly onRequest?: ((info: RequestInfo) => void) | undefined;
  readonly userAgent?: string | undefined;
  readonly deadlines?: Partial<Deadlines> | undefined;
  /** MIME types to offer for an upload, in order; the first one the service takes is remembered. */
  readonly mimeTypes?: readonly string[] | undefined;
}

/**
 * `jsonl` is what Google's current guide sends; the others are for servers that refuse it, which has
 * happened for weeks at a time (python-genai issues 1547, 1590, 1248).
 */
export const DEFAULT_MIME_TYPES: readonly string[] = [
  'jsonl',
  'application/jsonl',
  'text/plain',
  'application/json',
];

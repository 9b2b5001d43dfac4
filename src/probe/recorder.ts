import type { IncomingHttpHeaders } from 'node:http';
import { parseJsonBody } from '../gemini/json-body.ts';
import { redactBody, redactPath } from './redact.ts';

/** One request and its answer, in the form of `fixtures/wire/observed`. */
export interface Exchange {
  /** `017-l8-range.json` */
  readonly fileName: string;
  readonly content: object;
}

export interface Seen {
  /** Begins with the question's number: `l8-range`. */
  readonly label: string;
  readonly method: string;
  readonly url: URL;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string | undefined;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** See `WireRequest`. */
  readonly isForeign: boolean;
  readonly hasSecretAddress: boolean;
}

export interface Recorder {
  readonly exchanges: readonly Exchange[];
  /** Keeps an exchange, unless the one before it under the same label was the same. */
  readonly keep: (seen: Seen) => void;
}

const REQUEST_HEADERS = ['range', 'if-range', 'x-goog-upload-command', 'x-goog-upload-offset'];

/** Everything that decides how a client goes on. Not among them: addresses and ids of upload sessions. */
const ANSWER_HEADERS = [
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'retry-after',
  'server',
  'transfer-encoding',
  'x-goog-hash',
  'x-goog-stored-content-length',
  'x-goog-upload-chunk-granularity',
  'x-goog-upload-size-received',
  'x-goog-upload-status',
];

const FOREIGN_HEADERS = ['accept-ranges', 'content-range', 'content-type', 'server'];

const LEFT_OUT = 'left out';

export function createRecorder(): Recorder {
  const exchanges: Exchange[] = [];
  const last = new Map<string, string>();
  return {
    exchanges,
    keep(seen) {
      const content = contentOf(seen);
      const text = JSON.stringify(content);
      if (last.get(seen.label) === text) return;
      last.set(seen.label, text);
      const number = String(exchanges.length + 1).padStart(3, '0');
      exchanges.push({ fileName: `${number}-${seen.label}.json`, content });
    },
  };
}

function contentOf(seen: Seen): object {
  const location = seen.headers.location;
  return {
    request: {
      method: seen.method,
      path: seen.isForeign || seen.hasSecretAddress ? LEFT_OUT : redactPath(seen.url),
      ...picked(seen.requestHeaders, REQUEST_HEADERS),
      ...(seen.requestBody === undefined ? {} : { body: bodyOf(seen.requestBody) }),
    },
    status: seen.status,
    ...picked(seen.headers, seen.isForeign ? FOREIGN_HEADERS : ANSWER_HEADERS),
    // The rest of such an address is a capability.
    ...(location === undefined ? {} : { locationHost: hostOf(location, seen.url) }),
    body: seen.isForeign ? LEFT_OUT : bodyOf(seen.body),
  };
}

/** JSON as JSON, anything else as text. */
function bodyOf(text: string): unknown {
  const parsed = parseJsonBody(text);
  return parsed.ok ? redactBody(parsed.value) : redactBody(text, '/error');
}

function picked(headers: IncomingHttpHeaders, names: readonly string[]): { readonly headers?: object } {
  const found = names.flatMap((name) =>
    headers[name] === undefined ? [] : [[name, headers[name]] as const],
  );
  return found.length === 0 ? {} : { headers: Object.fromEntries(found) };
}

export function hostOf(location: string, from: URL): string {
  return URL.canParse(location, from.href) ? new URL(location, from).host : '';
}

import { BatchSubmitError } from '../model/errors.ts';
import { decodeText } from './decode-text.ts';
import { readSmallFile } from './read-small-file.ts';
import { Secret } from './secret.ts';

/** In the order in which they are named to a user. */
export const KEY_VARIABLES: readonly ['GEMINI_API_KEY', 'GOOGLE_API_KEY'] = [
  'GEMINI_API_KEY',
  'GOOGLE_API_KEY',
];

export interface ApiKeyRequest {
  /** The key itself, where a program hands it over: it comes before every other place. */
  readonly given?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly envFile: Readonly<Record<string, string | undefined>>;
  readonly envFileName?: string | undefined;
  /** `-` reads standard input. */
  readonly apiKeyFile: string | undefined;
  /** All of standard input, as text. */
  readonly readStdin: () => Promise<string>;
  /** What cannot be done without a key: `submit`. */
  readonly verb: string;
}

export interface ApiKey {
  readonly key: Secret;
  /** Follows "key from": `.env (GEMINI_API_KEY)`. */
  readonly origin: string;
  readonly warnings: readonly string[];
}

/**
 * Finds the API key: given > key file > environment > .env. White space around it is dropped.
 * @throws {BatchSubmitError} `E_KEY_MISSING`; `E_KEY_CONFLICT` when one source holds two different keys;
 *   `E_KEY_REFUSED` for text that cannot be a key; `E_CONFIG` for a key file that cannot be read
 */
export async function resolveApiKey(request: ApiKeyRequest): Promise<ApiKey> {
  if (request.given !== undefined) return keyGiven(request.given.trim(), request.verb);
  if (request.apiKeyFile !== undefined) return await keyFromFile(request.apiKeyFile, request);
  const sources = [
    ['the environment', request.environment],
    [request.envFileName ?? '.env', request.envFile],
  ] as const;
  for (const [source, variables] of sources) {
    const present = KEY_VARIABLES.flatMap((variable) => {
      const value = variables[variable]?.trim() ?? '';
      return value === '' ? [] : [{ variable, value }];
    });
    const [first, second] = present;
    if (first === undefined) continue;
    if (second !== undefined && second.value !== first.value) throw conflict(request.verb, source);
    const origin = `${source} (${first.variable})`;
    return { key: checkedKey(first.value, origin, request.verb), origin, warnings: [] };
  }
  throw new BatchSubmitError(
    'E_KEY_MISSING',
    `Cannot ${request.verb}: no API key found in the environment, .env or --api-key-file`,
    { hint: 'put GEMINI_API_KEY=… in .env (see .env.example)' },
  );
}

function keyGiven(value: string, verb: string): ApiKey {
  const origin = 'the option apiKey';
  if (value === '') {
    throw new BatchSubmitError('E_KEY_MISSING', `Cannot ${verb}: ${origin} is empty`, {
      hint: 'give it the key, or leave it out and put GEMINI_API_KEY=… in .env (see .env.example)',
    });
  }
  return { key: checkedKey(value, origin, verb), origin, warnings: [] };
}

async function keyFromFile(path: string, request: ApiKeyRequest): Promise<ApiKey> {
  const origin = path === '-' ? 'standard input' : `"${path}"`;
  const { text, warnings } =
    path === '-' ? { text: await request.readStdin(), warnings: [] } : await readKeyFile(path);
  const value = text.replace(/^\uFEFF/, '').trim();
  if (value === '') {
    throw new BatchSubmitError('E_KEY_MISSING', `Cannot ${request.verb}: ${origin} holds no API key`, {
      hint: 'put the key alone into the file that `--api-key-file <file>` names',
    });
  }
  return { key: checkedKey(value, origin, request.verb), origin, warnings };
}

async function readKeyFile(
  path: string,
): Promise<{ readonly text: string; readonly warnings: readonly string[] }> {
  const read = await readSmallFile(path);
  if (!read.ok) throw unreadable(path, read.fact, read.cause);
  const decoded = decodeText(read.file.bytes);
  if (!decoded.ok) throw unreadable(path, decoded.fact, undefined);
  const warnings = read.file.isOpenToOthers
    ? [`"${path}" holds an API key and others may read it: run \`chmod 600 ${path}\``]
    : [];
  return { text: decoded.text, warnings };
}

/** A key travels in a header, where only visible ASCII is safe. */
function checkedKey(value: string, origin: string, verb: string): Secret {
  if (!/^[\x21-\x7e]{1,4096}$/.test(value)) {
    throw new BatchSubmitError(
      'E_KEY_REFUSED',
      `Cannot ${verb}: the API key from ${origin} holds spaces, control characters or letters no key has`,
      { hint: 'copy the key again from https://aistudio.google.com/apikey into .env (see .env.example)' },
    );
  }
  return new Secret(value);
}

function conflict(verb: string, source: string): BatchSubmitError {
  return new BatchSubmitError(
    'E_KEY_CONFLICT',
    `Cannot ${verb}: GEMINI_API_KEY and GOOGLE_API_KEY are both set in ${source} and differ`,
    { hint: 'remove one of them, so that the right project is billed (`unset GOOGLE_API_KEY` in a shell)' },
  );
}

function unreadable(path: string, fact: string, cause: unknown): BatchSubmitError {
  return new BatchSubmitError('E_CONFIG', `Cannot read the key file "${path}": ${fact}`, {
    hint: 'name a file that holds the key alone with `--api-key-file <file>`',
    cause,
  });
}

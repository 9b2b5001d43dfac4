import { join } from 'node:path';
import { BatchSubmitError } from '../model/errors.ts';
import { decodeText } from './decode-text.ts';
import { findJsonFaultLine } from './json-fault-line.ts';
import { readSmallFile } from './read-small-file.ts';

export interface ConfigFileRequest {
  readonly directory: string;
  /** `--config`: read instead of `batch-submit.config.json`, and must exist. */
  readonly file?: string | undefined;
  /** Nothing is read. */
  readonly isDisabled?: boolean | undefined;
}

export interface ConfigFile {
  /** As messages name it; `undefined` when there is none. */
  readonly name: string | undefined;
  /** By setting name; not yet checked. */
  readonly values: Readonly<Record<string, unknown>>;
}

const DEFAULT_NAME = 'batch-submit.config.json';

/** @throws {BatchSubmitError} `E_CONFIG` when the file cannot be read or is not a JSON object */
export async function readConfigFile(request: ConfigFileRequest): Promise<ConfigFile> {
  if (request.isDisabled === true) return { name: undefined, values: {} };
  const name = request.file ?? DEFAULT_NAME;
  const read = await readSmallFile(request.file ?? join(request.directory, DEFAULT_NAME));
  if (!read.ok) {
    if (read.isAbsent && request.file === undefined) return { name: undefined, values: {} };
    throw unreadable(name, read.fact, read.cause);
  }
  const decoded = decodeText(read.file.bytes);
  if (!decoded.ok) throw unreadable(name, decoded.fact, undefined);
  let value: unknown;
  try {
    value = JSON.parse(decoded.text);
  } catch {
    // The parser's own message repeats the content, which may hold a key put there by mistake.
    const line = findJsonFaultLine(decoded.text);
    throw unreadable(name, `line ${line} is not valid JSON`, undefined);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(name, 'it is not a JSON object', undefined);
  }
  return { name, values: value as Record<string, unknown> };
}

function unreadable(name: string, fact: string, cause: unknown): BatchSubmitError {
  return new BatchSubmitError('E_CONFIG', `Cannot read the settings in "${name}": ${fact}`, {
    hint: 'write it as an object such as { "input": "batches" }, or name another file with `--config <file>`',
    cause,
  });
}

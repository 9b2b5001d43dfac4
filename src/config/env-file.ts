import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { BatchSubmitError } from '../model/errors.ts';
import { KEY_VARIABLES } from './api-key.ts';
import { decodeText } from './decode-text.ts';
import { readSmallFile } from './read-small-file.ts';
import { SETTINGS } from './settings-table.ts';
import { variableOf } from './setting.ts';

export interface EnvFileRequest {
  /** Where `.env` is looked for: the working directory and no other. */
  readonly directory: string;
  /** `--env-file`: read instead of `.env`, and must exist. */
  readonly file?: string | undefined;
  /** `--no-env-file`: nothing is read. */
  readonly isDisabled?: boolean | undefined;
}

export interface EnvFile {
  /** As messages name it: `.env` or what the user typed; `undefined` when nothing was read. */
  readonly name: string | undefined;
  /** Only variables of this tool. */
  readonly values: Readonly<Record<string, string>>;
  /** Whole sentences for the user; no value is in them. */
  readonly warnings: readonly string[];
}

/**
 * Reads variables from a file, into a layer of its own: `process.env` is never changed. A file that came
 * with a folder may set the key and this tool's settings, but nothing that decides where the key is sent.
 * @throws {BatchSubmitError} `E_CONFIG` when the file cannot be read as text
 */
export async function readEnvFile(request: EnvFileRequest): Promise<EnvFile> {
  if (request.isDisabled === true) return { name: undefined, values: {}, warnings: [] };
  const name = request.file ?? '.env';
  const read = await readSmallFile(request.file ?? join(request.directory, '.env'));
  if (!read.ok) {
    if (read.isAbsent && request.file === undefined) return { name: undefined, values: {}, warnings: [] };
    throw unreadable(name, read.fact, read.cause);
  }
  const decoded = decodeText(read.file.bytes);
  if (!decoded.ok) throw unreadable(name, decoded.fact, undefined);
  const values: Record<string, string> = {};
  const warnings: string[] = [];
  for (const [variable, value] of Object.entries(parseEnv(decoded.text))) {
    if (value === undefined) continue;
    if (isAllowed(variable)) values[variable] = value;
    else if (isWorthWarning(variable)) {
      warnings.push(`${variable} in "${name}" is ignored: set it in the real environment if it is meant`);
    }
  }
  if (read.file.isOpenToOthers && KEY_VARIABLES.some((variable) => (values[variable] ?? '') !== '')) {
    warnings.push(`"${name}" holds an API key and others may read it: run \`chmod 600 ${name}\``);
  }
  return { name, values, warnings };
}

function isAllowed(variable: string): boolean {
  if ((KEY_VARIABLES as readonly string[]).includes(variable)) return true;
  const setting = SETTINGS.find(({ name }) => variableOf(name) === variable);
  if (setting !== undefined) return setting.sources.includes('env_file');
  return variable.startsWith('BATCH_SUBMIT_') && !/PROXY|_URL/.test(variable);
}

/** Names that a hostile or careless file would use to redirect the key or change how Node runs. */
function isWorthWarning(variable: string): boolean {
  return (
    variable.startsWith('BATCH_SUBMIT_') ||
    variable.startsWith('NODE_') ||
    /PROXY$/i.test(variable) ||
    /^GOOGLE_.*(?:URL|VERTEXAI)$/.test(variable)
  );
}

function unreadable(name: string, fact: string, cause: unknown): BatchSubmitError {
  return new BatchSubmitError('E_CONFIG', `Cannot read the variables in "${name}": ${fact}`, {
    hint: 'write it as lines such as GEMINI_API_KEY=… in UTF-8 (see .env.example), or pass `--no-env-file`',
    cause,
  });
}

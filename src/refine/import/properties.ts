import { readSmallFile } from '../../config/read-small-file.ts';
import { BatchSubmitError } from '../../model/errors.ts';

/**
 * The properties that a JSON Schema names for a record, in its order.
 * @throws {BatchSubmitError} `E_RECORDS` when the file is gone or names none
 */
export async function readProperties(path: string | undefined): Promise<readonly string[]> {
  const read = path === undefined ? undefined : await readSmallFile(path);
  if (read?.ok === true) {
    const names = propertiesIn(parse(read.file.bytes.toString()));
    if (names.length > 0) return names;
  }
  const fact = read?.ok === false ? read.fact : 'it names no properties';
  throw new BatchSubmitError('E_RECORDS', `Cannot make a table of the schema "${path ?? ''}": ${fact}`, {
    hint: 'put the file back, or name a table of yours with `--mapping <file>`',
  });
}

/** Of an object, or of the items of a list. */
function propertiesIn(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties, items } = schema as { readonly properties?: unknown; readonly items?: unknown };
  if (typeof properties === 'object' && properties !== null) return Object.keys(properties);
  return propertiesIn(items);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

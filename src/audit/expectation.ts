import { isUtf8 } from 'node:buffer';
import { isObject, type JsonObject } from '../input/check-line.ts';
import { configOf } from '../input/request-text.ts';
import { readField, readNumber } from './read-field.ts';

/** What a request says about the form of its answer. */
export interface Expectation {
  readonly wantsJson: boolean;
  /**
   * For `Expectations.schemaAt`: what the answer must fit. Without `wantsJson` the text of the answer
   * is itself the value to check (`text/x.enum`).
   */
  readonly schema: number | undefined;
  /** How many numbers an embedding must have; without it any number will do. */
  readonly dimensions?: number | undefined;
}

export interface Expectations {
  /** `request` as `parseLine` gives it: each character of its strings is one byte of UTF-8. */
  of(request: JsonObject): Expectation;
  /** The schema as the request meant it, parsed anew at each call. Never throws. */
  schemaAt(index: number): unknown;
  /** How many schemas are remembered: their indexes begin at 0. */
  readonly schemaCount: number;
  /** All of them in the order of their indexes, for the `createExpectations` of another thread. */
  readonly schemaTexts: readonly string[];
  /** What `of` gave in another thread, whose schemas these are. */
  adopt(expectation: Expectation, schemaTexts: readonly string[]): Expectation;
}

/** Beyond these, only "is JSON" is asked: memory stays flat however odd a file is. */
const MOST_SCHEMAS = 1000;
const LONGEST_SCHEMA = 64 * 1024;
/** Four times what any model gives. */
export const MOST_DIMENSIONS = 12_288;

const NOTHING: Expectation = { wantsJson: false, schema: undefined };
const ANY_JSON: Expectation = { wantsJson: true, schema: undefined };

interface SchemaForms {
  readonly asJson: Expectation;
  readonly asWord: Expectation;
}

/** Remembers each schema once, by its text: millions of requests share a handful. */
export function createExpectations(schemaTexts: readonly string[] = []): Expectations {
  const texts = [...schemaTexts];
  const known = new Map<string, SchemaForms>();
  const as = (isJson: boolean, { asJson, asWord }: SchemaForms): Expectation => (isJson ? asJson : asWord);

  function remember(text: string): SchemaForms {
    let entry = known.get(text);
    if (entry === undefined) {
      if (texts.length >= MOST_SCHEMAS) return { asJson: ANY_JSON, asWord: NOTHING };
      const schema = texts.push(text) - 1;
      entry = { asJson: { wantsJson: true, schema }, asWord: { wantsJson: false, schema } };
      known.set(text, entry);
    }
    return entry;
  }

  return {
    of(request) {
      const config = configOf(request);
      if (config === undefined) return embeddingIn(request) ?? NOTHING;
      const { type, schema } = formIn(config);
      const isJson = type === 'application/json';
      if (!isJson && type !== 'text/x.enum') return NOTHING;
      const text = isJson || isEnum(schema) ? textOf(schema) : undefined;
      if (text === undefined) return isJson ? ANY_JSON : NOTHING;
      return as(isJson, remember(text));
    },
    adopt(expectation, theirTexts) {
      const { wantsJson, schema } = expectation;
      if (expectation.dimensions !== undefined) return expectation;
      const text = schema === undefined ? undefined : theirTexts[schema];
      if (text === undefined) return wantsJson ? ANY_JSON : NOTHING;
      return as(wantsJson, remember(text));
    },
    schemaAt(index) {
      const text = texts[index];
      return text === undefined ? undefined : JSON.parse(decodeBytes(text));
    },
    schemaTexts: texts,
    get schemaCount() {
      return texts.length;
    },
  };
}

/** What a request for an embedding asks for. */
function embeddingIn(request: JsonObject): Expectation | undefined {
  const config = readField(request, 'embedContentConfig', 'embed_content_config');
  const place = isObject(config) ? config : request;
  const dimensions = readNumber(readField(place, 'outputDimensionality', 'output_dimensionality'));
  const isKept = dimensions !== undefined && dimensions > 0 && dimensions <= MOST_DIMENSIONS;
  return isKept ? { ...NOTHING, dimensions } : undefined;
}

interface Form {
  readonly type: unknown;
  readonly schema: unknown;
}

function formIn(config: JsonObject): Form {
  const type = readField(config, 'responseMimeType', 'response_mime_type');
  if (type !== undefined) return { type, schema: schemaIn(config) };
  // The same, as the API of 2026 also takes it: one form for each kind of output.
  const format = readField(config, 'responseFormat', 'response_format');
  const form = isObject(format) && isObject(format['text']) ? format['text'] : undefined;
  if (form === undefined || readField(form, 'mimeType', 'mime_type') !== 'APPLICATION_JSON') return NO_FORM;
  return { type: 'application/json', schema: form['schema'] };
}

const NO_FORM: Form = { type: undefined, schema: undefined };

function schemaIn(config: JsonObject): unknown {
  return (
    readField(config, 'responseSchema', 'response_schema') ??
    readField(config, 'responseJsonSchema', 'response_json_schema')
  );
}

/** Other schemas with `text/x.enum` say nothing that could be checked. */
function isEnum(schema: unknown): boolean {
  const words = typeof schema === 'object' && schema !== null ? (schema as JsonObject)['enum'] : undefined;
  return Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === 'string');
}

function textOf(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  try {
    const text = JSON.stringify(schema);
    return text.length > LONGEST_SCHEMA ? undefined : text;
  } catch {
    // JSON.stringify overflows the stack on what JSON.parse could still read.
    return undefined;
  }
}

/**
 * Bytes to letters. Only runs that are whole UTF-8 are turned: a letter that the file wrote as an
 * escape (`\u00e9`, the habit of Python) is a letter already, and no byte.
 */
function decodeBytes(text: string): string {
  return text.replaceAll(/[\x80-\xff]+/g, (run) => {
    const bytes = Buffer.from(run, 'latin1');
    return isUtf8(bytes) ? bytes.toString('utf8') : run;
  });
}

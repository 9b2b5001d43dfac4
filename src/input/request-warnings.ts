import { type Fact, isObject, type JsonObject } from './check-line.ts';
import type { FindingKind } from './finding.ts';
import { configOf } from './request-text.ts';

/** Tells of one thing in a request that is no error; `fact` follows "line 3 ". */
export type Warn = (kind: FindingKind, fact: Fact) => void;

/** What the service takes, but with an answer that the user did not mean. */
export function warnOfRequest(request: JsonObject, model: string | undefined, warn: Warn): void {
  const config = configOf(request);
  if (config !== undefined && ('responseJsonSchema' in config || 'response_json_schema' in config)) {
    warn('response_json_schema', 'asks for "responseJsonSchema"');
  }
  const own = request['model'];
  if (model !== undefined && typeof own === 'string' && bareName(own) !== bareName(model)) {
    warn('model_differs', `names another model than "${bareName(model)}", which answers the whole batch`);
  }
}

/** Fields beside the request come back with its answer: scalars as they are, lists emptied. */
export function warnOfFields(line: JsonObject, warn: Warn): void {
  for (const name in line) {
    if (name === 'key' || name === 'request') continue;
    const value = line[name];
    if (Array.isArray(value)) warn('echoed_field', 'has a list beside "request", which comes back as []');
    else if (isObject(value))
      warn('echoed_field', 'has an object beside "request", whose lists come back as []');
  }
}

function bareName(model: string): string {
  return model.replace(/^models\//, '');
}

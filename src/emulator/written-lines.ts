import { isJsonObject, type JsonObject } from './json.ts';
import type { LineFate } from './result-damage.ts';

/**
 * How one result reaches the file: a line as a rule, and none, two or half a line where it is damaged.
 * `second` is what the second line of a conflict says.
 */
export function writtenLines(
  first: JsonObject,
  second: JsonObject,
  fate: LineFate['line'],
): readonly string[] {
  switch (fate) {
    case 'missing':
      return [];
    case 'once':
      return [lineOf(first)];
    case 'duplicate':
      return [lineOf(first), lineOf(turnedRound(first))];
    case 'conflicting':
      return [lineOf(first), lineOf(turnedRound(inOrderOf(first, second)))];
    case 'garbled': {
      const text = JSON.stringify(first);
      return [`${text.slice(0, Math.floor(text.length / 2))}\n`];
    }
  }
}

function lineOf(object: JsonObject): string {
  return `${JSON.stringify(object)}\n`;
}

function inOrderOf(model: JsonObject, object: JsonObject): JsonObject {
  const names = [...Object.keys(model), ...Object.keys(object)].filter((name) => Object.hasOwn(object, name));
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}

/** The same with the members of every object in reverse: equal for JSON, not for whoever compares text. */
function turnedRound(object: JsonObject): JsonObject {
  const turn = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turn);
    return isJsonObject(value) ? turnedRound(value) : value;
  };
  return Object.fromEntries(
    Object.entries(object)
      .toReversed()
      .map(([name, value]) => [name, turn(value)]),
  );
}

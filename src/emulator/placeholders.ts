import { isJsonObject, type JsonObject, objectField } from './json.ts';
import type { Random } from './random.ts';
import { limitOf, plainSchema } from './requested-json.ts';

/** One of the texts that models leave where an answer should stand. */
export function placeholderText(random: Random): string {
  const clear = [
    '[insert answer here]',
    'lorem ipsum dolor sit amet, consectetur adipiscing elit',
    `Placeholder answer ${random.integer(1, 99)}`,
  ];
  return clear[random.integer(0, clear.length)] ?? 'TODO';
}

/** Puts a placeholder in the place of every string, except where the schema leaves no room for one. */
export function withPlaceholders(value: unknown, schema: JsonObject | undefined, random: Random): unknown {
  const root = schema ?? {};
  const fill = (part: unknown, partSchema: JsonObject, name: string): unknown => {
    const plain = plainSchema(partSchema, root);
    if (typeof part === 'string') {
      const text = placeholderText(random);
      // In a field that holds no answer, "TODO" may be what is meant.
      const clear = text === 'TODO' && !/answer/iu.test(name) ? '[insert answer here]' : text;
      return hasRoom(plain, clear) ? clear : part;
    }
    if (Array.isArray(part)) return part.map((item) => fill(item, objectField(plain, 'items') ?? {}, name));
    if (!isJsonObject(part)) return part;
    const properties = objectField(plain, 'properties') ?? {};
    return Object.fromEntries(
      Object.entries(part).map(([member, inner]) => [
        member,
        fill(inner, objectField(properties, member) ?? {}, member),
      ]),
    );
  };
  return fill(value, root, '');
}

function hasRoom(plain: JsonObject, text: string): boolean {
  const isFixed = ['enum', 'const', 'format', 'pattern'].some((name) => name in plain);
  return (
    !isFixed &&
    text.length >= (limitOf(plain, 'minLength') ?? 0) &&
    text.length <= (limitOf(plain, 'maxLength') ?? text.length)
  );
}

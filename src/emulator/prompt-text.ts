import { isJsonObject, type JsonObject, objectField } from './json.ts';

/** All text parts of a request, system instruction first. */
export function promptOf(request: JsonObject): string {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) collect(item);
    if (!isJsonObject(value)) return;
    if (typeof value['text'] === 'string') texts.push(value['text']);
    collect(value['parts']);
  };
  collect(objectField(request, 'systemInstruction'));
  collect(request['contents']);
  collect(request['content']);
  return texts.join('\n');
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';

/** A line of a generated input file; what is made of it is known from its parts alone. */
export interface SampleLine {
  readonly key: string | number | undefined;
  readonly text: string;
  readonly isBare: boolean;
}

export const sampleLine: fc.Arbitrary<SampleLine> = fc.record({
  key: fc.option(fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), fc.nat()), {
    nil: undefined,
  }),
  text: fc.string({ unit: 'grapheme', maxLength: 60 }),
  isBare: fc.boolean(),
});

/** Lines whose own keys are unique, as text. */
export function sampleLines(maxLength: number): fc.Arbitrary<SampleLine[]> {
  return fc.uniqueArray(sampleLine, {
    minLength: 1,
    maxLength,
    selector: ({ key, text }) => (key === undefined ? Symbol(text) : String(key)),
  });
}

export function requestOf({ text }: SampleLine): object {
  return { contents: [{ role: 'user', parts: [{ text }] }] };
}

export function textOf(line: SampleLine): string {
  const { key } = line;
  if (line.isBare && key === undefined) return JSON.stringify(requestOf(line));
  return JSON.stringify({ key, request: requestOf(line) });
}

/** The lines of every numbered file in a folder, file by file. */
export async function filesIn(folder: string): Promise<readonly (readonly string[])[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort();
  const files: string[][] = [];
  for (const name of names) files.push((await readFile(join(folder, name), 'utf8')).trimEnd().split('\n'));
  return files;
}

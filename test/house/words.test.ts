import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ROOT } from './source-files.ts';

/** What a message of ours never says, and what it says instead. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bsuccessfully\b/i, 'say what was done'],
  [/\bunable to\b/i, 'say "Cannot"'],
  [/\bfailed to\b/i, 'say "Cannot"'],
  [/\boops\b/i, 'say what happened'],
  [/\bplease\b/i, 'say what to do'],
  [/\bsorry\b/i, 'say what happened'],
  [/\w\(s\)(?=\s|$)/, 'give both numbers their word'],
  [/[a-z]\.\.\.(?=[\s"'`]|$)/, 'write …'],
  [/\p{Emoji_Presentation}/u, 'no emoji'],
];

/** The emulator speaks as the service does, and two texts are there to be difficult. */
const SPEAKS_AS_OTHERS = /^src\/(emulator|rehearse\/make-batches|probe\/questions\/l10-)/;

async function textsOf(folder: string, ending: RegExp): Promise<readonly (readonly [string, string])[]> {
  const names = await readdir(`${ROOT}${folder}`, { recursive: true });
  const wanted = names.filter((name) => ending.test(name));
  return await Promise.all(
    wanted.map(
      async (name) => [`${folder}/${name}`, await readFile(`${ROOT}${folder}/${name}`, 'utf8')] as const,
    ),
  );
}

function found(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      /^\s*(\*|\/)/.test(line)
        ? []
        : WORDS.filter(([word]) => word.test(line)).map(
            ([, instead]) => `${index + 1}: ${line.trim()} (${instead})`,
          ),
    );
}

describe('words that no message of ours has', () => {
  test('are found where they are', () => {
    const bad = ['Saved 3 file(s)', 'Unable to save', 'Saved successfully', 'Waiting...', 'Please wait'];
    expect(bad.filter((line) => found(line).length === 0)).toEqual([]);
    const good = ['✓ saved 3 files', 'const all = [...files];', 'write(...parts)', 'f(s, t)'];
    expect(good.flatMap((line) => found(line))).toEqual([]);
  });

  test.each(['src', 'docs'])('are not in %s', async (folder) => {
    const texts = (await textsOf(folder, /\.(ts|md)$/)).filter(([name]) => !SPEAKS_AS_OTHERS.test(name));
    expect(texts.length).toBeGreaterThan(5);
    const all = texts.flatMap(([name, text]) => found(text).map((line) => `${name}:${line}`));
    expect(all).toEqual([]);
  });

  test('are not in the pages at the top', async () => {
    for (const name of ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', '.env.example'])
      expect([name, ...found(await readFile(`${ROOT}${name}`, 'utf8'))]).toEqual([name]);
  });
});

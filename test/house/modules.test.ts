import { describe, expect, test } from 'vitest';
import { readSourceFiles } from './source-files.ts';

const MOST_LINES = 300;

/** Words of an apology, a boast or a form letter (cli.md, acceptance list). */
const STALE_WORDS = [/successfully/i, /unable to/i, /\boops\b/i, /\bplease\b/i, /\bitem\(s\)/i, /\(s\)\b/];

/** String and template literals, without comments. Good enough for prose: it need not parse regexes. */
function literalsIn(text: string): readonly string[] {
  const bare = text.replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
  return [...bare.matchAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g)].map(
    ([literal]) => literal,
  );
}

describe('every module of src', () => {
  test(`has at most ${MOST_LINES} lines`, async () => {
    const files = await readSourceFiles();
    expect(files.length).toBeGreaterThan(50);
    const long = files.map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }));
    expect(long.filter(({ lines }) => lines > MOST_LINES)).toEqual([]);
  });

  test('says what it says without stale words', async () => {
    const files = (await readSourceFiles()).filter(({ path }) => !path.startsWith('src/emulator/'));
    const found = files.flatMap(({ path, text }) =>
      literalsIn(text)
        .filter((literal) => STALE_WORDS.some((word) => word.test(literal)))
        .map((literal) => `${path}: ${literal}`),
    );
    expect(found).toEqual([]);
  });

  test('the search for stale words finds one', () => {
    const literals = literalsIn(
      "const a = 'It was done successfully';\n// please ignore me\nconst b = `Unable to ${a}`;",
    );
    expect(literals.filter((literal) => STALE_WORDS.some((word) => word.test(literal)))).toHaveLength(2);
  });

  test('imports with explicit extensions, and has no default export', async () => {
    const files = await readSourceFiles();
    const wrong = files.flatMap(({ path, text }) =>
      [...text.matchAll(/from '(\.[^']*)'/g)]
        .filter(([, from]) => from?.endsWith('.ts') !== true)
        .map(([line]) => `${path}: ${line}`),
    );
    expect(wrong).toEqual([]);
    expect(files.filter(({ text }) => /^export default/m.test(text))).toEqual([]);
  });
});

import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ROOT, readSourceFiles } from '../house/source-files.ts';
import { callsIn, callsInLine, faultIn } from './command-lines.ts';
import { brokenLinks } from './links.ts';
import { phrasesIn } from './literals.ts';
import { parsePage, readPages } from './markdown.ts';
import { flagsIn, unknownNames, type Known } from './names.ts';
import { foreignWords, outputIn, shownPhrases } from './output-lines.ts';

const PAGES = await readPages();
const MODULES = await readSourceFiles();
const PHRASES = shownPhrases(MODULES.flatMap(({ text }) => phrasesIn(text)));
const KNOWN = await readKnown();

async function readKnown(): Promise<Known> {
  const scripts = (await readdir(`${ROOT}bench`)).filter((name) => name.endsWith('.mjs'));
  const others = await Promise.all(
    ['test/faults/run.mjs', 'test/faults/simulation/run.mjs', ...scripts.map((name) => `bench/${name}`)].map(
      async (path) => await readFile(`${ROOT}${path}`, 'utf8'),
    ),
  );
  const probe = MODULES.filter(({ path }) => path.startsWith('src/probe/')).map(({ text }) => text);
  return {
    source: MODULES.map(({ text }) => text).join('\n'),
    otherFlags: new Set(['--ignore-scripts', ...[...others, ...probe].flatMap((text) => namedFlags(text))]),
  };
}

/** `'--seed'` in a list of words, or `seed: { type: … }` of `parseArgs`. */
function namedFlags(text: string): readonly string[] {
  const parsed = [...text.matchAll(/^\s*'?([a-z][a-z-]*)'?: \{ type: /gm)].map(([, name]) => `--${name}`);
  return [...flagsIn(text), ...parsed];
}

describe.each(PAGES)('$path', (page) => {
  test('types commands that the program takes', async () => {
    const faults: string[] = [];
    for (const { line, words } of callsIn(page)) {
      const fault = await faultIn(words);
      if (fault !== undefined) faults.push(`${page.path}:${line} ${fault}`);
    }
    expect(faults).toEqual([]);
  });

  test('shows as printed what the program can print', () => {
    const faults = outputIn(page).flatMap(({ line, text }) =>
      foreignWords(text, PHRASES).map((word) => `${page.path}:${line} ${word}`),
    );
    expect(faults).toEqual([]);
  });

  test('has a title, and words in every heading', () => {
    expect(page.headings.filter(({ text }) => text === '')).toEqual([]);
    expect(page.headings).not.toEqual([]);
  });

  test('links to what is there', async () => {
    expect(await brokenLinks(page, PAGES)).toEqual([]);
  });

  test('names flags, settings, errors and files that there are', async () => {
    expect(await unknownNames(page, KNOWN)).toEqual([]);
  });
});

test('the index names every guide, every concept and every page of its folder', () => {
  const index = PAGES.find(({ path }) => path === 'docs/README.md');
  const linked = new Set(index?.links.map(({ text }) => `docs/${text.replace(/#.*$/, '')}`));
  const wanted = PAGES.map(({ path }) => path).filter(
    (path) => path.startsWith('docs/') && !path.startsWith('docs/decisions/') && path !== index?.path,
  );
  expect(wanted.length).toBeGreaterThan(12);
  expect(wanted.filter((path) => !linked.has(path))).toEqual([]);
});

describe('what these tests look for is found', () => {
  const planted = (text: string): ReturnType<typeof parsePage> => parsePage('docs/planted.md', text);

  test.for([
    '$ batch-submit staus',
    '$ batch-submit run --canry',
    '$ batch-submit status --canary',
    '$ batch-submit 1 2 3',
    '$ batch-submit --poll soon',
    '$ batch-submit --only "3, 4" --patern "batch_{batch}.jsonl"',
    '$ BATCH_SUBMIT_POLL=2s batch-submit status --json | jq .counts; batch-submit rum',
    '$ until batch-submit --quite; do [ $? -eq 5 ] || break; sleep 900; done',
    '$ eval "$(batch-submit completion tsch --now)"',
  ])('in %s', async (line) => {
    const calls = callsIn(planted(`\`\`\`console\n${line}\nbatch-submit no-command\n\`\`\`\n`));
    const faults = await Promise.all(calls.map(async ({ words }) => await faultIn(words)));
    expect(faults.filter((fault) => fault !== undefined)).toHaveLength(1);
  });

  test('a call is read as a shell reads it', () => {
    expect(callsInLine("batch-submit adopt --named 'refinement_batch_{batch}' --yes  # take it")).toEqual([
      ['adopt', '--named', 'refinement_batch_{batch}', '--yes'],
    ]);
    expect(callsInLine('batch-submit 2>/dev/null | wc -l')).toEqual([[]]);
    expect(callsInLine('export PATH=$PATH:/opt/batch-submit/bin')).toEqual([]);
  });

  test.for([
    ['✓ 004   delivered    batches/r1cquswzh0xnidzudhiz128dzdj3ogs0fua5', ['delivered']],
    ['! 004   rate limited (RESOURCE_EXHAUSTED), trial 1: 30s, resumes 09:00:34', ['trial', 'resumes']],
    ['hint: wait until it finishes, or look at `batch-submit status`', ['until', 'finishes']],
    ['✓ 004   submitted    batches/r1cquswzh0xnidzudhiz128dzdj3ogs0fua5', []],
    ['hint: take the jobs over with `batch-submit adopt`, or pay again with `--fresh`', []],
  ] as const)('in the output %s', ([line, words]) => {
    const page = planted(`\`\`\`console\n$ batch-submit run\n${line}\n$ date\nno line of ours\n\`\`\`\n`);
    const found = outputIn(page).flatMap(({ text }) => foreignWords(text, PHRASES));
    expect(found).toEqual(words);
  });

  test('texts of a module are found, and what is between their parts is left open', () => {
    const source =
      "const a = 'it\\'s'; // 'no'\nconst b = `${n} of ${isAll ? `all ${m}` : ''} jobs`;\nconst c = /['\"`]/g;\nconst d = \"end\";";
    expect(phrasesIn(source)).toEqual([["it's"], ['all ', ''], [''], ['', ' of ', ' jobs'], ['end']]);
  });

  test('in headings', () => {
    expect(planted('# One\n\n#\n\n## Two\n').headings.map(({ text }) => text)).toEqual(['One', '', 'Two']);
  });

  test('in links', async () => {
    const page = planted(
      '# One two\n[a](#one-two) [b](#three) [c](probe.md#what-it-costs) [d](probe.md#no) [e](none.md)\n`[f](code.md)`\n',
    );
    const broken = await brokenLinks(page, PAGES);
    expect(broken.map((line) => line.split(' ')[1])).toEqual(['#three', 'probe.md#no', 'none.md']);
  });

  test.for([
    '`--settel`',
    '`BATCH_SUBMIT_SETTEL`',
    '```sh\nBATCH_SUBMIT_SETTEL=4s\n```',
    '`E_SETTLE`',
    '`src/submit/no-module.ts`',
    '`batch_submission_state.json.back`',
    '`batch_submission_journal.jsonl`',
    '`merged.last.jsonl`',
    '`npm run docks`',
    '```sh\nnpm run docks\n```',
    '`npm run probe -- --no-such-flag`',
    '`retry --cancel`',
    '`batch-submit retries`',
  ])('in %s', async (text) => {
    expect(await unknownNames(planted(text), KNOWN)).not.toEqual([]);
  });

  test('and what there is is left alone', async () => {
    const text =
      '`--settle` `BATCH_SUBMIT_SETTLE` `E_LOCKED` `src/bin.ts` `batch_submission_state.json.bak` `merged.jsonl` `npm run docs` `retry --status lost` `batch-submit adopt --job 81=batches/…` `batch-submit <command>`';
    expect(await unknownNames(planted(text), KNOWN)).toEqual([]);
  });
});

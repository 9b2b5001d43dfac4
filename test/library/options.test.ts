import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/table/command-table.ts';
import { optionOf } from '../../src/config/setting.ts';
import { SETTINGS } from '../../src/config/settings-table.ts';
import { createBatchSubmit } from '../../src/index.ts';
import { LIBRARY_COMMANDS } from '../../src/library/batch-submit.ts';
import type * as Options from '../../src/library/library-options.ts';
import { optionNamesOf } from '../../src/library/read-options.ts';
import { readSourceFiles } from '../house/source-files.ts';
import { rejectionOf } from '../state/temporary-folder.ts';

/** Commands that serve a shell or a person: the emulator has a function of its own, and a rehearsal starts processes. */
const FOR_PEOPLE = new Set(['emulator', 'rehearse', 'mcp', 'completion', '__complete']);

type Names<Of> = Readonly<Record<Exclude<keyof Of, 'signal' | 'onEvent'>, true>>;

const RANGE = { from: true, to: true } as const;
const CHOICE = { ...RANGE, only: true } as const;
const SEND = {
  ...CHOICE,
  dryRun: true,
  limit: true,
  skipMissing: true,
  failFast: true,
  fresh: true,
  acceptNewKey: true,
} as const;
const SUBMIT: Names<Options.SubmitOptions> = { ...SEND, canary: true, yes: true };
const RETRY: Names<Options.RetryOptions> = {
  ...SEND,
  status: true,
  reason: true,
  batchesOnly: true,
  rowsOnly: true,
  forget: true,
  maxAttempts: true,
};
const STATUS: Names<Options.StatusOptions> = {
  ...CHOICE,
  refresh: true,
  list: true,
  failed: true,
  exitCode: true,
};
const SIZES = { maxLines: true, maxBytes: true, maxTokens: true, numberFrom: true } as const;
const SPLIT: Names<Options.SplitOptions> = { ...SIZES, files: true, dryRun: true };
const MERGE: Names<Options.MergeOptions> = {
  ...SIZES,
  ...CHOICE,
  dryRun: true,
  into: true,
  jobs: true,
  prefixKeys: true,
  fresh: true,
};
const PARSE: Names<Options.ParseOptions> = {
  dryRun: true,
  schema: true,
  fields: true,
  language: true,
  perAnswer: true,
};
const DEDUPE: Names<Options.DedupeOptions> = {
  fields: true,
  threshold: true,
  cosine: true,
  dryRun: true,
};
const REPORT: Names<Options.ReportOptions> = { dryRun: true, output: true, markdown: true, html: true };
const VALIDATE: Names<Options.ValidateOptions> = { ...CHOICE, strict: true };
const DOWNLOAD: Names<Options.DownloadOptions> = { ...CHOICE, dryRun: true, force: true };
const CANCEL: Names<Options.CancelOptions> = { ...CHOICE, dryRun: true, duplicates: true, yes: true };
const ADOPT: Names<Options.AdoptOptions> = {
  files: true,
  job: true,
  named: true,
  replace: true,
  verify: true,
  dryRun: true,
  yes: true,
};
const EMBED: Names<Options.EmbedOptions> = {
  fields: true,
  all: true,
  inline: true,
  maxLines: true,
  maxBytes: true,
  maxTokens: true,
  dryRun: true,
};
const SEARCH: Names<Options.SearchOptions> = { text: true, id: true, limit: true };
const UNLOCK: Names<Options.UnlockOptions> = { force: true, dryRun: true };
const CLEANUP: Names<Options.CleanupOptions> = {
  files: true,
  jobs: true,
  olderThan: true,
  dryRun: true,
  yes: true,
};
const IMPORT: Names<Options.ImportOptions> = {
  dedupe: true,
  embed: true,
  to: true,
  into: true,
  mapping: true,
  allow: true,
  without: true,
  all: true,
  withEmbeddings: true,
  noBackup: true,
  dryRun: true,
};
const WATCH: Names<Options.ChoiceOptions> = CHOICE;

/** The options that the types know; the compiler sees to it that none is missing or invented. */
const TYPED: Readonly<Record<(typeof LIBRARY_COMMANDS)[number], object>> = {
  submit: SUBMIT,
  run: SUBMIT,
  retry: RETRY,
  watch: WATCH,
  split: SPLIT,
  merge: MERGE,
  dedupe: DEDUPE,
  embed: EMBED,
  search: SEARCH,
  status: STATUS,
  report: REPORT,
  validate: VALIDATE,
  download: DOWNLOAD,
  parse: PARSE,
  cancel: CANCEL,
  adopt: ADOPT,
  cleanup: CLEANUP,
  doctor: {},
  config: {},
  unlock: UNLOCK,
  import: IMPORT,
};

test('every command that is not for people alone is a function', () => {
  const commands = COMMANDS.map(({ name }) => name).filter((name) => !FOR_PEOPLE.has(name));
  expect([...LIBRARY_COMMANDS].sort()).toEqual(commands.sort());
});

test.for(Object.entries(TYPED))('the types of %s have the options of its command', ([name, typed]) => {
  const spec = COMMANDS.find((command) => command.name === name);
  expect(spec === undefined ? [] : [...optionNamesOf(spec)].sort()).toEqual(Object.keys(typed).sort());
});

test('every setting is one of the settings', async () => {
  const settings = Object.fromEntries(SETTINGS.map(({ name }) => [optionOf(name), undefined]));
  const batchSubmit = createBatchSubmit({ settings, env: {}, envFile: false, configFile: false });
  expect((await batchSubmit.config()).document.settings).toHaveLength(SETTINGS.length);
});

test('a command reads the state through its desk, which knows the folder', async () => {
  const files = await readSourceFiles();
  const direct = files.filter(
    ({ path, text }) => path.startsWith('src/cli/') && text.includes('state/load-state.ts'),
  );
  // A shell completes words in the folder where it is.
  expect(direct.map(({ path }) => path)).toEqual(['src/cli/commands/complete.ts', 'src/cli/desk.ts']);
});

describe('an option that is wrong is refused before anything is read', () => {
  const batchSubmit = createBatchSubmit({ env: {}, envFile: false, configFile: false });
  // As a JavaScript caller may write it.
  const call = async (name: keyof typeof TYPED, options: unknown): Promise<unknown> => {
    const method = batchSubmit[name] as (given: unknown) => Promise<unknown>;
    return await rejectionOf(method(options));
  };
  test.for([
    ['submit', { dryrun: true }, 'did you mean `dryRun`?'],
    ['submit', { frm: 1 }, 'did you mean `from`?'],
    ['submit', { dryRun: 'yes' }, 'write it as `true`, or leave it out'],
    ['submit', { limit: true }, 'write it as `3`, or leave it out'],
    ['retry', { maxAttempts: 0 }, 'write it as `--max-attempts 1`'],
    ['submit', { only: [] }, 'write it as `--only 3,7,81-90`'],
    ['submit', { only: [[1]] }, 'write it as `3`, or leave it out'],
    ['submit', { to: 3 }, 'give the first batch as `from`'],
    ['submit', { from: -3 }, undefined],
    ['submit', { only: 3, from: 1 }, 'give one of the two'],
    ['submit', { canary: 'x', yes: true }, 'write it as `--canary 1`'],
    ['submit', 81, 'write it as `submit({ … })`'],
    ['submit', null, 'write it as `submit({ … })`'],
    ['submit', [], 'write it as `submit({ … })`'],
    ['submit', new Set([1]), 'write it as `submit({ … })`'],
    ['submit', { signal: {} }, 'write it as `AbortSignal.timeout(60_000)`, or leave it out'],
    ['submit', { onEvent: 'log' }, 'write it as `(event) => { … }`, or leave it out'],
    ['retry', { status: 'broken' }, 'write it as `--status failed,expired`'],
    ['status', { json: true }, undefined],
    ['split', { maxLines: 1 }, "write it as `['all.jsonl']`, or leave it out"],
    ['split', { files: 'all.jsonl', maxLines: 1 }, "write it as `['all.jsonl']`, or leave it out"],
    ['merge', { from: 1 }, 'name one with `--into <dir>`'],
    ['cancel', {}, undefined],
  ] as const)('%s(%j)', async ([name, options, hint]) => {
    const error = await call(name, options);
    expect(error).toMatchObject({ code: 'E_USAGE' });
    if (hint !== undefined) expect(error).toMatchObject({ hint });
  });

  test.for([
    [{ setings: {} }, 'did you mean `settings`?'],
    [{ settings: { rateLimitwait: '1s' } }, 'did you mean `rateLimitWait`?'],
    [{ settings: { 'rate-limit-wait': '1s' } }, 'did you mean `rateLimitWait`?'],
    [{ settings: { poll: true } }, 'write it as in batch-submit.config.json'],
    [{ settings: null }, 'see docs/library.md for what it may be'],
    [{ envFile: true }, 'see docs/library.md for what it may be'],
    [{ apiKey: 3 }, 'see docs/library.md for what it may be'],
    [{ signal: {} }, 'see docs/library.md for what it may be'],
    [[], 'write them as `createBatchSubmit({ … })`'],
  ] as const)('createBatchSubmit(%j)', ([options, hint]) => {
    const create = createBatchSubmit as (given: object) => unknown;
    expect(() => create(options)).toThrow(expect.objectContaining({ code: 'E_USAGE', hint }));
  });

  test('a setting that cannot be used is named as the program names it', async () => {
    const settings = { rateLimitWait: 'soon' };
    const error = await rejectionOf(createBatchSubmit({ settings, env: {}, envFile: false }).status());
    expect(error).toMatchObject({
      code: 'E_USAGE',
      message: expect.stringMatching(/^Cannot use settings\.rateLimitWait: /) as string,
      hint: "write it as `rateLimitWait: '180s'`",
    });
  });
});

import { writeFile } from 'node:fs/promises';
import { describe, expect as expectOf } from 'vitest';
import { createJsonPrinter } from '../../src/cli/output/json-printer.ts';
import { BatchSubmitError } from '../../src/model/errors.ts';
import { createFakeClock } from '../service/fake-clock.ts';
import { test } from './workbench.ts';

/** A C1 control, the bidirectional controls, and an invisible tag letter, which takes two units. */
const EVIL = 'a\u0080\u009b31m\u007f\u200e\u200f\u202a\u202e\u2066\u2069\u{e0041}é 中 😀';
/** What must not reach a terminal as it is. */
const HIDDEN = /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]/u;

function print(
  write: (printer: ReturnType<typeof createJsonPrinter>) => void,
  streamsEvents: boolean,
): string {
  let text = '';
  const stream = { write: (part: string) => (text += part) };
  const clock = createFakeClock();
  write(
    createJsonPrinter({
      stdout: stream,
      stderr: stream,
      clock,
      run: 'r',
      scrub: (line) => line,
      streamsEvents,
    }),
  );
  return text;
}

describe('the JSON printer', () => {
  test.for([
    ['an event', print((printer) => printer.event({ event: 'warning', message: EVIL }), true)],
    ['a document', print((printer) => printer.result({ lines: [], records: [], json: { EVIL } }), false)],
    [
      'a document in a stream',
      print((printer) => printer.result({ lines: [], records: [], json: { EVIL } }), true),
    ],
    ['an error', print((printer) => printer.error(new BatchSubmitError('E_INPUT', EVIL), 2), true)],
  ] as const)('escapes what a terminal would act on: %s', ([, text]) => {
    expectOf(text).not.toMatch(HIDDEN);
    expectOf(text).toContain(
      String.raw`a\u0080\u009b31m\u007f\u200e\u200f\u202a\u202e\u2066\u2069\udb40\udc41é 中 😀`,
    );
    expectOf(JSON.stringify(JSON.parse(text))).toContain(EVIL);
  });
});

describe.concurrent('a key with hidden characters', () => {
  for (const line of ['download --json', 'report --json', 'report --output -']) {
    test(`comes out of \`${line}\` as escapes`, async ({ openWorkbench, expect }) => {
      const { cli, path } = await openWorkbench({
        batches: [1],
        clock: 'real',
        service: { damage: { error: 1 } },
      });
      const request = { contents: [{ parts: [{ text: 'x' }] }] };
      await writeFile(path('batches/batch_001.jsonl'), `${JSON.stringify({ key: EVIL, request })}\n`);
      await cli('run');
      const { stdout } = await cli(line);
      expect(stdout).not.toMatch(HIDDEN);
      expect(stdout).toContain(String.raw`a\u0080\u009b31m`);
    });
  }
});

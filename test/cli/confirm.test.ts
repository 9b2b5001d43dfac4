import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { confirm } from '../../src/cli/confirm.ts';
import { createTerminal } from './terminal.ts';

/** A person at a terminal who types `text`, and then Ctrl-D. */
async function answerTo(text: string): Promise<{ readonly isYes: boolean; readonly shown: string }> {
  const terminal = createTerminal({ argv: [], env: {} });
  const stdin = Object.assign(Readable.from(text === '' ? [] : [text]), { isTTY: true });
  const isYes = await confirm({ io: { ...terminal.io, stdin }, flags: {} }, 'Cancel 2 jobs?');
  return { isYes, shown: terminal.stderr() };
}

test.for([
  ['y\n', true],
  [' Yes \n', true],
  ['n\n', false],
  ['\n', false],
  ['yesterday\n', false],
] as const)('confirm() takes %j as %s', async ([text, isYes]) => {
  expect(await answerTo(text)).toEqual({ isYes, shown: 'Cancel 2 jobs? [y/N] ' });
});

test('confirm() takes the end of the input for a no, and begins a new line', async () => {
  expect(await answerTo('')).toEqual({ isYes: false, shown: 'Cancel 2 jobs? [y/N] \n' });
}, 2_000);

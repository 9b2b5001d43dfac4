import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { hasFlag, type Invocation } from './invocation.ts';

/** Asks a yes-or-no question, default no. Without a terminal, with --no-input, or after Ctrl-D the answer is no. */
export async function confirm(
  invocation: Pick<Invocation, 'io' | 'flags'>,
  question: string,
): Promise<boolean> {
  const { io } = invocation;
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true || hasFlag(invocation, 'no-input')) return false;
  io.stderr.write(`${question} [y/N] `);
  const reader = createInterface({ input: io.stdin, terminal: false });
  // Of an input that ends, the question would wait for ever.
  const ended = once(reader, 'close').then(() => undefined);
  try {
    const answer = await Promise.race([reader.question(''), ended]);
    if (answer === undefined) io.stderr.write('\n');
    return /^y(es)?$/i.test(answer?.trim() ?? '');
  } finally {
    reader.close();
  }
}

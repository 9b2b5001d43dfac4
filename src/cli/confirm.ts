import { createInterface } from 'node:readline/promises';
import { hasFlag, type Invocation } from './invocation.ts';

/** Asks a yes-or-no question, default no. Without a terminal, or with --no-input, the answer is no. */
export async function confirm(
  invocation: Pick<Invocation, 'io' | 'flags'>,
  question: string,
): Promise<boolean> {
  const { io } = invocation;
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true || hasFlag(invocation, 'no-input')) return false;
  io.stderr.write(`${question} [y/N] `);
  const reader = createInterface({ input: io.stdin, terminal: false });
  try {
    const answer = await reader.question('');
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}

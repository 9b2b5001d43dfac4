import { expect, test } from 'vitest';
import { createScrub } from '../../src/config/scrub.ts';
import { answerOf, answerToError } from '../../src/mcp/answer.ts';
import { capText } from '../../src/mcp/cap.ts';
import { BatchSubmitError } from '../../src/model/errors.ts';

const scrub = createScrub(['a-secret-key']);

test('text is cut between characters, so that every client can read it', () => {
  for (const length of [197, 198, 199, 200]) {
    const cut = capText(`${'x'.repeat(length)}💥💥💥`);
    expect(Buffer.from(cut).toString()).toBe(cut);
    expect(cut.length).toBeLessThanOrEqual(200);
  }
});

test('an answer stays what it is when a value holds a key, or looks as if', () => {
  // Written as JSON, the second text has an escape right after what looks like the name of a header.
  const result = { state: 'done', problems: ['with a-secret-key', 'x-goog-api-key:\nabcdefgh'] };
  const { content, structuredContent } = answerOf(result, scrub);
  expect(structuredContent).toMatchObject({
    state: 'done',
    problems: ['with [redacted]', expect.any(String)],
  });
  expect(content).toEqual([{ type: 'text', text: JSON.stringify(structuredContent) }]);
});

test('an error says its code and what to do, without the key', () => {
  const error = new BatchSubmitError('E_INPUT', 'Cannot read "a-secret-key"', {
    hint: 'look into a-secret-key',
  });
  expect(answerToError(error, scrub)).toEqual({
    content: [{ type: 'text', text: 'E_INPUT: Cannot read "[redacted]"\nhint: look into [redacted]' }],
    isError: true,
  });
});

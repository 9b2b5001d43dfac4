import { expect, test } from 'vitest';
import { scripted, serviceAt } from './fixtures.ts';
import { reply } from './scripted-server.ts';

test('a run may have many requests under way without a warning of Node', async ({ onTestFinished }) => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const server = await scripted((_, response) => reply(response, 404, {}));
  const service = serviceAt(server.url);
  const { signal } = new AbortController();
  const names = Array.from({ length: 32 }, (_, index) => `files/f${index}`);
  await Promise.all(names.map((name) => service.getFile(name, signal)));
  // Node tells of warnings in the next turn of its loop.
  await new Promise((resolve) => setImmediate(resolve));
  expect(server.seen).toHaveLength(32);
  expect(warnings).toEqual([]);
});

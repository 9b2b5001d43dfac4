import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startLiveLine, type LiveLine } from '../../src/cli/output/live-line.ts';
import { createScreen } from '../pty/screen.ts';

interface Scene {
  readonly live: LiveLine;
  /** What a terminal shows after all that; real time goes on from here. */
  readonly shown: () => Promise<string>;
  readonly draws: () => number;
  readonly pass: (ms: number) => void;
  readonly log: (text: string) => void;
  readonly resize: (columns: number, rows: number) => void;
}

async function rendered(
  written: readonly (string | { readonly columns: number; readonly rows: number })[],
): Promise<string> {
  const screen = createScreen(30, 10);
  for (const one of written) {
    // What a terminal's line discipline does.
    if (typeof one === 'string') screen.write(one.replaceAll('\n', '\r\n'));
    else {
      await screen.text();
      screen.resize(one.columns, one.rows);
    }
  }
  return await screen.text();
}

/** An area whose text tells how often it was drawn. */
async function openScene(): Promise<Scene> {
  let [nowMs, drawn] = [0, 0];
  const size = { columns: 30, rows: 10 };
  const written: (string | { readonly columns: number; readonly rows: number })[] = [];
  const write = (text: string): void => void written.push(text);
  let onResize = (): void => undefined;
  const live = await startLiveLine({
    stream: Object.assign(size, { isTTY: true, write }),
    text: (columns, rows) => `drawn ${(drawn += 1)} times in ${columns} by ${rows}\nsecond line`,
    onResize: (handler) => {
      onResize = handler;
      return () => {
        onResize = () => undefined;
      };
    },
    now: () => nowMs,
  });
  return {
    live,
    async shown() {
      vi.useRealTimers();
      return await rendered(written);
    },
    draws: () => drawn,
    pass: (ms) => {
      for (let passed = 0; passed < ms; passed += 10) {
        nowMs += 10;
        vi.advanceTimersByTime(10);
      }
    },
    log: (text) => live.above(() => write(`${text}\n`)),
    resize: (columns, rows) => {
      Object.assign(size, { columns, rows });
      written.push({ columns, rows });
      onResize();
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('startLiveLine()', () => {
  test('draws four times a second while nothing is logged', async () => {
    const { draws, pass, live, shown } = await openScene();
    expect(draws()).toBe(1);
    pass(1000);
    expect(draws()).toBe(5);
    live.close();
    pass(1000);
    expect(draws()).toBe(5);
    expect(await shown()).toBe('');
  });

  test('and no more than five times when lines come fast, all of which are above it in their order', async () => {
    const { draws, pass, log, live, shown } = await openScene();
    for (let line = 1; line <= 100; line += 1) {
      log(`line ${line}`);
      pass(10);
    }
    expect(draws()).toBeLessThanOrEqual(6);
    log('last');
    live.close();
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index + 1}`);
    expect(await shown()).toBe([...lines, 'last'].join('\n'));
  });

  test('a line that comes after a rest is shown at once', async () => {
    const { pass, log, live, shown } = await openScene();
    pass(240);
    log('at once');
    expect(await shown()).toMatch(/^at once\ndrawn \d times in 29 by 9\nsecond line$/);
    live.close();
  });

  test('is drawn at once and whole when the terminal gets narrower or wider', async () => {
    const { resize, log, pass, live, shown } = await openScene();
    log('above');
    pass(250);
    resize(12, 10);
    expect(await shown()).toMatch(/^above\ndrawn \d time\ns in 11 by 9\nsecond line$/);
    resize(60, 20);
    expect(await shown()).toMatch(/^above\ndrawn \d times in 59 by 19\nsecond line$/);
    live.close();
    expect(await shown()).toBe('above');
  });
});

import { describe, expect, test } from 'vitest';
import { styleFor } from '../../src/cli/output/style.ts';

describe('styleFor()', () => {
  test.for([
    { name: 'a terminal', isTTY: true, env: {}, flag: undefined, colour: true },
    { name: 'a pipe', isTTY: false, env: {}, flag: undefined, colour: false },
    { name: 'NO_COLOR', isTTY: true, env: { NO_COLOR: '1' }, flag: undefined, colour: false },
    { name: 'an empty NO_COLOR', isTTY: true, env: { NO_COLOR: '' }, flag: undefined, colour: true },
    { name: 'FORCE_COLOR on a pipe', isTTY: false, env: { FORCE_COLOR: '1' }, flag: undefined, colour: true },
    { name: 'FORCE_COLOR=0', isTTY: true, env: { FORCE_COLOR: '0' }, flag: undefined, colour: false },
    {
      name: 'FORCE_COLOR against NO_COLOR',
      isTTY: false,
      env: { FORCE_COLOR: '1', NO_COLOR: '1' },
      flag: undefined,
      colour: true,
    },
    { name: 'an empty FORCE_COLOR', isTTY: false, env: { FORCE_COLOR: '' }, flag: undefined, colour: false },
    { name: 'TERM=dumb', isTTY: true, env: { TERM: 'dumb' }, flag: undefined, colour: false },
    {
      name: '--no-color against FORCE_COLOR',
      isTTY: true,
      env: { FORCE_COLOR: '1' },
      flag: false,
      colour: false,
    },
    { name: '--color against NO_COLOR', isTTY: false, env: { NO_COLOR: '1' }, flag: true, colour: true },
  ])('$name: colour is $colour', ({ isTTY, env, flag, colour }) => {
    const style = styleFor({ isTTY, write: () => undefined }, { flag, env });
    expect(style.paint('good', 'x') !== 'x').toBe(colour);
    expect(style.mark('good').includes('\u001b')).toBe(colour);
  });
});

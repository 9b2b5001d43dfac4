import { describe, expect, test } from 'vitest';
import { damageFlag, lifeFlag } from '../../src/cli/emulator-flags.ts';
import type { Invocation } from '../../src/cli/invocation.ts';
import { DAMAGE_NAMES, parseDamage } from '../../src/emulator/index.ts';
import { CONTENT_KINDS, LINE_KINDS, VECTOR_KINDS } from '../../src/emulator/result-damage.ts';

describe('the short form of damage', () => {
  test('reads kinds, shares and shuffle', () => {
    expect(parseDamage('missing:0.02, invalid-json:.5,off-schema:1.0,,foreign,shuffle')).toEqual({
      ok: true,
      damage: { missing: 0.02, invalidJson: 0.5, offSchema: 1, foreign: 1, shuffle: true },
    });
    expect(parseDamage('')).toEqual({ ok: true, damage: {} });
  });

  test('knows every kind', () => {
    expect(DAMAGE_NAMES).toHaveLength(CONTENT_KINDS.length + VECTOR_KINDS.length + LINE_KINDS.length + 2);
    const parsed = parseDamage(DAMAGE_NAMES.join());
    const everyOne = [...CONTENT_KINDS, ...VECTOR_KINDS, ...LINE_KINDS, 'foreign'].map((kind) => [kind, 1]);
    expect(parsed).toEqual({ ok: true, damage: { ...Object.fromEntries(everyOne), shuffle: true } });
  });

  test.for([
    ['mising:0.1', '"mising" is not one of missing, duplicate, conflicting, garbled, foreign, error'],
    ['invalidJson:0.1', '"invalidJson" is not one of'],
    [':0.1', '"" is not one of'],
    ['missing:lots', 'the share "lots" is not a number from 0 to 1'],
    ['missing:', 'the share "" is not a number from 0 to 1'],
    ['missing:1.1', 'the share "1.1" is not a number from 0 to 1'],
    ['missing:-0.1', 'the share "-0.1" is not a number from 0 to 1'],
    ['missing:1e-2', 'the share "1e-2" is not a number from 0 to 1'],
    ['missing:0.1:0.2', 'expected kind[:share]'],
    ['shuffle:0.5', 'shuffle takes no share'],
  ] as const)('%s is refused with a reason', ([text, reason]) => {
    const parsed = parseDamage(`error:0.1,${text}`);
    expect(parsed.ok ? '' : parsed.error).toContain(`Cannot read the damage "${text}": ${reason}`);
  });
});

const given = (flags: Invocation['flags']): Invocation => ({ flags }) as Invocation;

describe('the flags of the emulator', () => {
  test('--damage is read, and may be left out', () => {
    expect(damageFlag(given({ damage: 'missing:0.1,shuffle' }))).toEqual({ missing: 0.1, shuffle: true });
    expect(damageFlag(given({}))).toBeUndefined();
  });

  test.for([
    ['mising:0.1', 'did you mean `missing`?'],
    ['invalidJson', 'did you mean `invalid-json`?'],
    ['off_schema:0.1', 'did you mean `off-schema`?'],
    ['whatever', 'write it as `--damage missing:0.02,duplicate:0.01,shuffle`'],
    ['missing:2', 'write it as `--damage missing:0.02,duplicate:0.01,shuffle`'],
  ] as const)('--damage %s is a usage error', ([text, hint]) => {
    expect(() => damageFlag(given({ damage: text }))).toThrow(
      expect.objectContaining({
        code: 'E_USAGE',
        message: expect.stringMatching(/^Cannot use --damage: Cannot read the damage "/u),
        hint,
      }),
    );
  });

  test.for(['file-life', 'job-life', 'result-life'] as const)('--%s takes a time', (name) => {
    expect(lifeFlag(given({ [name]: '10m' }), name)).toBe(600_000);
    expect(lifeFlag(given({}), name)).toBeUndefined();
    expect(() => lifeFlag(given({ [name]: 'soon' }), name)).toThrow(
      expect.objectContaining({ code: 'E_USAGE', message: expect.stringContaining(`--${name} "soon"`) }),
    );
  });
});

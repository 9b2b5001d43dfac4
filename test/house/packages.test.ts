import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ROOT } from './source-files.ts';

/** The oldest Node that `engines` promises. */
const FLOOR = [20, 19, 0] as const;

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly engines?: { readonly node?: string };
}

async function lockedPackages(): Promise<readonly (readonly [string, LockedPackage])[]> {
  const lock = JSON.parse(await readFile(`${ROOT}package-lock.json`, 'utf8')) as {
    packages: Record<string, LockedPackage>;
  }; // npm's format 3
  return Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
}

/** Whether a range of the kinds that packages write (`>=18`, `^18 || ^20.9`, `>= 10.x <23`, `*`) takes a version. */
function accepts(range: string, version: readonly [number, number, number]): boolean {
  return range.split('||').some((part) => {
    const comparators = [
      ...part.matchAll(/(>=|<=|>|<|\^|~|=)?\s*v?(\d+|\*)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?/g),
    ];
    return (
      part.trim() === '' || comparators.every(([, sign = '=', ...digits]) => meets(sign, digits, version))
    );
  });
}

function meets(
  sign: string,
  digits: readonly (string | undefined)[],
  version: readonly [number, number, number],
): boolean {
  const wanted = digits.map((digit) =>
    digit === undefined || !/^\d+$/.test(digit) ? undefined : Number(digit),
  );
  const [major, minor, patch] = wanted;
  if (major === undefined) return true;
  const order = compare(version, [major, minor ?? 0, patch ?? 0]);
  const isSameMajor = version[0] === major;
  switch (sign) {
    case '>=':
      return order >= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '^':
      return isSameMajor && order >= 0;
    case '~':
      return isSameMajor && order >= 0 && (minor === undefined || version[1] === minor);
    default:
      return (
        isSameMajor &&
        (minor === undefined || version[1] === minor) &&
        (patch === undefined || version[2] === patch)
      );
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, place) => value !== b[place]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

describe('the locked runtime packages', () => {
  test(`all accept Node ${FLOOR.join('.')}`, async () => {
    const packages = await lockedPackages();
    expect(packages.length).toBeGreaterThan(10);
    const refusing = packages.filter(
      ([, { engines }]) => engines?.node !== undefined && !accepts(engines.node, FLOOR),
    );
    expect(refusing.map(([path, { version, engines }]) => `${path} ${version}: ${engines?.node}`)).toEqual(
      [],
    );
  });

  test('run no script when they are installed, but for the two that are known to do nothing here', async () => {
    const scripted = (await lockedPackages()).filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(scripted.map(([path]) => path)).toEqual(['node_modules/@google/genai', 'node_modules/protobufjs']);
  });
});

describe('accepts()', () => {
  test.for([
    ['>=18', true],
    ['>=20.19.0', true],
    ['>=20.20', false],
    ['>=22', false],
    ['^18.17.0 || ^20.3.0 || >=21.0.0', true],
    ['^18 || ^22', false],
    ['>= 10.x <20', false],
    ['20 || >=22', true],
    ['~20.18', false],
    ['*', true],
  ] as const)('%s: %s', ([range, isAccepted]) => {
    expect(accepts(range, FLOOR)).toBe(isAccepted);
  });
});

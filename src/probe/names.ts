/** Begins every file id and every job's display name of every probe. */
const PREFIX = 'bsp1-';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Names of one probe, so that what it leaves behind can be told from everything else. */
export interface Names {
  /** `bsp1-` and 8 characters of [a-z2-7]. */
  readonly mark: string;
  /** `bsp1-k3v9q2ma-l5`: at most 40 characters for purposes of up to 26. */
  readonly fileId: (purpose: string) => string;
  /** `bsp1-k3v9q2ma/l3/1` */
  readonly displayName: (purpose: string) => string;
}

/** @param random a number in [0, 1) */
export function createNames(random: () => number): Names {
  const id = Array.from({ length: 8 }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join('');
  const mark = `${PREFIX}${id}`;
  return {
    mark,
    fileId: (purpose) => `${mark}-${purpose}`,
    displayName: (purpose) => `${mark}/${purpose}`,
  };
}

/** Whether a file id or display name was given by a probe: by the one with this mark, or by any. */
export function isProbeName(name: string, mark?: string): boolean {
  if (mark !== undefined) return name.startsWith(mark);
  return /^bsp1-[a-z2-7]{8}[-/]/.test(name);
}

import { setFlagsFromString } from 'node:v8';

/** The newest Node that the flag was tried on: V8 complains aloud of one that it no longer knows. */
const NEWEST_TRIED = 26;

/**
 * Keeps V8 from growing the space for new objects. Millions of lines are parsed here and forgotten at once;
 * given room, V8 lets the process grow by 40 to 80 MB before it clears them away, and is no faster for it.
 */
export function keepHeapSmall(): void {
  const [major = ''] = process.versions.node.split('.');
  if (Number(major) <= NEWEST_TRIED) setFlagsFromString('--semi-space-growth-factor=1');
}

import { countFlag, hasFlag, textFlag, type Invocation } from '../cli/invocation.ts';
import { BatchSubmitError } from '../model/errors.ts';

/** The servers whose tools' names can be taken over. */
export const COMPAT_NAMES = ['gemini-mcp'] as const;

/** What the server was started with, beside the settings of the commands. */
export interface ServerOptions {
  readonly isReadOnly: boolean;
  readonly allowsDestructive: boolean;
  readonly compat: (typeof COMPAT_NAMES)[number] | undefined;
  readonly confirmAbove: number;
  /** Jobs that may be created as long as the server runs. */
  readonly maxBatches: number;
  readonly maxSeconds: number;
  /** Folders beside the working folder. */
  readonly roots: readonly string[];
}

const CONFIRM_ABOVE = 20;
/** Below the minute after which most clients give up waiting, with time to finish what is begun. */
const MAX_SECONDS = 45;

/** @throws {BatchSubmitError} `E_USAGE` */
export function readServerOptions(invocation: Invocation): ServerOptions {
  const isReadOnly = hasFlag(invocation, 'read-only');
  const allowsDestructive = hasFlag(invocation, 'allow-destructive');
  if (isReadOnly && allowsDestructive) {
    throw new BatchSubmitError('E_USAGE', 'Cannot use --read-only together with --allow-destructive', {
      hint: 'give one of the two',
    });
  }
  if (textFlag(invocation, 'api-key-file') === '-') {
    throw new BatchSubmitError(
      'E_USAGE',
      'Cannot read the key from standard input: the protocol is spoken there',
      {
        hint: 'set GEMINI_API_KEY in the environment of the server, or name a file with `--api-key-file`',
      },
    );
  }
  const compat = textFlag(invocation, 'compat');
  if (compat !== undefined && !isCompat(compat)) {
    throw new BatchSubmitError('E_USAGE', `Cannot use --compat "${compat}": there is no such server`, {
      hint: `write it as \`--compat ${COMPAT_NAMES.join('` or `--compat ')}\``,
    });
  }
  return {
    isReadOnly,
    allowsDestructive,
    compat,
    confirmAbove: countOrZero(invocation, 'confirm-above') ?? CONFIRM_ABOVE,
    maxBatches: countFlag(invocation, 'max-batches') ?? Number.POSITIVE_INFINITY,
    maxSeconds: countFlag(invocation, 'max-seconds') ?? MAX_SECONDS,
    roots: textFlag(invocation, 'root')?.split(',') ?? [],
  };
}

function isCompat(name: string): name is (typeof COMPAT_NAMES)[number] {
  return (COMPAT_NAMES as readonly string[]).includes(name);
}

function countOrZero(invocation: Invocation, name: string): number | undefined {
  return textFlag(invocation, name) === '0' ? 0 : countFlag(invocation, name);
}

import { BatchSubmitError } from '../../model/errors.ts';
import { type FileLimits, LARGEST_FILE_BYTES } from '../../model/file-limits.ts';
import { parseBytes } from '../../model/units.ts';
import { countFlag, textFlag, type Invocation } from '../invocation.ts';

/**
 * Reads `--max-lines`, `--max-bytes` and `--max-tokens`; what the service takes holds always.
 * @throws {BatchSubmitError} `E_USAGE`
 */
export function limitsOf(invocation: Invocation): FileLimits {
  return {
    maxLines: countFlag(invocation, 'max-lines'),
    maxBytes: Math.min(sizeFlag(invocation, 'max-bytes') ?? LARGEST_FILE_BYTES, LARGEST_FILE_BYTES),
    maxTokens: countFlag(invocation, 'max-tokens'),
  };
}

function sizeFlag(invocation: Invocation, name: string): number | undefined {
  const text = textFlag(invocation, name);
  if (text === undefined) return undefined;
  const bytes = parseBytes(text);
  if (bytes !== undefined) return bytes;
  throw new BatchSubmitError(
    'E_USAGE',
    `Cannot use --${name} "${text}": it is not a size such as 500MB or 1.5GB`,
    { hint: `write it as \`--${name} 500MB\`` },
  );
}

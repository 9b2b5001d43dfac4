import { BatchSubmitError } from '../../model/errors.ts';
import { textFlag, type Invocation } from '../invocation.ts';

/**
 * The names in `--fields`, each once; `undefined` without the flag.
 * @throws {BatchSubmitError} `E_USAGE`
 */
export function fieldsFlag(invocation: Invocation): readonly string[] | undefined {
  const text = textFlag(invocation, 'fields');
  const names = text?.split(',').map((name) => name.trim());
  if (names === undefined) return undefined;
  if (!names.includes('')) return [...new Set(names)];
  throw new BatchSubmitError('E_USAGE', `Cannot use --fields "${text}": a name is missing`, {
    hint: 'write it as `--fields refined_question,refined_answer`',
  });
}

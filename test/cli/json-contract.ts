import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { COMMANDS } from '../../src/cli/table/command-table.ts';
import type { DocumentName } from '../../src/documents/document-name.ts';
import { DOCUMENTS, jsonSchemaOf } from '../../src/documents/index.ts';
import type { Ended } from './run-cli.ts';

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const compiled = new Map<DocumentName, ValidateFunction>();

function validatorOf(name: DocumentName): ValidateFunction {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const document = DOCUMENTS.find((one) => one.name === name);
  if (document === undefined) throw new Error(`no document is called ${name}`);
  const validate = ajv.compile(jsonSchemaOf(document, true));
  compiled.set(name, validate);
  return validate;
}

/** Throws unless `value` is one of these documents, with no field that nobody has described. */
export function expectDocument(value: unknown, names: readonly DocumentName[], where: string): void {
  if (names.some((name) => validatorOf(name)(value))) return;
  const faults = names.map((name) => {
    const validate = validatorOf(name);
    validate(value);
    return `${name}: ${ajv.errorsText(validate.errors, { separator: '\n  ' }).slice(0, 1500)}`;
  });
  throw new Error(
    `${where} is not as published\n${JSON.stringify(value).slice(0, 600)}\n${faults.join('\n')}`,
  );
}

/**
 * Everything that a command line prints with `--json` must be as it was published: on stdout events or one
 * document, on stderr nothing, or the one line of an error.
 */
export function expectPublishedJson(args: readonly string[], { stdout, stderr, code }: Ended): void {
  // What a killed process was about to write is cut anywhere.
  if (!args.includes('--json') || args.includes('--help') || typeof code !== 'number') return;
  const line = `batch-submit ${args.join(' ')}`;
  const name = args.find((word) => COMMANDS.some((command) => command.name === word)) ?? 'submit';
  const prints = COMMANDS.find((command) => command.name === name)?.prints ?? [];
  for (const value of readValues(stdout, line)) expectDocument(value, prints, `stdout of ${line}`);
  for (const value of readValues(stderr, line)) expectDocument(value, ['error'], `stderr of ${line}`);
}

function readValues(text: string, line: string): readonly unknown[] {
  if (text.trim() === '') return [];
  try {
    return [JSON.parse(text)];
  } catch {
    const lines = text.trimEnd().split('\n');
    return lines.map((one) => {
      try {
        return JSON.parse(one) as unknown;
      } catch {
        throw new Error(`${line} printed what is no JSON: ${one.slice(0, 300)}`);
      }
    });
  }
}

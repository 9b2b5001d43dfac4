import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/table/command-table.ts';
import { DOCUMENTS, jsonSchemaOf } from '../../src/documents/index.ts';
import { expectDocument, expectPublishedJson } from '../cli/json-contract.ts';

const ENDED = { stdout: '', stderr: '', code: 0 };
const UNLOCKED = { schemaVersion: 1, removed: true };

describe('the published documents', () => {
  test('have names of their own, and every one is printed by a command or written to a file', () => {
    const names = DOCUMENTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const printed = new Set([...COMMANDS.flatMap(({ prints }) => prints), 'error', 'log']);
    expect(names.filter((name) => !printed.has(name))).toEqual([]);
  });

  test.for(DOCUMENTS)('$name lets fields of later versions pass', (document) => {
    expect(JSON.stringify(jsonSchemaOf(document))).not.toContain('additionalProperties":false');
    expect(JSON.stringify(jsonSchemaOf(document, true))).toContain('additionalProperties":false');
  });
});

describe('what the tests hold against each --json', () => {
  test('a document as published passes', () => {
    expectPublishedJson(['unlock', '--json'], { ...ENDED, stdout: JSON.stringify(UNLOCKED) });
  });

  test.for([
    ['a field that nobody has described', JSON.stringify({ ...UNLOCKED, more: 1 })],
    ['a field that is missing', JSON.stringify({ schemaVersion: 1 })],
    ['the document of another command', JSON.stringify({ schemaVersion: 1, url: 'x', port: 1 })],
    ['prose', 'Removed the lock'],
    ['prose after the document', `${JSON.stringify(UNLOCKED)}\nDone.`],
  ])('%s does not', ([, stdout = '']) => {
    expect(() => expectPublishedJson(['unlock', '--json'], { ...ENDED, stdout })).toThrow();
  });

  test('an error without an exit code does not', () => {
    const stderr = JSON.stringify({ type: 'error', code: 'E_USAGE', message: 'no' });
    expect(() => expectPublishedJson(['--json'], { ...ENDED, code: 2, stderr })).toThrow('as published');
  });

  test('a line of the log with a fact beside `data` does not', () => {
    const line = { timestamp: '2026-01-02T03:04:05.678Z', event: 'report_written', run: 'r-1', seq: 1 };
    expectDocument({ ...line, data: { path: 'x' } }, ['log'], 'a line');
    expect(() => expectDocument({ ...line, data: {}, path: 'x' }, ['log'], 'a line')).toThrow('as published');
  });
});

import { dirname } from 'node:path';
import type { Ended } from './run-cli.ts';

/** The whole of what a command said, with what varies from run to run masked. */
export function transcript({ code, stdout, stderr }: Ended, folder?: string): string {
  const mask = (text: string): string => maskOutput(text, folder).trimEnd();
  return [`exit ${code}`, '--- stdout', mask(stdout), '--- stderr', mask(stderr)].join('\n');
}

/** Ids, ports, times and temporary paths become words; everything else stays as it was said. */
export function maskOutput(text: string, folder?: string): string {
  const local =
    folder === undefined ? text : text.replaceAll(folder, '<folder>').replaceAll(dirname(folder), '<root>');
  return MASKS.reduce((masked, [pattern, word]) => masked.replaceAll(pattern, word), local);
}

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\bbatches\/[a-z0-9]{36}\b/g, 'batches/<job>'],
  [/\bfiles\/batch-[a-z0-9]{36}\b/g, 'files/<result>'],
  [/\bbs1([-/])[a-z0-9]{8}\b/g, 'bs1$1<state>'],
  [/\b127\.0\.0\.1:\d+/g, '127.0.0.1:<port>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>'],
  [/\br-\d{8}-\d{6}-[0-9a-f]{8}\b/g, '<run>'],
  [/\b\d\d:\d\d:\d\d\b/g, '<clock>'],
  [/\b(in|of) \d+(?:\.\d+)?(?:ms|s|m(?: \d\ds)?)\b/g, '$1 <duration>'],
  [/("ms":\s?)\d+/g, '$1<ms>'],
  [/\b(batch-submit |"version":")\d+\.\d+\.\d+\b/g, '$1<version>'],
  [/\(pid \d+\)/g, '(pid <pid>)'],
  [/\bpid \d+ on "[^"]*"/g, 'pid <pid> on "<host>"'],
];

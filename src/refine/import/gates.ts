import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { BatchSubmitError } from '../../model/errors.ts';
import { nearest } from '../../model/nearest.ts';
import { diskError, errnoOf } from '../../state/disk-error.ts';
import { GATES, textOf, type AnswerRecord, type Gate } from '../answer-record.ts';
import { readRecords } from '../read-records.ts';
import type { RecordFiles } from '../record-files.ts';
import type { ParseSummary } from '../summary.ts';
import { requestName } from './rows.ts';

/** What the user decided about gates that trip. */
export interface GateWish {
  readonly allow: readonly Gate[];
  readonly without: readonly Gate[];
}

const SAMPLES = 3;
const SAMPLE_LENGTH = 100;

/** @throws {BatchSubmitError} `E_USAGE` for a word that is no gate */
export function parseGates(text: string | undefined, flag: string): readonly Gate[] {
  const words = (text ?? '').split(',').map((word) => word.trim());
  return words
    .filter((word) => word !== '')
    .map((word) => {
      const gate = GATES.find((name) => name === word);
      if (gate !== undefined) return gate;
      const meant = nearest(word, GATES);
      throw new BatchSubmitError('E_USAGE', `Cannot use --${flag} ${word}: it is no gate`, {
        hint: meant === undefined ? `gates are ${GATES.join(', ')}` : `did you mean \`--${flag} ${meant}\`?`,
      });
    });
}

/**
 * Stops unless the user has decided about each gate that trips.
 * @throws {BatchSubmitError} `E_GATES` with counts and samples, `E_RECORDS`, `E_DISK`
 */
export async function checkGates(
  files: RecordFiles,
  parse: ParseSummary,
  { allow, without }: GateWish,
  signal: AbortSignal | undefined,
): Promise<void> {
  const shut = GATES.filter(
    (gate) => (parse.gates[gate] ?? 0) > 0 && !allow.includes(gate) && !without.includes(gate),
  );
  if (shut.length === 0) return;
  const samples = await findSamples(files, parse.fields, shut, signal);
  const details = shut.flatMap((gate) => {
    const count = parse.gates[gate] ?? 0;
    const noun = gate === 'count' ? 'request' : 'record';
    return [`${gate}: ${count} ${count === 1 ? noun : `${noun}s`}`, ...(samples.get(gate) ?? [])];
  });
  const list = shut.join(',');
  throw new BatchSubmitError(
    'E_GATES',
    `Cannot import: ${shut.length === 1 ? 'a gate is' : 'gates are'} shut: ${shut.join(', ')}`,
    {
      details,
      hint: `let them in with \`batch-submit import --allow ${list}\`, or hold them back with \`batch-submit import --without ${list}\``,
    },
  );
}

/**
 * The requests whose answers hold more or fewer records than were asked for, as `requestName` calls them.
 * @throws {BatchSubmitError} `E_RECORDS` when they cannot all be named
 */
export async function requestsOfCount(files: RecordFiles, parse: ParseSummary): Promise<readonly string[]> {
  const wanted = parse.gates.count ?? 0;
  if (wanted === 0) return [];
  const names = new Set((await readCountRequests(files.unparsed)).map(requestName));
  if (names.size === wanted) return [...names];
  throw new BatchSubmitError(
    'E_RECORDS',
    `Cannot hold back by count: "${files.unparsed}" names ${names.size} of ${wanted} such requests`,
    {
      hint: 'make it anew with `batch-submit parse`, or let them in with `batch-submit import --allow count`',
    },
  );
}

type RequestPlace = Pick<AnswerRecord, 'batch' | 'line' | 'key'>;

/** What `unparsed.jsonl` says of answers with more or fewer records than were asked for. */
async function readCountRequests(path: string): Promise<readonly RequestPlace[]> {
  const requests: RequestPlace[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      const found = readCount(line);
      if (found !== undefined) requests.push(found);
    }
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw diskError('read', path, error);
  }
  return requests;
}

function readCount(line: string): RequestPlace | undefined {
  try {
    const {
      reason,
      batch,
      line: number,
      key,
    } = JSON.parse(line) as Partial<RequestPlace> & { reason?: unknown };
    return reason === 'count' && batch !== undefined
      ? { batch, line: number ?? null, key: key ?? null }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Three records for each gate; reading ends when all are found. */
async function findSamples(
  files: RecordFiles,
  fields: readonly string[],
  gates: readonly Gate[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<Gate, readonly string[]>> {
  const samples = new Map<Gate, string[]>(gates.map((gate) => [gate, []]));
  if (samples.has('count')) {
    const requests = await readCountRequests(files.unparsed);
    const shownPlaces = requests
      .slice(0, SAMPLES)
      .map(
        ({ batch, line, key }) =>
          `   batch ${batch}, ${line === null ? `key ${shown(key ?? '')}` : `line ${line}`}`,
      );
    samples.set('count', shownPlaces);
  }
  const isDone = (): boolean =>
    [...samples].every(([gate, found]) => gate === 'count' || found.length === SAMPLES);
  const done = new Error('enough was read');
  try {
    await readRecords(
      files.records,
      (records) => {
        for (const { record } of records) {
          for (const flag of record.flags) {
            const found = samples.get(flag);
            if (found !== undefined && found.length < SAMPLES)
              found.push(`   ${record.id}   ${shown(textOf(record, fields))}`);
          }
        }
        if (isDone()) throw done;
      },
      signal,
    );
  } catch (error) {
    if (error !== done) throw error;
  }
  return samples;
}

/** The beginning of a text as a terminal may show it. */
function shown(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length <= SAMPLE_LENGTH ? line : `${line.slice(0, SAMPLE_LENGTH)}…`;
}

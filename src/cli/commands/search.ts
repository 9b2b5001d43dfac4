import type { Body } from '../../documents/body.ts';
import type { SearchDocument } from '../../documents/search.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import type { ServiceFailure } from '../../model/failure.ts';
import { stopFor } from '../../model/stop.ts';
import { openImportedRecords, type ImportedRecords } from '../../refine/search/imported-records.ts';
import { nearestRecords, type NearRecord } from '../../refine/search/nearest-records.ts';
import { floatsIn } from '../../refine/vectors.ts';
import { plainText } from '../../report/text.ts';
import type { CommandHandler } from '../command-spec.ts';
import { withDesk, type Desk } from '../desk.ts';
import { EXIT } from '../exit-codes.ts';
import { countFlag, textFlag, type Invocation } from '../invocation.ts';
import type { ResultDocument } from '../output/printer.ts';

/** `batch-submit search`: the imported records that are nearest to a text, or to one of them. */
export const searchCommand: CommandHandler = (invocation) => withDesk(invocation, search);

/** What is looked for. */
type Query = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'id'; readonly id: string };

const DEFAULT_LIMIT = 10;
const MOST = 1000;

async function search(desk: Desk): Promise<number> {
  const { invocation, printer, settings, signal } = desk;
  const path = settings.settings.database;
  const query = queryOf(invocation);
  const limit = limitOf(invocation);
  const records = await openImportedRecords(path);
  try {
    const vector =
      query.kind === 'id' ? vectorOf(records, query.id, path) : await embedQuery(desk, records, query.text);
    const except = query.kind === 'id' ? query.id : undefined;
    const found = nearestRecords(records, vector, { limit, except, path }, signal);
    printer.result(describeSearch(records, query, found));
    if (found.length === 0) printer.note('No other record has a vector');
    return EXIT.ok;
  } finally {
    records.close();
  }
}

/** @throws {BatchSubmitError} `E_USAGE` */
function limitOf(invocation: Invocation): number {
  const limit = countFlag(invocation, 'limit') ?? DEFAULT_LIMIT;
  if (limit <= MOST) return limit;
  throw new BatchSubmitError(
    'E_USAGE',
    `Cannot use --limit ${limit}: at most ${MOST} records are found at once`,
    {
      hint: `write it as \`--limit ${MOST}\``,
    },
  );
}

/** @throws {BatchSubmitError} `E_USAGE` */
function queryOf(invocation: Invocation): Query {
  const [text] = invocation.operands;
  const id = textFlag(invocation, 'id');
  if (text !== undefined && id !== undefined) {
    throw new BatchSubmitError('E_USAGE', 'Cannot search for a text and a record at once', {
      hint: 'leave out the text, or `--id`',
    });
  }
  if (id !== undefined) return { kind: 'id', id };
  if (text !== undefined && text.trim() !== '') return { kind: 'text', text };
  throw new BatchSubmitError('E_USAGE', 'Cannot search: it was not said for what', {
    hint: 'give a text, as in `batch-submit search "how is a dam built"`, or a record with `--id 81-17-3`',
  });
}

function vectorOf(records: ImportedRecords, id: string, path: string): Float32Array {
  const record = records.find(id);
  if (record === undefined) {
    throw new BatchSubmitError('E_USAGE', `Cannot search: there is no record "${id}" in "${path}"`, {
      hint: 'take an id from `batch-submit search <text>`; they are made of batch, line and position, as in `--id 81-17-3`',
    });
  }
  if (record.vector !== undefined) return floatsIn(record.vector);
  throw new BatchSubmitError('E_DATABASE', `Cannot search: the record "${id}" in "${path}" has no vector`, {
    hint: 'make it with `batch-submit embed`, then run `batch-submit import` again',
  });
}

/** Texts that are looked for are another kind than those that are found, where the task makes a difference. */
const TASK_OF_QUERIES: ReadonlyMap<string, string> = new Map([['RETRIEVAL_DOCUMENT', 'RETRIEVAL_QUERY']]);

async function embedQuery(desk: Desk, { space }: ImportedRecords, text: string): Promise<Float32Array> {
  const { model, taskType, dimensions } = space;
  const service = await desk.service();
  try {
    if (service.embedTexts === undefined) {
      throw new BatchSubmitError('E_USAGE', 'Cannot search for a text through an MCP server', {
        hint: 'unset BATCH_SUBMIT_VIA_MCP and set GEMINI_API_KEY, or look for a record with `--id <id>`',
      });
    }
    const task = taskType === undefined ? undefined : (TASK_OF_QUERIES.get(taskType) ?? taskType);
    const answer = await service.embedTexts(
      { model, dimensions, taskType: task, texts: [text] },
      desk.signal,
    );
    if (!answer.ok) throw stopOf(answer.failure, model);
    return answer.value[0] ?? new Float32Array(dimensions);
  } finally {
    await service.close?.();
  }
}

function stopOf(failure: ServiceFailure, model: string): BatchSubmitError {
  if (failure.kind !== 'model_unknown') return stopFor(failure, 'search for the text');
  return new BatchSubmitError(
    'E_MODEL_UNKNOWN',
    `Cannot search for the text: the service does not know "${model}", which made the vectors (${failure.reason})`,
    {
      hint: 'embed the records with another, `batch-submit embed --embedding-model <id>`, or look for one with `--id <id>`',
    },
  );
}

function describeSearch(
  { space, textColumns }: ImportedRecords,
  query: Query,
  found: readonly NearRecord[],
): ResultDocument {
  return {
    lines: found.flatMap(({ similarity, id, texts }) => {
      const [first = '', ...others] = textColumns
        .map((name) => texts[name] ?? '')
        .filter((text) => text !== '');
      const more = others.map((text) => `${' '.repeat(MARGIN)}${plainText(text, SHOWN)}`);
      return [
        `${shown(similarity).padEnd(MARGIN)}${plainText(id, SHOWN)}   ${plainText(first, SHOWN)}`,
        ...more,
      ];
    }),
    records: found.map(({ similarity, id, texts }) => [
      shown(similarity),
      id,
      ...textColumns.map((name) => texts[name] ?? ''),
    ]),
    json: {
      text: query.kind === 'text' ? query.text : null,
      id: query.kind === 'id' ? query.id : null,
      model: space.model,
      taskType: space.taskType ?? null,
      dimensions: space.dimensions,
      records: found.map(({ similarity, id, texts }) => ({ similarity, id, texts })),
    } satisfies Body<SearchDocument>,
  };
}

/** Characters of a text on a terminal. */
const SHOWN = 100;
const MARGIN = 8;

function shown(similarity: number): string {
  return similarity.toFixed(3);
}

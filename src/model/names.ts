import type { InputFacts } from './batch-record.ts';

/** Starts every name this tool gives, so that its files and jobs can be told from everyone else's. */
const NAME_PREFIX = 'bs1';

/** Longest file id the service takes: 40 characters of [a-z0-9-], no dash at either end (File.name). */
export const LONGEST_FILE_ID = 40;

export interface NameParts {
  /** 8 characters of [a-z0-9], made once per state file. */
  readonly stateId: string;
  readonly batch: number;
  readonly attempt: number;
}

/** `files/bs1-k3v9q2ma-00081-9f86d081884c-a1`: the same batch, content and attempt give the same name. */
export function fileNameFor(parts: NameParts, input: InputFacts): string {
  const number = String(parts.batch).padStart(5, '0');
  const [start, end] = [`${NAME_PREFIX}-${parts.stateId}-${number}-`, `-a${parts.attempt}`];
  // Twelve digits of the hash, or fewer where long numbers leave less room.
  const room = Math.min(12, LONGEST_FILE_ID - start.length - end.length);
  return `files/${start}${input.sha256.slice(0, room)}${end}`;
}

/** Reads the mark back out of the name of an uploaded file; `undefined` when it is none of ours. */
export function readFileMark(fileName: string): NameParts | undefined {
  const match = /^files\/bs1-([a-z0-9]{8})-(\d{5,9})-[0-9a-f]{1,12}-a(\d{1,6})$/.exec(fileName);
  if (match === null || fileName.length > 'files/'.length + LONGEST_FILE_ID) return undefined;
  const [, stateId = '', batch, attempt] = match;
  return { stateId, batch: Number(batch), attempt: Number(attempt) };
}

/**
 * The mark that lets a lost job be found again: `bs1/<state>/<batch>/<16 hex of the content>/a<attempt>`.
 * A template of the user's stands before it: `refinement_batch_{batch}` gives
 * `refinement_batch_081 [bs1/…]`.
 */
export function displayNameFor(parts: NameParts, input: InputFacts, template: string | undefined): string {
  const mark = markText({ ...parts, content: input.sha256.slice(0, 16) });
  if (template === undefined || template === '') return mark;
  return `${template.replaceAll('{batch}', paddedBatch(parts.batch))} [${mark}]`;
}

/** `081`: how batch numbers look in the names of files that a person sees. */
export function paddedBatch(batch: number): string {
  return String(batch).padStart(3, '0');
}

export interface NameMark {
  readonly stateId: string;
  readonly batch: number;
  /** The first 16 hex digits of the content's SHA-256. */
  readonly content: string;
  readonly attempt: number;
}

/** True when both names carry the same mark: what a service does to the rest of a name is no matter. */
export function isSameMark(one: string | undefined, other: string): boolean {
  const mark = markIn(other);
  return mark !== undefined && markIn(one) === mark;
}

/** The mark alone, out of a display name; `undefined` when it has none. */
export function markIn(displayName: string | undefined): string | undefined {
  const mark = displayName === undefined ? undefined : readMark(displayName);
  return mark === undefined ? undefined : markText(mark);
}

/** The mark as it stands in a name. */
function markText({ stateId, batch, content, attempt }: NameMark): string {
  return [NAME_PREFIX, stateId, batch, content, `a${attempt}`].join('/');
}

/** Reads the mark back out of a display name; `undefined` when the job is not one of ours. */
export function readMark(displayName: string): NameMark | undefined {
  // It ends the name, so that nothing a user's own template says is taken for it.
  const match = /(?:^|\[)bs1\/([a-z0-9]{8})\/(\d{1,9})\/([0-9a-f]{16})\/a(\d{1,6})\]?$/.exec(displayName);
  if (match === null) return undefined;
  const [, stateId = '', batch, content = '', attempt] = match;
  return { stateId, batch: Number(batch), content, attempt: Number(attempt) };
}

/** Some answers put `models/` before the id. */
export function bareModel(model: string): string {
  return model.replace(/^models\//, '');
}

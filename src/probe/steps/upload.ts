import { createHash } from 'node:crypto';
import { isRecord } from '../../gemini/json-body.ts';
import { DEFAULT_MIME_TYPES } from '../../gemini/options.ts';
import type { Probe, ProbeFile } from '../probe.ts';
import { Unanswered } from '../question.ts';
import type { WireAnswer } from '../wire.ts';
import { describeAnswer } from './describe-answer.ts';

interface UploadPlan {
  readonly label: string;
  /** Makes the file's id. */
  readonly purpose: string;
  /** Requests in the file, default 1. */
  readonly lines?: number;
  /** Sent to the model in each of them, default a few letters. */
  readonly prompt?: string;
}

/** An upload as far as it went. `last` is the answer that decided it. */
export interface UploadOutcome {
  readonly at: 'start' | 'end';
  readonly last: WireAnswer;
  readonly file: ProbeFile | undefined;
}

/** Answers of so few tokens cost next to nothing, and models that think first end early. */
export const MOST_OUTPUT_TOKENS = 8;

/** Uploads a file or throws `Unanswered`. */
export async function uploadInput(probe: Probe, plan: UploadPlan): Promise<ProbeFile> {
  const outcome = await tryUpload(probe, plan);
  if (outcome.file !== undefined) return outcome.file;
  throw new Unanswered(`no file could be uploaded (${describeAnswer(outcome.last)})`);
}

/** Uploads a file under a name of ours, whatever comes of it. */
export async function tryUpload(probe: Probe, plan: UploadPlan): Promise<UploadOutcome> {
  for (const mimeType of DEFAULT_MIME_TYPES) {
    const outcome = await uploadAs(probe, plan, mimeType);
    if (outcome.file !== undefined || !/mime type/i.test(outcome.last.text)) return outcome;
  }
  throw new Unanswered('no file could be uploaded: the service takes none of the MIME types we know');
}

async function uploadAs(probe: Probe, plan: UploadPlan, mimeType: string): Promise<UploadOutcome> {
  const { label, purpose } = plan;
  const text = inputText(plan);
  const { start, sessionUrl } = await startUpload(probe, plan, {
    mimeType,
    sizeBytes: Buffer.byteLength(text),
  });
  if (sessionUrl === undefined) return { at: 'start', last: start, file: undefined };
  const last = await probe.wire({
    label: `${label}-end`,
    method: 'POST',
    to: sessionUrl,
    key: 'none',
    headers: { 'x-goog-upload-command': 'upload, finalize', 'x-goog-upload-offset': '0' },
    body: text,
  });
  probe.made.sessions.delete(sessionUrl.href);
  const resource = isRecord(last.json) && isRecord(last.json['file']) ? last.json['file'] : undefined;
  if (last.status !== 200 || resource === undefined) return { at: 'end', last, file: undefined };
  const name = `files/${probe.names.fileId(purpose)}`;
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { at: 'end', last, file: { name, resource, sha256, sessionUrl: sessionUrl.href } };
}

export interface StartedUpload {
  readonly start: WireAnswer;
  /** Undefined when the service gave none. */
  readonly sessionUrl: URL | undefined;
}

/** Opens an upload session, which is noted until it is over. */
export async function startUpload(
  { wire, names, made, baseUrl }: Probe,
  { label, purpose }: UploadPlan,
  { mimeType, sizeBytes }: { readonly mimeType: string; readonly sizeBytes: number },
): Promise<StartedUpload> {
  const name = `files/${names.fileId(purpose)}`;
  made.files.add(name);
  const start = await wire({
    label: `${label}-start`,
    method: 'POST',
    to: '/upload/v1beta/files',
    headers: {
      'x-goog-upload-protocol': 'resumable',
      'x-goog-upload-command': 'start',
      'x-goog-upload-header-content-length': String(sizeBytes),
      'x-goog-upload-header-content-type': mimeType,
    },
    body: JSON.stringify({ file: { name, displayName: names.displayName(purpose), mimeType } }),
  });
  const given = start.headers['x-goog-upload-url'];
  if (typeof given !== 'string' || !URL.canParse(given)) return { start, sessionUrl: undefined };
  const sessionUrl = new URL(given);
  if (sessionUrl.origin !== baseUrl.origin)
    throw new Unanswered('the upload session is on another server than the base URL; nothing was sent there');
  made.sessions.add(sessionUrl.href);
  return { start, sessionUrl };
}

function inputText({ lines = 1, prompt = 'Say A.' }: UploadPlan): string {
  const request = {
    contents: [{ parts: [{ text: prompt }] }],
    generationConfig: { maxOutputTokens: MOST_OUTPUT_TOKENS },
  };
  return Array.from(
    { length: lines },
    (_, index) => `${JSON.stringify({ key: `k${index}`, request })}\n`,
  ).join('');
}

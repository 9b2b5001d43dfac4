import type { Backend } from './backend.ts';
import { type Call, keyOf } from './call.ts';
import {
  absentFileReply,
  errorReply,
  malformedModelReply,
  payloadTooLargeReply,
  unknownModelReply,
} from './error-replies.ts';
import { readRequest } from './input-scan.ts';
import { type Job, JOB_OUTCOMES, type JobDraft, type JobInput, type JobOutcome } from './job.ts';
import { operationBody } from './job-body.ts';
import {
  arrayField,
  compact,
  field,
  isJsonObject,
  type JsonObject,
  objectField,
  parseJsonObject,
  stringField,
} from './json.ts';
import { PAYLOAD_LIMIT_BYTES } from './limits.ts';
import { findModel } from './models.ts';
import { promptOf } from './prompt-text.ts';
import { createQuotaReply } from './quota-replies.ts';
import { hashSeed } from './random.ts';
import { jsonReply, type Reply } from './reply.ts';
import { formatTimestamp } from './timestamps.ts';

const BEYOND_ASCII = /[^\x20-\x7e]/gu;

/** `batchGenerateContent` and `asyncBatchEmbedContent`. Not idempotent, as documented: each call makes a job. */
export async function createJob(backend: Backend, call: Call): Promise<Reply> {
  const text = await call.body.text(PAYLOAD_LIMIT_BYTES);
  if (text === undefined) return payloadTooLargeReply(PAYLOAD_LIMIT_BYTES);
  const isEmbed = call.route.verb === 'asyncBatchEmbedContent';
  const model = findModel(backend.settings.models, call.route.id);
  if (model === 'malformed')
    return malformedModelReply(isEmbed ? 'AsyncBatchEmbedContentRequest' : 'BatchGenerateContentRequest');
  if (model === undefined || model.takesEmbeddings !== isEmbed) {
    return unknownModelReply(call.route.version, call.route.id, isEmbed ? 'embedContent' : 'generateContent');
  }
  const batch = objectField(parseJsonObject(text) ?? {}, 'batch');
  if (batch === undefined)
    return errorReply(400, 'Invalid JSON payload received: the field "batch" is required.');

  const displayName = stringField(batch, 'displayName');
  const nameProblem = findNameProblem(backend, displayName);
  if (nameProblem !== undefined) return errorReply(400, nameProblem);
  const input = readInput(backend, call, objectField(batch, 'inputConfig') ?? {});
  if ('status' in input) return input;
  const priority = field(batch, 'priority');
  const job = planJob(backend, call, {
    kind: isEmbed ? 'embed' : 'generate',
    model: model.id,
    displayName: storedName(backend, displayName),
    input,
  });
  if (typeof priority === 'string' || typeof priority === 'number') job.priority = String(priority);

  // Nothing is awaited between this check and the commit, so parallel creates cannot share the last slot.
  const load = backend.jobs.load(job.model, call.now);
  if (load.jobs >= backend.settings.quotaJobs || load.tokens + job.tokens > backend.settings.quotaTokens) {
    return createQuotaReply();
  }
  backend.jobs.add(job);
  if (input.from === 'file') backend.files.retain(input.file);
  const body = operationBody(backend, job, Math.max(call.now, job.createdAt));
  return jsonReply(backend.settings.countsAtCreate ? body : withoutCounts(body));
}

function findNameProblem({ settings }: Backend, displayName: string = ''): string | undefined {
  const place = '* BatchGenerateContentRequest.batch.display_name:';
  if (displayName.length > settings.longestDisplayName) {
    return `${place} must be no more than ${settings.longestDisplayName} characters.\n`;
  }
  return settings.displayNameText === 'refused' && displayName.search(BEYOND_ASCII) !== -1
    ? `${place} holds characters that are not allowed.\n`
    : undefined;
}

function storedName({ settings }: Backend, displayName: string | undefined): string | undefined {
  return settings.displayNameText === 'changed' ? displayName?.replaceAll(BEYOND_ASCII, '?') : displayName;
}

function withoutCounts(operation: JsonObject): JsonObject {
  return {
    ...operation,
    metadata: compact({ ...objectField(operation, 'metadata'), batchStats: undefined }),
  };
}

function readInput(backend: Backend, call: Call, inputConfig: JsonObject): JobInput | Reply {
  const fileName = stringField(inputConfig, 'fileName');
  if (fileName !== undefined) return readFileInput(backend, call, fileName);
  const items = arrayField(objectField(inputConfig, 'requests') ?? {}, 'requests');
  if (items === undefined || items.length === 0 || !items.every(isJsonObject)) {
    return errorReply(
      400,
      '* BatchGenerateContentRequest.batch.input_config: one of file_name or requests is required.\n',
    );
  }
  return { from: 'inline', items };
}

function readFileInput({ files, settings }: Backend, call: Call, fileName: string): JobInput | Reply {
  const id = /^files\/(?<id>[a-z0-9-]{1,40})$/u.exec(fileName)?.groups?.['id'];
  if (id === undefined) {
    return errorReply(
      400,
      `* BatchGenerateContentRequest.batch.input_config.file_name: invalid file name "${fileName}".\n`,
    );
  }
  const isDeletedUsable = settings.deletedInput !== 'refused';
  const file = files.find(id, call.now) ?? (isDeletedUsable ? files.findDeleted(id) : undefined);
  if (file !== undefined && call.fault?.kind === 'file_expired') files.expire(file, call.now);
  if (file === undefined || call.fault?.kind === 'file_expired') {
    return absentFileReply(id, settings.absentFileStatus);
  }
  if (file.activeAt > call.now) {
    return errorReply(400, `The File ${id} is not in an ACTIVE state and usage is not allowed.`, {
      status: 'FAILED_PRECONDITION',
    });
  }
  return { from: 'file', file };
}

interface JobRequest {
  readonly kind: Job['kind'];
  readonly model: string;
  readonly displayName: string | undefined;
  readonly input: JobInput;
}

function planJob(
  { settings, jobs, random, files, ledger }: Backend,
  call: Call,
  { kind, model, displayName, input }: JobRequest,
): Job {
  const { fault } = call;
  const number = jobs.history().length + 1;
  const seed = hashSeed(settings.seed, 'job', number);
  const createdAt = call.now + (fault?.kind === 'delayed_commit' ? (fault.delayMs ?? 0) : 0);
  const facts = inputFacts(input);
  const { promptLength, ...jobFacts } = facts;
  const draft: JobDraft = {
    number,
    kind,
    model,
    displayName,
    inputFile: input.from === 'file' ? `files/${input.file.id}` : undefined,
    requestCount: facts.requestCount,
  };
  const lacksInput =
    settings.deletedInput === 'job_fails' &&
    input.from === 'file' &&
    files.find(input.file.id, call.now) !== input.file;
  const outcome =
    (fault?.kind === 'job_outcome' ? fault.outcome : undefined) ??
    settings.outcome?.(draft) ??
    outcomeInName(displayName) ??
    (lacksInput ? 'failed' : 'succeeded');
  const { min, max } =
    typeof settings.jobTimeMs === 'number'
      ? { min: settings.jobTimeMs, max: settings.jobTimeMs }
      : settings.jobTimeMs;
  const durationMs = random.jobTimes.integer(min, max);
  const pendingMs = Math.floor((durationMs * random.jobTimes.integer(10, 50)) / 100);
  return {
    ...draft,
    ...jobFacts,
    id: random.jobIds.id(36),
    input,
    // What the answers will say of their prompts, so that both are the same tokens (inferred).
    tokens: Math.ceil(promptLength / settings.charactersPerToken),
    seed,
    createdAt,
    createTime: formatTimestamp(createdAt, 9, random.timestamps),
    startAt: outcome === 'stuck' ? Number.POSITIVE_INFINITY : createdAt + pendingMs,
    endAt:
      outcome === 'stuck' || outcome === 'stuck_running' ? Number.POSITIVE_INFINITY : createdAt + durationMs,
    expiresAt: createdAt + settings.jobTtlMs,
    outcome,
    owner: ledger.hashKey(keyOf(call)),
    damage: (fault?.kind === 'damage' ? fault.damage : undefined) ?? settings.damage,
  };
}

type InputFacts = Pick<Job, 'requestCount' | 'unusable' | 'inputProblem' | 'inputBytes'> & {
  readonly promptLength: number;
};

function inputFacts(input: JobInput): InputFacts {
  if (input.from === 'file') {
    const { requestCount, unusable, problem, promptLength } = input.file.scan;
    return {
      requestCount,
      unusable,
      inputProblem: problem,
      inputBytes: input.file.sizeBytes,
      promptLength: problem === undefined ? promptLength : input.file.sizeBytes,
    };
  }
  const unusable = input.items.flatMap((item, index) => (readRequest(item) === undefined ? [index] : []));
  return {
    requestCount: input.items.length,
    unusable: new Set(unusable),
    inputProblem: undefined,
    inputBytes: Buffer.byteLength(JSON.stringify(input.items)),
    promptLength: input.items.reduce((sum, item) => sum + promptOf(readRequest(item) ?? {}).length, 0),
  };
}

/** `emulate=expired` anywhere in a display name scripts the end of that job. */
function outcomeInName(displayName: string | undefined): JobOutcome | undefined {
  const wanted = /\bemulate=(?<outcome>[a-z_]+)/u.exec(displayName ?? '')?.groups?.['outcome'];
  return JOB_OUTCOMES.find((outcome) => outcome === wanted);
}

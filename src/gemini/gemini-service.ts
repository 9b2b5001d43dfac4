import { BatchSubmitError } from '../model/errors.ts';
import type { BatchService } from '../model/service.ts';
import { parseBaseUrl } from './base-url.ts';
import type { GeminiContext } from './context.ts';
import { downloadFile } from './download.ts';
import { embedTexts } from './embed-texts.ts';
import { deleteFile, getFile, listFiles } from './files.ts';
import { createTransport } from './http-exchange.ts';
import { saveInlineResults } from './inline-results.ts';
import { cancelJob, createJob, deleteJob, getJob, getJobBody, listJobs } from './jobs.ts';
import { createMimePreference } from './mime-preference.ts';
import { checkModel } from './models.ts';
import { DEFAULT_DEADLINES, DEFAULT_MIME_TYPES, type GeminiOptions } from './options.ts';
import { createScrubber } from './scrub.ts';
import { createSdkLoader } from './sdk.ts';
import { createServiceClock } from './service-clock.ts';
import { uploadFile } from './upload.ts';
import { readJob } from './wire-job.ts';

/**
 * The Gemini Developer API as a batch service. JSON calls are built by @google/genai, which is loaded
 * at the first call; uploads and downloads are streamed by this room itself. Nothing is read from the
 * environment and nothing is printed.
 * @throws {BatchSubmitError} E_CONFIG for a base URL that is not https (or loopback), E_KEY_REFUSED for a
 * key that no header can carry
 */
export function createGeminiService(options: GeminiOptions): BatchService {
  const apiKey = options.apiKey.trim();
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new BatchSubmitError(
      'E_KEY_REFUSED',
      'Cannot use the API key: it is empty or holds characters no key has',
      {
        hint: 'copy the key again from https://aistudio.google.com/apikey',
      },
    );
  }
  const baseUrl = parseBaseUrl(options.baseUrl);
  const serviceClock = createServiceClock();
  const deadlines = { ...DEFAULT_DEADLINES, ...options.deadlines };
  const context: GeminiContext = {
    apiKey,
    baseUrl,
    userAgent: options.userAgent,
    transport: createTransport(deadlines, options.onRequest, serviceClock),
    loadSdk: createSdkLoader(apiKey, baseUrl),
    clean: createScrubber(apiKey),
    // A date in an answer is the service's, so it is compared with the service's time.
    now: () => serviceClock.now()?.getTime() ?? Date.now(),
  };
  const mimes = createMimePreference(options.mimeTypes ?? DEFAULT_MIME_TYPES);
  return {
    now: () => serviceClock.now(),
    checkModel: (model, signal) => checkModel(context, model, signal),
    uploadFile: (request, signal) => uploadFile(context, mimes, request, signal),
    getFile: (name, signal) => getFile(context, name, signal),
    listFiles: (pageToken, signal) => listFiles(context, pageToken, signal),
    deleteFile: (name, signal) => deleteFile(context, name, signal),
    createJob: (request) => createJob(context, request),
    getJob: (name, signal) => getJob(context, name, signal),
    listJobs: (pageToken, signal) => listJobs(context, pageToken, signal),
    cancelJob: (name, signal) => cancelJob(context, name, signal),
    deleteJob: (name, signal) => deleteJob(context, name, signal),
    embedTexts: (request, signal) => embedTexts(context, request, signal),
    downloadResult: async (jobName, results, toPath, signal) => {
      if (results.kind === 'file') return await downloadFile(context, results.name, toPath, signal);
      const job = await getJobBody(context, jobName, signal);
      if (!job.ok) return job;
      // Who only knew of an MCP server's word for the results could not tell that they are in a file.
      const place = readJob(job.value, context.clean)?.results;
      return place?.kind === 'file'
        ? await downloadFile(context, place.name, toPath, signal)
        : await saveInlineResults(context, job.value, toPath);
    },
  };
}

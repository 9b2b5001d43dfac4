import type { Handler } from './call.ts';
import { download } from './download.ts';
import { embed } from './embed-handlers.ts';
import type { Endpoint } from './fault-rule.ts';
import { deleteFile, getFile, listFiles } from './file-handlers.ts';
import { createJob } from './job-create.ts';
import { cancelJob, deleteJob, getJob, listJobs, updateJob } from './job-handlers.ts';
import { generateContent, getModel, listModels } from './models.ts';
import { htmlReply } from './reply.ts';
import { cancelUpload, queryUpload, startUpload, uploadBytes } from './upload-handlers.ts';

export const HANDLERS: Readonly<Record<Endpoint, Handler>> = {
  'upload.start': startUpload,
  'upload.bytes': uploadBytes,
  'upload.query': queryUpload,
  'upload.cancel': cancelUpload,
  'files.get': getFile,
  'files.list': listFiles,
  'files.delete': deleteFile,
  'models.get': getModel,
  'models.list': listModels,
  'models.generate': generateContent,
  'models.embed': embed,
  'batches.create': createJob,
  'batches.get': getJob,
  'batches.list': listJobs,
  'batches.cancel': cancelJob,
  'batches.delete': deleteJob,
  'batches.update': updateJob,
  download,
  async unknown(_backend, call) {
    await call.body.drain();
    return htmlReply(404, 'Error 404 (Not Found)');
  },
};

/** Ids are letters, digits, dash and underscore, so a name can never leave its place in a URL path. */
const JOB_NAME = /^batches\/[A-Za-z0-9_-]{1,128}$/;
const FILE_NAME = /^files\/[A-Za-z0-9_-]{1,128}$/;
const MODEL_NAME = /^(?:(?:models|tunedModels)\/)?[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/;

export function isJobName(name: string): boolean {
  return JOB_NAME.test(name);
}

export function isFileName(name: string): boolean {
  return FILE_NAME.test(name);
}

export function isModelName(name: string): boolean {
  return MODEL_NAME.test(name) && !name.includes('..');
}

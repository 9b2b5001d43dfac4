export { DOCUMENTS } from './documents.ts';
export { jsonSchemaOf } from './json-schema.ts';

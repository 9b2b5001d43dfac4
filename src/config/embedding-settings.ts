import { EVERYWHERE, type Setting } from './setting.ts';

/** Which vectors the texts of records are turned into. */
export const EMBEDDING_SETTINGS: readonly Setting[] = [
  {
    name: 'embedding-model',
    section: 'Jobs and quota',
    kind: 'string',
    fallback: 'gemini-embedding-001',
    placeholder: '<id>',
    description: 'model that turns the texts of records into vectors',
    groups: ['embedding'],
    sources: EVERYWHERE,
  },
  {
    name: 'task-type',
    section: 'Jobs and quota',
    kind: 'string',
    fallback: undefined,
    placeholder: '<type>',
    example: 'SEMANTIC_SIMILARITY',
    description:
      'what the vectors are for, or none (default: SEMANTIC_SIMILARITY, and none for gemini-embedding-2, which takes none)',
    groups: ['embedding'],
    sources: EVERYWHERE,
  },
  {
    name: 'dimensions',
    section: 'Jobs and quota',
    kind: 'count',
    fallback: '768',
    placeholder: '<n>',
    description: 'numbers in a vector; 768, 1536 and 3072 are recommended',
    groups: ['embedding'],
    sources: EVERYWHERE,
    least: 1,
    most: 12_288,
  },
];

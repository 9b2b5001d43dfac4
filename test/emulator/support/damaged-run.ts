import type { DamagedLine, EmulatorOptions } from '../../../src/emulator/index.ts';
import type { Body } from './api-client.ts';
import { startTestBed } from './emulator.ts';

/** In Google's form: types in capitals, int64 as text. */
export const PAIR_SCHEMA: Body = {
  type: 'OBJECT',
  properties: {
    answer: { type: 'STRING' },
    score: { type: 'INTEGER', minimum: 1, maximum: 5 },
    mood: { type: 'STRING', enum: ['calm', 'cross'] },
    tags: { type: 'ARRAY', items: { type: 'STRING' }, minItems: '2' },
  },
  required: ['answer', 'score'],
};

export type Form = 'text' | 'json' | 'schema';

const CONFIGS: Readonly<Record<Form, Body>> = {
  text: {},
  json: { responseMimeType: 'application/json' },
  schema: { responseMimeType: 'application/json', responseSchema: PAIR_SCHEMA },
};

/** Lines with the keys k0, k1, …, all of one form. */
export function linesOf(form: Form, count: number): string {
  return Array.from({ length: count }, (_, index) => {
    const contents = [{ parts: [{ text: `What is indicator ${index}?` }] }];
    return `${JSON.stringify({ key: `k${index}`, request: { contents, generationConfig: CONFIGS[form] } })}\n`;
  }).join('');
}

export interface DamagedRun {
  /** The lines of the results file as text. */
  readonly raw: readonly string[];
  readonly stats: Body;
  readonly truth: readonly DamagedLine[];
  readonly job: string;
  readonly inputFile: string;
}

/** One job over `input`, with its results fetched. */
export async function runDamaged(input: string, options: EmulatorOptions): Promise<DamagedRun> {
  const { api, clock, emulator } = await startTestBed(options);
  const inputFile: string = (await api.upload(input)).name;
  const { name } = (await api.create(inputFile, 'spoilt')).body;
  clock.advance(10_000);
  const job = await api.job(name);
  const { text } = await api.call(`/download/v1beta/${job.response.responsesFile}:download?alt=media`);
  return {
    raw: text.split('\n').filter((line) => line !== ''),
    stats: job.metadata.batchStats,
    truth: emulator.damaged(),
    job: name,
    inputFile,
  };
}

/** The text of the first candidate, `undefined` when there is none. */
export function textIn(line: Body): string | undefined {
  return line.response?.candidates?.[0]?.content?.parts?.[0]?.text;
}

export function isJson(text: string | undefined): boolean {
  try {
    JSON.parse(text ?? '');
    return true;
  } catch {
    return false;
  }
}

import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { paddedBatch } from '../model/names.ts';

export interface MakeBatchesOptions {
  readonly directory: string;
  readonly batches: number;
  readonly seed: number;
}

/** Question-answer pairs in each request, as in real refinement batches. */
const PAIRS = 100;
const SMALLEST_BYTES = 185_000;
const LARGEST_BYTES = 407_000;

/** Texts as they come from real exports: CRLF inside strings, accents, symbols, other scripts. */
const PHRASES: readonly string[] = [
  'The relative strength index compares average gains with average losses over fourteen periods.',
  'A reading above 70 is often called overbought; that alone is no reason to sell.\r\nTrends can stay there for weeks.',
  'Élévation de la volatilité: les bandes s’écartent, puis se resserrent.',
  '移動平均線は過去の価格から計算されるため、遅れて反応します。',
  'Schlusskurs über dem gleitenden Durchschnitt – «Ausbruch» – bei steigendem Volumen (≥ 1,5 ×).',
  'Объём подтверждает движение цены; без него пробой часто ложный.\r\n\tСм. сессию 7.',
  'Divergence 📈: price makes a new high while the oscillator does not.',
  'Set the stop below the last swing low, "not" at a round number \\ where everybody has one.',
];

/** A pair without its answer, and half of the phrase by which an answer overshoots. */
const PAIR_FRAME_BYTES = 190;

/**
 * Writes numbered batch files of the shape people really have: one line each, no `key`, no final
 * newline, 180 to 410 KB, CRLF inside the strings, text that is not ASCII.
 * @returns the size of all files, in bytes
 */
export async function makeBatches({ directory, batches, seed }: MakeBatchesOptions): Promise<number> {
  await mkdir(directory, { recursive: true });
  let total = 0;
  for (let batch = 1; batch <= batches; batch += 1) {
    const line = requestLine(batch, randomFrom(seed * 100_003 + batch));
    const file = await open(join(directory, `batch_${paddedBatch(batch)}_proper.jsonl`), 'wx', 0o600);
    try {
      await file.writeFile(line);
    } finally {
      await file.close();
    }
    total += Buffer.byteLength(line);
  }
  return total;
}

function requestLine(batch: number, random: () => number): string {
  const targetBytes = SMALLEST_BYTES + random() * (LARGEST_BYTES - SMALLEST_BYTES);
  const pairBytes = (targetBytes - 500) / PAIRS;
  const pairs: string[] = [];
  for (let number = 1; number <= PAIRS; number += 1) {
    const id = (batch - 1) * PAIRS + number;
    const answer: string[] = [];
    for (let bytes = PAIR_FRAME_BYTES; bytes < pairBytes;) {
      const phrase = pick(random);
      answer.push(phrase);
      bytes += writtenBytes(phrase) + 1;
    }
    pairs.push(`Pair ${id}\r\nQ: ${PHRASES[number % PHRASES.length]}\r\nA: ${answer.join(' ')}`);
  }
  const prompt = [
    `Refine these ${PAIRS} question-answer pairs. Answer with a JSON array of`,
    'objects {"pair_id", "refined_question", "refined_answer", "quality_score", "improvements_made"}.\r\n',
    ...pairs,
  ].join('\r\n');
  return JSON.stringify({
    request: {
      contents: [{ role: 'user', parts: [{ text: prompt }] }],
      generationConfig: { temperature: 0.3, responseMimeType: 'application/json' },
    },
  });
}

/** Size as it will stand in the file, where escapes make text longer. */
function writtenBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

function pick(random: () => number): string {
  return PHRASES[Math.floor(random() * PHRASES.length)] ?? '';
}

/** mulberry32: small, fast and good enough to make the same files from the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

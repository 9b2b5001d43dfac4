import { isJsonObject, type JsonObject } from './json.ts';

/** One question with its answer, as found in a prompt. */
export interface QaPair {
  readonly id: string | number;
  readonly question: string;
  readonly answer: string;
}

/** Finds the question-answer pairs of a prompt, whether they are a JSON array or labelled lines. */
export function findQaPairs(text: string): readonly QaPair[] {
  const fromJson = pairsInJson(text);
  return fromJson.length > 0 ? fromJson : pairsInLines(text);
}

function pairsInJson(text: string): readonly QaPair[] {
  const end = text.lastIndexOf(']');
  for (let start = text.indexOf('['), tries = 0; start !== -1 && start < end && tries < 20; tries += 1) {
    const pairs = readPairArray(text.slice(start, end + 1));
    if (pairs.length > 0) return pairs;
    start = text.indexOf('[', start + 1);
  }
  return [];
}

function readPairArray(json: string): readonly QaPair[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.filter(isJsonObject).flatMap((item, index) => {
    const question = item['question'] ?? item['q'];
    const answer = item['answer'] ?? item['a'];
    return typeof question === 'string' && typeof answer === 'string'
      ? [{ id: readId(item) ?? index + 1, question, answer }]
      : [];
  });
}

function readId(item: JsonObject): string | number | undefined {
  const id =
    item['pair_id'] ?? item['pairId'] ?? item['qa_id'] ?? item['id'] ?? item['pair_number'] ?? item['number'];
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

// Letters that introduce a list mark, a heading or emphasis carry no meaning here.
const DECORATION = /^[\s>*#_\-•]+/u;
const PAIR_HEADING = /^(?:qa[ _-]?)?pair(?:[ _-]?id)?\s*[#:№]?\s*(?<id>[\w-]+)?/iu;
const LABEL =
  /^(?:(?<before>\d+)\s*[.):\]-]?\s*)?(?:\*\*)?(?<label>question|answer|q|a)(?:\s*#?\s*(?<after>\d+))?(?:\*\*)?\s*[:.)]\s*(?:\*\*)?\s*(?<text>.*)$/iu;

function pairsInLines(text: string): readonly QaPair[] {
  const pairs: { id: string | number; question: string; answer: string }[] = [];
  let headingId: string | undefined;
  let section: 'question' | 'answer' | undefined;

  for (const rawLine of text.split(/\r?\n/u)) {
    const line = rawLine.replace(DECORATION, '').trim();
    const label = LABEL.exec(line)?.groups;
    const current = pairs.at(-1);
    if (label?.['label']?.toLowerCase().startsWith('q') === true) {
      const id = headingId ?? label['before'] ?? label['after'] ?? String(pairs.length + 1);
      pairs.push({ id: /^\d+$/u.test(id) ? Number(id) : id, question: label['text'] ?? '', answer: '' });
      headingId = undefined;
      section = 'question';
    } else if (label !== undefined && current !== undefined) {
      current.answer = label['text'] ?? '';
      section = 'answer';
    } else if (PAIR_HEADING.test(line)) {
      headingId = PAIR_HEADING.exec(line)?.groups?.['id'];
      section = undefined;
    } else if (section !== undefined && current !== undefined && line !== '') {
      current[section] = `${current[section]} ${line}`.trim();
    }
  }
  return pairs.filter((pair) => pair.question !== '' && pair.answer !== '');
}

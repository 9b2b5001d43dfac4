/** How a model may put its records down. `cut` and `refusal` leave something out, and say so. */
export const SHAPES = [
  'bare',
  'fenced',
  'prose',
  'several',
  'wrapped',
  'dictionary',
  'lines',
  'quoted',
  'line breaks',
  'cut',
  'refusal',
] as const;

export type Shape = (typeof SHAPES)[number];

/** One answer as a model would write it. */
export interface WrittenAnswer {
  readonly text: string;
  readonly finishReason: 'STOP' | 'MAX_TOKENS';
  /** How many of the items are whole in the text. */
  readonly whole: number;
}

/** Writes records in one of the shapes. */
export function writeAnswer(items: readonly object[], shape: Shape): WrittenAnswer {
  const list = JSON.stringify(items, undefined, 1);
  const all = { finishReason: 'STOP', whole: items.length } as const;
  const half = Math.floor(items.length / 2);
  switch (shape) {
    case 'bare':
      return { ...all, text: list };
    case 'fenced':
      return { ...all, text: `\`\`\`json\n${list}\n\`\`\`\n` };
    case 'prose':
      return {
        ...all,
        text: `Here are the [refined] pairs {as asked}:\n\n${list}\n\nAll of them [${items.length}] are done.`,
      };
    case 'several':
      return {
        ...all,
        text: `**Part 1**\n\`\`\`json\n${JSON.stringify(items.slice(0, half))}\n\`\`\`\n**Part 2**\n\`\`\`json\n${JSON.stringify(items.slice(half))}\n\`\`\``,
      };
    case 'wrapped':
      return { ...all, text: JSON.stringify({ status: 'ok', data: { pairs: items }, count: items.length }) };
    case 'dictionary':
      return {
        ...all,
        text: JSON.stringify(Object.fromEntries(items.map((item, index) => [`pair ${index + 1}`, item]))),
      };
    case 'lines':
      return { ...all, text: items.map((item) => JSON.stringify(item)).join('\n') };
    case 'quoted':
      return { ...all, text: JSON.stringify(JSON.stringify(items)) };
    case 'line breaks':
      return { ...all, text: `${list.replaceAll(String.raw`\n`, '\n').slice(0, -2)},\n]` };
    case 'cut': {
      const text = list.slice(0, Math.floor(list.length * 0.6));
      const written = items.filter((item) =>
        text.includes(JSON.stringify([item], undefined, 1).slice(2, -2)),
      );
      return { text, finishReason: 'MAX_TOKENS', whole: written.length };
    }
    case 'refusal':
      return { text: 'I am sorry, but I cannot put this into JSON.', finishReason: 'STOP', whole: 0 };
  }
}

/** A GenerateContentResponse with this text. */
export function responseOf({
  text,
  finishReason,
}: Pick<WrittenAnswer, 'text' | 'finishReason'>): Record<string, unknown> {
  return {
    candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason, index: 0 }],
    usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 200, totalTokenCount: 300 },
  };
}

import { BatchSubmitError } from '../../model/errors.ts';
import { MOST_EMBEDDED_AT_ONCE } from '../../model/service.ts';
import { stopFor } from '../../model/stop.ts';
import { toUnitVector } from '../../model/vector.ts';
import type { RecordText } from '../../refine/embed/texts-of-records.ts';
import type { Vectors } from '../../refine/vectors.ts';
import type { Desk } from '../desk.ts';

/** More are a batch: at half the price, and without the limit on requests a minute. */
const MOST_INLINE = 1000;

/** @throws {BatchSubmitError} `E_USAGE` */
export function refuseManyInline(count: number): void {
  if (count <= MOST_INLINE) return;
  throw new BatchSubmitError(
    'E_USAGE',
    `Cannot embed inline: more than ${MOST_INLINE} texts have no vector yet`,
    { hint: 'leave `--inline` out: a batch costs half of it' },
  );
}

/**
 * Asks for vectors at once, and saves those of each call before the next. A call that is repeated is paid for twice,
 * and no more than `MOST_EMBEDDED_AT_ONCE` texts are ever in one.
 * @throws {BatchSubmitError} what stops the asking; vectors that came before it are saved
 */
export async function embedInline(desk: Desk, vectors: Vectors, texts: readonly RecordText[]): Promise<void> {
  const { model, taskType, dimensions } = vectors.space;
  const service = await desk.service();
  try {
    for (let from = 0; from < texts.length; from += MOST_EMBEDDED_AT_ONCE) {
      desk.signal.throwIfAborted();
      const some = texts.slice(from, from + MOST_EMBEDDED_AT_ONCE);
      const request = { model, taskType, dimensions, texts: some.map(({ text }) => text) };
      const answer = await service.embedTexts?.(request, desk.signal);
      if (answer === undefined) throw new Error('the service embeds nothing inline');
      if (!answer.ok) throw stopFor(answer.failure, 'embed the texts');
      await vectors.add(
        some.map(({ name }, index) => ({ name, values: toUnitVector(answer.value[index] ?? []) })),
      );
    }
  } finally {
    await service.close?.();
  }
}

import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { fileOf, inputOf, type BatchRecord } from '../../model/batch-record.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { isFileUsable } from '../../model/plan.ts';
import { recordOf } from '../../model/submission-state.ts';
import { tool, type Tool, type ToolResult } from '../tool.ts';
import { chooseFile } from './choose-file.ts';
import type { CompatParts } from './parts.ts';
import { placeFile } from './place-input.ts';
import { send } from './send.ts';

const anything = z.record(z.string(), z.unknown());

/** What a file of requests may be called; the service is told what it takes. */
const MIME_TYPES: readonly string[] = [
  'application/jsonl',
  'application/json',
  'application/x-ndjson',
  'application/octet-stream',
  'text/plain',
  'jsonl',
];

export function uploadFileTool(parts: CompatParts): Tool {
  return tool({
    name: 'upload_file',
    description:
      'Upload a .jsonl file of batch requests. The same content gives the same fileUri, without another upload.',
    annotations: { destructiveHint: false, idempotentHint: true },
    failure: 'Error uploading file',
    input: z.strictObject({
      filePath: z.string().describe('Absolute'),
      displayName: z.string().max(200).optional(),
      mimeType: z.string().optional(),
    }),
    output: anything,
    run: async ({ filePath, displayName, mimeType = MIME_TYPES[0] ?? '' }, call) => {
      if (!MIME_TYPES.includes(mimeType)) {
        throw new BatchSubmitError(
          'E_USAGE',
          `Cannot upload as "${mimeType}": batch requests are JSON Lines`,
          {
            hint: 'leave mimeType out, or give application/jsonl',
          },
        );
      }
      return await parts.inTurn('upload_file', call, async () => {
        await parts.box.confine();
        const real = await chooseFile(filePath, parts, await parts.settings());
        const placed = await placeFile(real, parts);
        const { batch } = placed;
        let record = recordOf(await parts.state(), batch);
        if (!isThere(record, placed.sha256, parts.box.now())) {
          await send('upload_file', parts, placed, call, { flags: { 'upload-only': true } });
          record = recordOf(await parts.state(), batch);
        }
        if (record.status === 'failed' && fileOf(record) === undefined)
          throw new BatchSubmitError(
            'E_INPUT',
            `Cannot upload the file: ${record.reason}: ${record.detail}`,
            {
              hint: 'correct the file, and call upload_file again',
            },
          );
        return {
          message: `File uploaded as batch ${batch}`,
          ...(await fileView(record, real)),
          displayName: displayName ?? basename(filePath),
          mimeType,
        };
      });
    },
  });
}

/** True when uploading once more would bring nothing: a job has the file, or will have it. */
function isThere(record: BatchRecord, sha256: string, now: Date): boolean {
  if (inputOf(record)?.sha256 !== sha256 || fileOf(record) === undefined) return false;
  return record.status !== 'uploaded' || isFileUsable(fileOf(record)?.expiresAt, now);
}

async function fileView(record: BatchRecord, real: string): Promise<ToolResult> {
  const file = fileOf(record);
  if (file === undefined)
    throw new BatchSubmitError('E_UNREACHABLE', 'Cannot upload the file: the upload did not end', {
      hint: 'call upload_file again; it goes on where it stopped',
    });
  const { uri, expiresAt, sizeBytes = (await stat(real)).size } = file;
  return { fileUri: uri, sizeBytes: String(sizeBytes), state: 'ACTIVE', expirationTime: expiresAt ?? null };
}

import { errorReply } from './error-replies.ts';
import type { JsonObject } from './json.ts';
import type { Reply } from './reply.ts';

const QUOTA_MESSAGE =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. ';

const HELP: JsonObject = {
  '@type': 'type.googleapis.com/google.rpc.Help',
  links: [
    {
      description: 'Learn more about Gemini API quotas',
      url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    },
  ],
};

/** The 429 of a refused create carries a Help link and nothing that says when to come back (observed). */
export function createQuotaReply(): Reply {
  return errorReply(429, QUOTA_MESSAGE, { details: [HELP] });
}

/** The 429 of interactive calls: QuotaFailure, Help and RetryInfo. `retryDelay` is a duration such as "26s". */
export function retryInfoReply(retryDelay: string, model: string = 'gemini-2.5-flash'): Reply {
  const metric = 'generativelanguage.googleapis.com/generate_content_paid_tier_requests';
  return errorReply(
    429,
    `${QUOTA_MESSAGE}\n* Quota exceeded for metric: ${metric}, limit: 10, model: ${model}\nPlease retry in ${retryDelay}.`,
    {
      details: [
        quotaFailure(metric, 'GenerateRequestsPerMinutePerProjectPerModel', '10', {
          location: 'global',
          model,
        }),
        HELP,
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
      ],
    },
  );
}

/** A project without any quota for the model: `limit: 0`, although a retry is suggested (observed). */
export function zeroQuotaReply(model: string = 'gemini-2.5-pro'): Reply {
  const metric = 'generativelanguage.googleapis.com/generate_content_free_tier_requests';
  return errorReply(
    429,
    `${QUOTA_MESSAGE}\n* Quota exceeded for metric: ${metric}, limit: 0, model: ${model}\nPlease retry in 25.4s.`,
    {
      details: [
        quotaFailure(metric, 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', '0', {
          location: 'global',
          model,
        }),
        HELP,
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '25.4s' },
      ],
    },
  );
}

/** Storage is full. The retry delay is the largest 64-bit number (observed): not a time to wait. */
export function storageFullReply(limitBytes: number): Reply {
  return errorReply(
    429,
    `${QUOTA_MESSAGE}\n* Quota exceeded for metric: generativelanguage.googleapis.com/file_storage_bytes, limit: ${limitBytes}`,
    {
      details: [
        quotaFailure(
          'generativelanguage.googleapis.com/file_storage_bytes',
          'FileStorageBytesPerProject',
          String(limitBytes),
        ),
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '9223372036854775807s' },
      ],
    },
  );
}

function quotaFailure(
  quotaMetric: string,
  quotaId: string,
  quotaValue: string,
  quotaDimensions?: JsonObject,
): JsonObject {
  const violation = {
    quotaMetric,
    quotaId,
    ...(quotaDimensions === undefined ? {} : { quotaDimensions }),
    quotaValue,
  };
  return { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [violation] };
}

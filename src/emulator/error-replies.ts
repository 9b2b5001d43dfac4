import { type JsonObject } from './json.ts';
import { jsonReply, type Reply } from './reply.ts';

const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  412: 'FAILED_PRECONDITION',
  416: 'OUT_OF_RANGE',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

const STATUS_MESSAGES: Readonly<Record<number, string>> = {
  401: 'Request had invalid authentication credentials.',
  403: "Your API key doesn't have the required permissions.",
  404: 'Requested entity was not found.',
  429: 'Resource has been exhausted (e.g. check quota).',
  500: 'An internal error has occurred. Please retry.',
  503: 'The model is overloaded. Please try again later.',
  504: 'Deadline expired before operation could complete.',
};

/** A google-shaped error: `{"error": {code, message, status, details?}}`. */
export function errorReply(
  code: number,
  message: string = STATUS_MESSAGES[code] ?? `The request failed with HTTP status ${code}.`,
  extra: { readonly status?: string; readonly details?: readonly JsonObject[] } = {},
): Reply {
  const status = extra.status ?? STATUS_NAMES[code] ?? 'UNKNOWN';
  const error = { code, message, status, ...(extra.details === undefined ? {} : { details: extra.details }) };
  return jsonReply({ error }, code);
}

/** A wrong key is 400, not 401 (recorded). */
export function invalidKeyReply(): Reply {
  const message = 'API key not valid. Please pass a valid API key.';
  return errorReply(400, message, {
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
        metadata: { service: 'generativelanguage.googleapis.com' },
      },
      { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message },
    ],
  });
}

/** Inferred: the wording Google's front ends use for calls without any credential. */
export function missingKeyReply(): Reply {
  return errorReply(
    403,
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  );
}

export function unknownModelReply(version: string, model: string, method: string): Reply {
  return errorReply(
    404,
    `models/${model} is not found for API version ${version}, or is not supported for ${method}. Call ModelService.ListModels to see the list of available models and their supported methods.`,
  );
}

export function malformedModelReply(requestType: string): Reply {
  return errorReply(400, `* ${requestType}.model: unexpected model name format\n`);
}

/** Absent, expired, deleted and foreign files look the same: 403 (observed). */
function fileForbiddenReply(id: string): Reply {
  return errorReply(403, `You do not have permission to access the File ${id} or it may not exist.`);
}

/** `status` is what the service is taken to say; the words of 400 and 404 are inferred. */
export function absentFileReply(id: string, status: 400 | 403 | 404): Reply {
  if (status === 403) return fileForbiddenReply(id);
  return status === 404 ? errorReply(404) : errorReply(400, `The File ${id} does not exist.`);
}

export function fileNameTooLongReply(requestType: string): Reply {
  return errorReply(
    400,
    `* ${requestType}.name: File ID (name excluding 'files/') cannot be more than 40 characters.\n`,
  );
}

export function malformedFileNameReply(): Reply {
  return errorReply(
    400,
    '* CreateFileRequest.file.name: File name may only contain lowercase alphanumeric characters or dashes (-) and cannot begin or end with a dash.\n',
  );
}

export function payloadTooLargeReply(limitBytes: number): Reply {
  return errorReply(400, `Request payload size exceeds the limit: ${limitBytes} bytes.`);
}

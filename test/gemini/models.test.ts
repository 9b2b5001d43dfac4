import { describe, expect, test } from 'vitest';
import { noSignal, scripted, serviceAt } from './fixtures.ts';
import { googleError, reply } from './scripted-server.ts';

describe('checkModel()', () => {
  test.for([
    [200, { name: 'models/x' }, 'ok'],
    [404, googleError(404, 'NOT_FOUND', 'models/x is not found for API version v1beta'), 'model_unknown'],
    [404, googleError(404, 'NOT_FOUND', 'Not found.'), 'ok'],
    [404, '<html>nginx</html>', 'ok'],
    [404, '', 'ok'],
    [
      400,
      googleError(400, 'INVALID_ARGUMENT', 'API key not valid.', [{ reason: 'API_KEY_INVALID' }]),
      'key_refused',
    ],
    [403, googleError(403, 'PERMISSION_DENIED', 'The caller does not have permission'), 'key_refused'],
    [401, googleError(401, 'UNAUTHENTICATED', 'x'), 'key_refused'],
    [429, googleError(429, 'RESOURCE_EXHAUSTED', 'x'), 'rate_limited'],
    [503, 'busy', 'unavailable'],
    [200, '<html>', 'unavailable'],
    [302, '', 'unavailable'],
  ] as const)('answers %i %j with %s', async ([status, body, expected]) => {
    const server = await scripted((_, response) => reply(response, status, body));
    const checked = await serviceAt(server.url).checkModel('x', noSignal);
    expect(checked.ok ? 'ok' : checked.failure.kind).toBe(expected);
    expect(server.seen[0]).toMatchObject({ method: 'GET', path: '/v1beta/models/x' });
  });
});

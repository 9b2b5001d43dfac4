import { body, changed, ECHO, NASTY, refusal } from './answer-tools.mjs';

/** What a look at the model may answer. @type {readonly import('./answer-tools.mjs').Answer[]} */
export const MODEL_LOOKS = [
  changed('a name that is a path', (model) => ({ ...model, name: 'models/../../x' })),
  changed('controls everywhere', (model) =>
    Object.fromEntries(Object.keys(model).map((key) => [key, NASTY])),
  ),
  refusal('a key that is not valid', 400, 'INVALID_ARGUMENT', `API key not valid ${NASTY} ${ECHO}`, 4),
  refusal(
    'a place without service',
    400,
    'FAILED_PRECONDITION',
    'User location is not supported for the API use.',
    4,
  ),
  refusal('a key that is none', 401, 'UNAUTHENTICATED', ECHO, 4),
  refusal('no rights', 403, 'PERMISSION_DENIED', `${NASTY} ${ECHO}`, 4),
  refusal('no such model', 404, 'NOT_FOUND', `models/x is not found ${NASTY}`, 2),
  refusal('nothing here', 404, 'NOT_FOUND', NASTY, 0),
  refusal('busy', 409, 'ABORTED', NASTY, 0),
  refusal('no quota at all', 429, 'RESOURCE_EXHAUSTED', `${NASTY} limit: 0`, 2),
  refusal('no quota now', 429, 'RESOURCE_EXHAUSTED', NASTY, 0),
  body('404 of a gateway', `<html>${NASTY}</html>`, 404, { 'content-type': 'text/html' }),
  body('403 of a gateway', `<html>${ECHO}</html>`, 403, { 'content-type': 'text/html' }),
];

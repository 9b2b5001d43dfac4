import { create, each, noFault } from './helpers.mjs';
import { point, rule } from '../points.mjs';

/** A result that comes short is asked for again at once, so one bad answer is not enough to do harm. */
const spoiltAlways = point(
  'planted',
  [1, 2, 3].map((ordinal) => rule('download', ordinal, 'truncated JSON after effect')),
);

/**
 * Ways to spoil what is on disk, to give the key away, or to get in each other's way.
 * @type {readonly import('./helpers.mjs').Bug[]}
 */
export const FILE_BUGS = [
  {
    name: 'the lock is not taken',
    file: 'cli/session.js',
    search: 'await acquireLock(paths.state, {',
    replace:
      'await (async () => ({ verify: async () => undefined, release: async () => undefined }))(paths.state, {',
    expects: ['LOCK'],
    by: 'lock rounds',
  },
  {
    name: 'the lock is not given up',
    file: 'cli/session.js',
    search: '            await store.close();\n            await lock.release();\n',
    replace: '            await store.close();\n',
    expects: ['I13'],
    by: [noFault],
  },
  {
    name: 'who only looks keeps a note of it',
    file: 'cli/commands/status.js',
    search: 'const loaded = await desk.loadState();',
    replace:
      "const loaded = await desk.loadState();\n    await (await import('node:fs/promises')).appendFile(settings.settings.log, '{}\\n');",
    expects: ['I10'],
    by: [noFault],
    hasRest: true,
  },
  {
    name: 'results are not checked',
    file: 'collect/fetch-result.js',
    search: 'if (audited.readable === 0 && audited.read.lines > 0)',
    replace: 'if (audited.readable < 0)',
    expects: ['I8'],
    by: [spoiltAlways],
  },
  {
    name: 'results get their final name before they are checked',
    file: 'collect/fetch-result.js',
    search: 'const audited = await auditResult(path, rows, signal);',
    replace:
      "await (await import('node:fs/promises')).copyFile(path, resultPathFor(outputDirectory, batch, record)); const audited = await auditResult(path, rows, signal);",
    expects: ['I8'],
    by: [spoiltAlways],
  },
  {
    name: 'the merged file leaves rows out',
    file: 'collect/merge.js',
    search: 'for (const row of rows) {',
    replace: 'for (const row of rows.slice(1)) {',
    expects: ['I16'],
    by: [noFault],
    hasRest: true,
  },
  {
    name: 'keys that are made are not the same twice',
    file: 'input/key-maker.js',
    search: "createHash('sha256').update(line)",
    replace: "createHash('sha256').update(line).update(String(Math.random()))",
    expects: ['I1'],
    by: [noFault],
    hasRest: true,
  },
  {
    name: 'the key follows a redirect',
    file: 'gemini/redirect.js',
    search: "return staysHere && url.protocol === 'http:' ? { url, withKey: false } : undefined;",
    replace: "return staysHere && url.protocol === 'http:' ? { url, withKey: true } : undefined;",
    expects: ['I9'],
    by: each('download', 'redirect to another origin'),
  },
  {
    name: 'a torn line of the log is not cut',
    file: 'events/log-file.js',
    search: 'repairTail(descriptor, `${path}.torn`);',
    replace: 'void 0;',
    expects: ['I5'],
    by: [create(2, 'kill after effect', { tearLog: true })],
  },
  {
    name: 'the log counts a line twice',
    file: 'events/event-log.js',
    search: 'seq += 1;',
    replace: "seq += runEvent.event === 'batch_created' ? 0 : 1;",
    expects: ['I5'],
    by: [noFault],
  },
  {
    name: 'a rate limit fails the batch',
    file: 'model/retry-policy.js',
    search: "return { retry: true, waitMs: rateLimitWaitMs(failure, policy), budget: 'rate_limits' };",
    replace: 'return { retry: false };',
    expects: ['FIRST'],
    by: [create(2, '429')],
  },
  {
    name: 'an upload that is there already is sent again under another name',
    file: 'submit/upload-file.js',
    search: 'if (found.value !== undefined && isSame(found.value, begun.input)) {',
    replace:
      "await store.apply(batch, { type: 'file_gone' }); return await uploadFile(context, batch, { facts, keyless }); if (found.value === 0) {",
    expects: ['I6'],
    by: each('upload.bytes', 'kill after effect'),
  },
  {
    name: 'a signal drops the create under way',
    file: 'submit/create-job.js',
    search: 'await service.createJob({ model: options.model, displayName, fileName });',
    replace:
      "await Promise.race([service.createJob({ model: options.model, displayName, fileName }), new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)))]);",
    expects: ['LOST'],
    by: 'signals',
  },
  {
    name: 'a signal waits for the answer to any request',
    file: 'gemini/http-exchange.js',
    search: "outgoing.destroy(new Error('aborted'));",
    replace: '',
    expects: ['SLOW'],
    by: 'signals',
  },
];

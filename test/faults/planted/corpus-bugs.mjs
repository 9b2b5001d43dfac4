/**
 * Ways to trust what nobody should: files and answers that are not what they seem.
 * @type {readonly import('./helpers.mjs').Bug[]}
 */
export const CORPUS_BUGS = [
  {
    name: 'an unreadable state is taken for a new one',
    file: 'state/load-state.js',
    search: 'if (fault !== undefined) {',
    replace:
      "if (fault !== undefined) { return { state: { stateId: origin.newStateId(), createdAt: '', lastRun: undefined, batches: new Map() }, notes: [] };",
    expects: ['CHANGED', 'PAID'],
    by: { corpus: 'bad-states', cases: ['trailing garbage', 'half of it, then the whole'] },
  },
  {
    name: 'a newer state is read as if it were ours',
    file: 'state/state-schema.js',
    search: "if (value['version'] !== STATE_VERSION)",
    replace: "if (value['version'] === undefined)",
    expects: ['EXIT'],
    by: { corpus: 'bad-states', cases: ['version 2', 'version null'] },
  },
  {
    name: 'a key given twice is not noticed',
    file: 'state/json-scan.js',
    search: 'if (keys.has(key))',
    replace: "if (keys.has(key) && key === '')",
    expects: ['EXIT'],
    by: { corpus: 'bad-states', cases: ['a batch twice'] },
  },
  {
    name: 'a torn line is thrown away',
    file: 'events/log-file.js',
    search: 'saveAside(descriptor, start, size, tornPath);',
    replace: 'void 0;',
    expects: ['I5'],
    by: { corpus: 'bad-states', cases: ['log: cut 55 bytes before its end'] },
  },
  {
    name: 'lines are not judged',
    file: 'input/line-findings.js',
    search: 'if (!verdict.ok)',
    replace: 'if (verdict.ok === 0)',
    expects: ['PAID', 'EXIT'],
    by: { corpus: 'bad-inputs', cases: ['line: half a line', 'line: null'] },
  },
  {
    name: 'two files for one number are both taken',
    file: 'input/discover.js',
    search: 'refuseDuplicates(directory, candidates);',
    replace: 'void refuseDuplicates;',
    expects: ['EXIT', 'PAID'],
    by: { corpus: 'bad-inputs', cases: ['names: 1 and 001'] },
  },
  {
    name: 'names are printed as they are',
    file: 'input/show-name.js',
    search: 'return name.replaceAll(',
    replace: 'return name; name.replaceAll(',
    expects: ['SCREEN'],
    by: { corpus: 'bad-inputs', cases: ['names: twice with controls'] },
  },
  {
    name: 'bytes are sent to wherever the service says',
    file: 'gemini/upload-session.js',
    search: 'return url.origin === context.baseUrl.origin &&',
    replace: 'return',
    expects: ['I9'],
    by: { corpus: 'hostile-answers', cases: ['upload.start / a session at another origin'] },
  },
  {
    name: 'what the service says is printed as it is',
    file: 'gemini/scrub.js',
    search: "let clean = text.replaceAll(/\\s+/g, ' ').replaceAll(INVISIBLE, '').trim();",
    replace: 'let clean = text;',
    expects: ['SCREEN'],
    by: { corpus: 'hostile-answers', cases: ['batches.create / not acted on / 400: a bad argument'] },
  },
  {
    name: 'any name is the name of a job',
    file: 'gemini/jobs.js',
    search: 'if (job === undefined || !isJobName(job.name)) {',
    replace: 'if (job === undefined) {',
    expects: ['I1', 'I2', 'STUCK', 'FIRST'],
    by: { corpus: 'hostile-answers', cases: ['batches.create / a name that is a path'] },
  },
  {
    name: 'an error that contradicts its status is believed',
    file: 'gemini/google-error.js',
    search:
      'return error.code === httpStatus && error.status !== undefined && RPC_STATUSES.has(error.status);',
    replace: 'return true;',
    expects: ['I1', 'I2', 'FIRST'],
    by: { corpus: 'hostile-answers', cases: ['batches.create / a refusal with a word of its own'] },
  },
];

/** An error keeps a file from being sent; with a warning it is sent all the same. */
export type Severity = 'error' | 'warning';

/** Everything that can be found in an input file. The names are part of the `--json` contract. */
export type FindingKind =
  | 'unreadable'
  | 'foreign_format'
  | 'no_lines'
  | 'invalid_json'
  | 'invalid_utf8'
  | 'byte_order_mark'
  | 'nul_byte'
  | 'line_too_long'
  | 'too_deep'
  | 'not_an_object'
  | 'no_request'
  | 'no_contents'
  | 'wrong_shape'
  | 'other_kind'
  | 'openai_line'
  | 'anthropic_line'
  | 'vertex_line'
  | 'duplicate_key'
  | 'split_prompt'
  | 'repeated_request'
  | 'key_in_other_file'
  | 'bare_request'
  | 'keyless'
  | 'bad_key'
  | 'echoed_field'
  | 'unknown_field'
  | 'unknown_role'
  | 'single_object'
  | 'empty_part'
  | 'response_json_schema'
  | 'model_differs'
  | 'crlf'
  | 'blank_line';

interface KindFacts {
  readonly severity: Severity;
  /** What is wrong, in a few words that stand alone. */
  readonly title: string;
  /** What to do about it, where the title does not say that already. */
  readonly hint?: string;
  /** A warning that costs money is said before an upload too. */
  readonly isCostly?: boolean;
}

const UTF8_HINT = 'save the file as UTF-8 without a byte-order mark';
const ANOTHER_SERVICE_HINT =
  'write each line as {"key":"…","request":{"contents":[{"role":"user","parts":[{"text":"…"}]}]}}';

/** In the order in which they are shown: errors first. */
export const FINDINGS: Readonly<Record<FindingKind, KindFacts>> = {
  unreadable: { severity: 'error', title: 'cannot be read, or sent as it is' },
  foreign_format: { severity: 'error', title: 'not JSON Lines', hint: 'unpack or convert the file' },
  no_lines: { severity: 'error', title: 'no request in the file' },
  invalid_json: {
    severity: 'error',
    title: 'not valid JSON',
    hint: 'write each request as JSON in one line',
  },
  invalid_utf8: { severity: 'error', title: 'not valid UTF-8', hint: UTF8_HINT },
  byte_order_mark: { severity: 'error', title: 'a byte-order mark', hint: UTF8_HINT },
  nul_byte: { severity: 'error', title: 'a NUL byte', hint: UTF8_HINT },
  line_too_long: { severity: 'error', title: 'longer than 64 MiB' },
  too_deep: { severity: 'error', title: 'nested too deep' },
  not_an_object: { severity: 'error', title: 'not a JSON object' },
  no_request: { severity: 'error', title: 'no request in the line', hint: ANOTHER_SERVICE_HINT },
  no_contents: { severity: 'error', title: 'a request without contents', hint: ANOTHER_SERVICE_HINT },
  wrong_shape: {
    severity: 'error',
    title: 'a request of the wrong shape',
    hint: 'write "contents" as [{"role":"user","parts":[{"text":"…"}]}]; a "content" or "systemInstruction" is one such object',
  },
  other_kind: {
    severity: 'error',
    title: 'a request that the model does not take',
    hint: 'name a model that takes it with `--model <id>`: text is asked for with "contents", an embedding with "content" and an embedding model such as gemini-embedding-001',
  },
  openai_line: { severity: 'error', title: 'a line for the API of OpenAI', hint: ANOTHER_SERVICE_HINT },
  anthropic_line: { severity: 'error', title: 'a line for the API of Anthropic', hint: ANOTHER_SERVICE_HINT },
  vertex_line: { severity: 'error', title: 'a line for Vertex AI', hint: ANOTHER_SERVICE_HINT },
  duplicate_key: {
    severity: 'error',
    title: 'one key for different requests',
    hint: 'give each request of a file a key of its own: answers are told apart by nothing else',
  },
  split_prompt: {
    severity: 'warning',
    title: 'one prompt cut into single lines',
    hint: 'put the whole prompt into the "text" of one request, with \\n between its lines',
    isCostly: true,
  },
  repeated_request: {
    severity: 'warning',
    title: 'the same request more than once',
    hint: 'take the copies out: each is answered and paid for',
    isCostly: true,
  },
  key_in_other_file: {
    severity: 'warning',
    title: 'a key that another file uses too',
    hint: 'make keys unique over all files, so that merged results can be told apart',
  },
  bare_request: {
    severity: 'warning',
    title: 'a request without its wrapper',
    hint: 'nothing needs to be done: a copy with {"key":"…","request":{…}} around it is sent',
  },
  keyless: {
    severity: 'warning',
    title: 'no key',
    hint: 'nothing needs to be done: a copy is sent in which each line has a key made from its content',
  },
  bad_key: {
    severity: 'warning',
    title: 'a key that is not text',
    hint: 'write the key in quotes; in the copy that is sent a number is turned into text, and all else replaced',
  },
  echoed_field: {
    severity: 'warning',
    title: 'a field that comes back damaged',
    hint: 'keep it in a file of your own, by key: beside "request" the service turns lists into []',
  },
  unknown_field: {
    severity: 'warning',
    title: 'a name that the service does not know',
    hint: 'correct the name or take it out: the service refuses such a request, or answers as if it were not there',
  },
  unknown_role: {
    severity: 'warning',
    title: 'a role that the service does not know',
    hint: 'write "user", or "model" for an earlier answer; what holds for all turns belongs in "systemInstruction"',
  },
  single_object: {
    severity: 'warning',
    title: 'one object where a list belongs',
    hint: 'put it into [ and ]: that the service takes it as it is, is not documented',
  },
  empty_part: {
    severity: 'warning',
    title: 'a part with nothing in it',
    hint: 'give it a "text", or take it out',
  },
  response_json_schema: {
    severity: 'warning',
    title: 'responseJsonSchema',
    hint: 'use responseSchema: with responseJsonSchema batches have come back with unusable answers',
  },
  model_differs: {
    severity: 'warning',
    title: 'a model that will not be used',
    hint: 'take "model" out of the requests, or name it with `--model <id>`: a batch has one model',
  },
  crlf: { severity: 'warning', title: 'a line end of CR and LF', hint: 'write LF alone' },
  blank_line: { severity: 'warning', title: 'a blank line', hint: 'take it out' },
};

/** One place where something was found. `detail` is a whole statement that repeats no content. */
export interface Occurrence {
  /** From 1; `undefined` when the file as a whole is meant. */
  readonly line: number | undefined;
  readonly detail: string;
  /** The request's key, where that is what is wrong. It is the user's: shown, never saved or logged. */
  readonly key?: string | undefined;
}

/** All findings of one kind in one file: how many, and the first five. */
export interface FindingGroup {
  readonly kind: FindingKind;
  readonly count: number;
  readonly first: readonly Occurrence[];
}

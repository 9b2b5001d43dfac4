import assert from 'node:assert/strict';

// The tests look into answers of any shape; a wrong guess shows as a failed expectation.
// oxlint-disable-next-line typescript/no-explicit-any -- bodies under test have no type yet
export type Body = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Plain HTTP against the emulator, without any client library's opinion. */
export class ApiClient {
  readonly baseUrl: string;

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  async call(path: string, { method = 'GET', headers = {}, body }: CallOptions = {}): Promise<Answer> {
    const response = await fetch(path.startsWith('http') ? path : `${this.baseUrl}${path}`, {
      method,
      redirect: 'manual',
      headers: { 'x-goog-api-key': 'test-key', ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  }

  async post(path: string, body: Body): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return await this.call(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async startUpload(file: Body = {}, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return await this.call('/upload/v1beta/files', {
      method: 'POST',
      headers: {
        'x-goog-upload-protocol': 'resumable',
        'x-goog-upload-command': 'start',
        'x-goog-upload-header-content-type': 'jsonl',
        ...headers,
      },
      body: JSON.stringify({ file }),
    });
  }

  async command(url: string, command: string, body: string | Uint8Array = '', offset = 0): Promise<Answer> {
    const headers = { 'x-goog-upload-command': command, 'x-goog-upload-offset': String(offset) };
    return await this.call(url, { method: 'POST', headers, body });
  }

  /** Opens a session and returns its URL. */
  async openSession(file: Body = {}, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const answer = await this.startUpload(file, headers);
    assert.equal(answer.status, 200, answer.text);
    return answer.headers.get('x-goog-upload-url') ?? '';
  }

  /** Uploads a whole file and returns its resource. */
  async upload(content: string | Uint8Array, file: Body = {}): Promise<Body> {
    const answer = await this.command(await this.openSession(file), 'upload, finalize', content);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.file;
  }

  async create(fileName: string, displayName = 'job', model = 'gemini-2.5-flash'): Promise<Answer> {
    const batch = { displayName, inputConfig: { fileName } };
    return await this.post(`/v1beta/models/${model}:batchGenerateContent`, { batch });
  }

  /** Uploads keyed prompts, creates a job for them and returns the operation. */
  async submit(requestCount = 3, displayName = 'job'): Promise<Body> {
    const file = await this.upload(inputLines(requestCount));
    const answer = await this.create(file.name, displayName);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }

  async job(name: string): Promise<Body> {
    return (await this.call(`/v1beta/${name}`)).body;
  }

  async results(name: string): Promise<readonly Body[]> {
    const job = await this.job(name);
    const answer = await this.call(`/download/v1beta/${job.response.responsesFile}:download?alt=media`);
    assert.equal(answer.status, 200, answer.text);
    return answer.text
      .split('\n')
      .filter((line) => line !== '')
      .map(parse);
  }
}

/** JSONL with the keys k0, k1, …, each line ended by a newline. */
export function inputLines(count: number): string {
  return Array.from({ length: count }, (_, index) => `${JSON.stringify(inputLine(`k${index}`))}\n`).join('');
}

export function inputLine(key: string, text: string = `Prompt of ${key}`): Body {
  return { key, request: { contents: [{ parts: [{ text }] }] } };
}

function parse(text: string): Body {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

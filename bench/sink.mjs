import { createServer } from 'node:http';

// A service that costs next to nothing, because it shares the cores with what is measured: it speaks enough of
// the Files and Batch API for uploads, creates and downloads, throws the bytes away and counts them. It checks
// nothing; what is right is judged by the tests, on the emulator. Started by `startSink`, as a process of its own.
const {
  latencyMs = 0,
  downloadBytes = 0,
  notifyAtBytes = Number.POSITIVE_INFINITY,
} = JSON.parse(process.argv[2]);

const sessions = [];
const jobs = [];
const counts = { requests: 0, fileBytes: 0 };
let hasNotified = false;

const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
  counts.requests += 1;
  request.on('error', () => undefined);
  const { pathname, searchParams } = new URL(request.url, 'http://sink');
  const answer = (status, body, headers = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const send = () => {
      const type = { 'content-type': 'application/json' };
      response
        .writeHead(status, { ...type, 'content-length': Buffer.byteLength(text), ...headers })
        .end(text);
    };
    if (latencyMs === 0) send();
    else setTimeout(send, latencyMs);
  };
  const session = sessions[Number(searchParams.get('upload_id'))];
  const command = request.headers['x-goog-upload-command'] ?? '';

  if (request.method === 'PUT') take(request, () => answer(200, ''));
  else if (command === 'start')
    readText(request, (text) => startUpload(request, JSON.parse(text || '{}'), answer));
  else if (command === 'query') drain(request, () => answer(200, '', stateOf(session)));
  else if (command.includes('upload')) receive(request, session, command.includes('finalize'), answer);
  else if (request.method === 'POST') readText(request, (text) => createJob(JSON.parse(text), answer));
  else if (pathname.endsWith(':download')) sendFile(response);
  else if (pathname.includes('/models/')) answer(200, { name: pathname.slice('/v1beta/'.length) });
  else if (pathname.endsWith('/batches')) answer(200, pageOfJobs(searchParams));
  else if (pathname.includes('/batches/'))
    answer(200, jobs.find(({ name }) => pathname.endsWith(name)) ?? {});
  else getFile(pathname, answer);
});

function startUpload(request, { file = {} }, answer) {
  const id = sessions.length;
  const size = Number(request.headers['x-goog-upload-header-content-length']);
  sessions.push({ name: file.name ?? `files/sink-${id}`, received: 0, size, isFinal: false });
  const url = `http://${request.headers.host}/upload/v1beta/files?upload_id=${id}`;
  answer(200, '', { 'x-goog-upload-status': 'active', 'x-goog-upload-url': url });
}

function receive(request, session, isLast, answer) {
  if (Number(request.headers['x-goog-upload-offset']) !== session.received) {
    request.resume();
    answer(400, 'wrong offset', stateOf(session));
    return;
  }
  session.writer?.destroy();
  session.writer = request;
  request.on('data', (chunk) => {
    // What a request brings after another one took its place does not count as kept, but it was sent.
    if (session.writer === request) session.received += chunk.length;
  });
  take(request, () => {
    session.writer = undefined;
    session.isFinal = isLast;
    answer(200, isLast ? { file: fileBody(session) } : '', stateOf(session));
  });
}

function stateOf(session) {
  const { received, isFinal } = session;
  // Who asks has given the earlier request up: what still comes of it was sent, and is not kept.
  session.writer = undefined;
  return {
    'x-goog-upload-status': isFinal ? 'final' : 'active',
    'x-goog-upload-size-received': `${received}`,
  };
}

function getFile(pathname, answer) {
  const session = sessions.find(({ name, isFinal }) => isFinal && pathname.endsWith(name));
  if (session === undefined) answer(404, { error: { code: 404, message: 'not found', status: 'NOT_FOUND' } });
  else answer(200, fileBody(session));
}

function fileBody({ name, received }) {
  const uri = `http://127.0.0.1/v1beta/${name}`;
  return { name, uri, sizeBytes: `${received}`, mimeType: 'text/plain', state: 'ACTIVE', source: 'UPLOADED' };
}

/** Newest first, in pages, as the service lists them. */
function pageOfJobs(searchParams) {
  const from = Number(searchParams.get('pageToken') ?? 0);
  const to = from + Number(searchParams.get('pageSize') ?? 50);
  const operations = jobs.toReversed().slice(from, to);
  return to < jobs.length ? { operations, nextPageToken: `${to}` } : { operations };
}

function createJob({ batch = {} }, answer) {
  const name = `batches/sink${jobs.length}`;
  const metadata = { ...batch, name, state: 'BATCH_STATE_PENDING', createTime: new Date().toISOString() };
  const job = { name, metadata };
  jobs.push(job);
  answer(200, job);
}

/** Lines like those of a result, from one buffer that is sent again and again. */
function sendFile(response) {
  response.writeHead(200, { 'content-type': 'application/jsonl', 'content-length': downloadBytes });
  let left = downloadBytes;
  const more = () => {
    while (left > 0) {
      const piece = left >= PIECE.length ? PIECE : PIECE.subarray(PIECE.length - left);
      left -= piece.length;
      if (!response.write(piece)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}

const PIECE = Buffer.alloc(1024 * 1024, `${'x'.repeat(1023)}\n`);

function take(request, onEnd) {
  request.on('data', (chunk) => {
    counts.fileBytes += chunk.length;
    if (hasNotified || counts.fileBytes < notifyAtBytes) return;
    hasNotified = true;
    process.send({ reached: counts.fileBytes });
  });
  request.on('end', onEnd);
}

function drain(request, onEnd) {
  request.on('end', onEnd).resume();
}

function readText(request, onText) {
  let text = '';
  request.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  request.on('end', () => onText(text));
}

process.on('message', (message) => {
  if (message === 'forget') jobs.length = 0;
  else process.send({ counts });
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }));

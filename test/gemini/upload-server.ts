import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { scripted } from './fixtures.ts';
import { googleError, reply, type ScriptedServer } from './scripted-server.ts';

/** What the server does with one `upload, finalize` request; the default is to take it. */
export interface SendPlan {
  /** Resets the connection once the session holds this many bytes. */
  readonly cutAt?: number;
  /** Keeps this many bytes fewer than arrived, when cut. */
  readonly forget?: number;
  /** Answers this instead of completing the file; the bytes are kept. */
  readonly answer?: (response: ServerResponse) => void;
  /** Completes the file and loses the answer. */
  readonly loseAnswer?: boolean;
  /** Called when the session holds at least `cutAt` bytes, before anything else. */
  readonly onReach?: () => void;
}

export interface UploadServerOptions {
  /** One plan for each `upload, finalize` request, in order. */
  readonly sends?: readonly (SendPlan | undefined)[];
  readonly rejectMimes?: readonly string[];
  /** Where the rejection comes: at the start, or in a 200 at the end. */
  readonly rejectAt?: 'start' | 'end';
  readonly sessionOrigin?: string;
  /** Changes the file in the last answer. */
  readonly file?: (file: Record<string, unknown>) => Record<string, unknown>;
  /** Answers files.get; by default the completed file, or 403. */
  readonly getFile?: (response: ServerResponse, count: number) => void;
  readonly onQuery?: (response: ServerResponse, count: number) => boolean;
  readonly onStart?: (response: ServerResponse, count: number) => boolean;
}

export interface UploadServer extends ScriptedServer {
  /** Body bytes of all `upload, finalize` requests, as they arrived. */
  readonly wireBytes: () => number;
  readonly calls: readonly string[];
  readonly mimes: readonly string[];
  readonly content: () => Buffer | undefined;
  readonly sessions: () => number;
}

interface Session {
  bytes: Buffer;
  final: Record<string, unknown> | undefined;
  dead: boolean;
  readonly mime: string;
  readonly name: string;
}

/** A scripted server of Google's resumable protocol. */
export async function startUploadServer(options: UploadServerOptions = {}): Promise<UploadServer> {
  const sessions: Session[] = [];
  const calls: string[] = [];
  const mimes: string[] = [];
  let wireBytes = 0;
  let sends = 0;
  let queries = 0;
  let gets = 0;

  function sessionOf(url: string | undefined): Session | undefined {
    return sessions[Number(/upload_id=s(\d+)/.exec(url ?? '')?.[1] ?? -1)];
  }

  function finish(session: Session, response: ServerResponse, silent: boolean): void {
    if (options.rejectAt !== 'start' && options.rejectMimes?.includes(session.mime) === true) {
      session.dead = true;
      reply(response, 200, googleError(400, 'INVALID_ARGUMENT', `Unsupported MIME type: ${session.mime}`), {
        'x-goog-upload-status': 'final',
      });
      return;
    }
    const hex = createHash('sha256').update(session.bytes).digest('hex');
    const file = {
      name: session.name,
      sizeBytes: `${session.bytes.length}`,
      sha256Hash: Buffer.from(hex).toString('base64'),
      uri: `https://h/v1beta/${session.name}`,
      state: 'ACTIVE',
      expirationTime: '2026-09-30T00:00:00Z',
    };
    session.final = options.file?.(file) ?? file;
    if (silent) response.socket?.resetAndDestroy();
    else reply(response, 200, { file: session.final }, { 'x-goog-upload-status': 'final' });
  }

  function receive(incoming: IncomingMessage, response: ServerResponse, session: Session): void {
    const plan = options.sends?.[sends] ?? {};
    sends += 1;
    const offset = Number(incoming.headers['x-goog-upload-offset']);
    calls.push(`send ${offset}`);
    if (offset !== session.bytes.length) {
      reply(response, 400, 'wrong offset', { 'x-goog-upload-status': 'active' });
      return;
    }
    const pieces: Buffer[] = [session.bytes];
    let held = offset;
    let cut = false;
    incoming.on('error', () => undefined);
    incoming.on('data', (piece: Buffer) => {
      wireBytes += piece.length;
      if (cut) return;
      pieces.push(piece);
      held += piece.length;
      if (plan.cutAt === undefined || held < plan.cutAt) return;
      plan.onReach?.();
      if (plan.onReach !== undefined) return;
      cut = true;
      session.bytes = Buffer.concat(pieces).subarray(0, plan.cutAt - (plan.forget ?? 0));
      incoming.socket.resetAndDestroy();
    });
    incoming.on('close', () => {
      if (!incoming.complete && !cut) session.bytes = Buffer.concat(pieces);
    });
    incoming.on('end', () => {
      if (cut) return;
      session.bytes = Buffer.concat(pieces);
      if (plan.answer === undefined) finish(session, response, plan.loseAnswer === true);
      else plan.answer(response);
    });
  }

  const server = await scripted(
    (request, response) => {
      const command = request.headers['x-goog-upload-command'];
      if (command === 'start') {
        calls.push('start');
        if (options.onStart?.(response, sessions.length) === true) return;
        const { file } = JSON.parse(request.body.toString()) as { file: { name: string; mimeType: string } };
        mimes.push(file.mimeType);
        if (options.rejectAt === 'start' && options.rejectMimes?.includes(file.mimeType) === true) {
          reply(
            response,
            400,
            googleError(400, 'INVALID_ARGUMENT', `Unsupported MIME type: ${file.mimeType}`),
          );
          return;
        }
        sessions.push({
          bytes: Buffer.alloc(0),
          final: undefined,
          dead: false,
          mime: file.mimeType,
          name: file.name,
        });
        const origin = options.sessionOrigin ?? `http://${request.headers.host}`;
        reply(response, 200, '', {
          'x-goog-upload-status': 'active',
          'x-goog-upload-url': `${origin}/upload/v1beta/files?upload_id=s${sessions.length - 1}&upload_protocol=resumable`,
        });
        return;
      }
      if (request.method === 'GET') {
        calls.push('get');
        gets += 1;
        if (options.getFile !== undefined) {
          options.getFile(response, gets);
          return;
        }
        const done = sessions.find((session) => session.final !== undefined)?.final;
        if (done !== undefined) reply(response, 200, done);
        else
          reply(
            response,
            403,
            googleError(403, 'PERMISSION_DENIED', 'You do not have permission to access the File'),
          );
        return;
      }
      if (request.method === 'DELETE') {
        calls.push('delete');
        reply(response, 200, {});
        return;
      }
      calls.push(String(command));
      const session = sessionOf(request.path);
      if (command === 'query') {
        queries += 1;
        if (options.onQuery?.(response, queries) === true) return;
      }
      if (session === undefined || session.dead) {
        reply(response, 400, 'Upload has already been terminated.', { 'content-type': 'text/plain' });
        return;
      }
      if (command === 'cancel') {
        session.dead = true;
        reply(response, 200, '', { 'x-goog-upload-status': 'cancelled' });
        return;
      }
      if (session.final === undefined) {
        reply(response, 200, '', {
          'x-goog-upload-status': 'active',
          'x-goog-upload-size-received': `${session.bytes.length}`,
        });
      } else reply(response, 200, { file: session.final }, { 'x-goog-upload-status': 'final' });
    },
    (incoming, response) => {
      if (incoming.headers['x-goog-upload-command'] !== 'upload, finalize') return false;
      const session = sessionOf(incoming.url);
      if (session === undefined || session.dead) {
        calls.push('send to a dead session');
        reply(response, 400, 'Upload has already been terminated.', { 'content-type': 'text/plain' });
        return true;
      }
      receive(incoming, response, session);
      return true;
    },
  );
  return {
    ...server,
    calls,
    mimes,
    wireBytes: () => wireBytes,
    sessions: () => sessions.length,
    content: () => sessions.findLast((session) => session.final !== undefined)?.bytes,
  };
}

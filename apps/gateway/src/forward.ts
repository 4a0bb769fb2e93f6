import { PassThrough, pipeline, type Readable } from 'node:stream';
import replyFrom from '@fastify/reply-from';
import { PROBLEM_TYPE } from '@tillroll/http/problems/send-problem';
import { problem } from '@tillroll/http';
import { SERVICE_TOKEN_HEADER } from '@tillroll/service/program/service-token';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Agent } from 'undici';

/** They belong to one connection, or say what only the gateway may say. */
const NOT_FORWARDED = new Set([
  'connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings', 'expect',
  'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-real-ip', SERVICE_TOKEN_HEADER,
]);
const NOT_ANSWERED = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'date']);

/** The request has not reached anybody. */
const NOT_SENT = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

const CONNECT_MS = 2_000;
/** Longer than any service waits for anything. */
const ANSWER_MS = 35_000;
/** Event streams say something every 15 s. */
const SILENCE_MS = 60_000;
const KEPT_ALIVE_MS = 30_000;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const without = (headers: Headers, names: ReadonlySet<string>): Record<string, string | string[]> => {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined && !names.has(name)) kept[name] = value;
  return kept;
};

/** Sends requests on to the services, as they are, and their answers back. */
export class Forwarding {
  private readonly streams = new Set<{ end(): void }>();
  private isStopping = false;

  private constructor(private readonly token: string) {}

  /** Before the routes that forward. */
  static async on(server: FastifyInstance, token: string): Promise<Forwarding> {
    const agent = new Agent({ connect: { timeout: CONNECT_MS }, headersTimeout: ANSWER_MS, bodyTimeout: SILENCE_MS, keepAliveTimeout: KEPT_ALIVE_MS, connections: 256, pipelining: 1 });
    // The agent is of another copy of undici than the one whose type is declared there.
    await server.register(replyFrom, { undici: agent as unknown as Record<string, unknown>, disableRequestLogging: true, destroyAgent: true });
    return new Forwarding(token);
  }

  /** Tries the addresses in turn while nobody has got the request; one that changes nothing also when the answer was lost. */
  forward(request: FastifyRequest, reply: FastifyReply, addresses: readonly string[], attempt = 0): FastifyReply {
    const preferred = addresses.length < 2 ? 0 : hashOf(request.headers.authorization ?? request.ip) % addresses.length;
    const upstream = addresses[(preferred + attempt) % addresses.length] ?? '';
    const { body } = request;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const sent = Buffer.isBuffer(body) ? { body, contentType: request.headers['content-type'] ?? 'application/octet-stream' } : {};
    return reply.from(undefined, {
      ...sent,
      getUpstream: () => upstream,
      retryDelay: () => null,
      rewriteRequestHeaders: (_request, headers) => this.requestHeaders(request, headers, Buffer.isBuffer(body)),
      rewriteHeaders: (headers) => without(headers, NOT_ANSWERED),
      onResponse: (_request, _reply, response) => this.answer(reply, (response as unknown as { readonly stream: Readable }).stream),
      onError: (_reply, { error }) => {
        const isRepeatable = isRead || NOT_SENT.has(codeOf(error));
        if (isRepeatable && attempt + 1 < Math.max(2, addresses.length) && !request.raw.destroyed) this.forward(request, reply, addresses, attempt + 1);
        else sendUnavailable(reply);
      },
    });
  }

  /** Ends event streams: they would keep the server from closing. */
  stop(): void {
    this.isStopping = true;
    for (const stream of this.streams) stream.end();
  }

  private requestHeaders(request: FastifyRequest, headers: Headers, hasBody: boolean): Record<string, string | string[]> {
    const kept = without(headers, NOT_FORWARDED);
    if (!hasBody) delete kept['content-length'];
    return { ...kept, 'x-forwarded-for': request.ip, [SERVICE_TOKEN_HEADER]: this.token };
  }

  private answer(reply: FastifyReply, body: Readable): void {
    if (!String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream')) return void reply.send(body);
    const through = new PassThrough();
    const stream = {
      end() {
        body.unpipe(through);
        through.end();
        body.destroy();
      },
    };
    this.streams.add(stream);
    pipeline(body, through, () => this.streams.delete(stream));
    void reply.header('connection', 'close').send(through);
    if (this.isStopping) stream.end();
  }
}

/** The service is away, or did not say how it ended: a request with a key may be sent again. */
export function sendUnavailable(reply: FastifyReply): void {
  const { status, headers, body } = problem('service_unavailable');
  void reply.code(status).headers(headers).header('content-type', PROBLEM_TYPE).send(body);
}

function codeOf(error: unknown): string {
  for (let one: unknown = error; one instanceof Error; one = one.cause) if ('code' in one && typeof one.code === 'string' && NOT_SENT.has(one.code)) return one.code;
  return '';
}

/** The same caller goes to the same instance: what it has just done is then in that instance's memory. */
function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return Math.abs(hash);
}

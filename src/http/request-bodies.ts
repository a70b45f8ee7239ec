/**
 * How bodies of requests are collected: so many bytes at a time for the process and for one caller, and large ones for those alone who may send
 * them, which is asked before they are read.
 */
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TimonelError } from '../errors.ts';
import { networkOf } from '../identity/network.ts';
import type { Permission } from '../identity/permissions.ts';
import type { Principal } from '../identity/principal.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Models and agents by one address: bodies above the ordinary limit are for those who may use models. */
    modelsOrAgents?: true;
    /** The route reads the body itself, as a stream within limits of its own: it is neither collected nor counted. */
    streamedBody?: true;
  }
}

/** Of each request so many bytes are not counted: a small request is never refused for what others send. */
const uncounted = 16_384;

export interface BodyLimits {
  /** Bytes of bodies that are being read, in the whole process. */
  bytes: number;
  /** The same of one caller. */
  bytesPerCaller: number;
}

/** Counts the bytes of bodies that are being read. */
export class RequestBodies {
  readonly #limits: BodyLimits;
  readonly #byCaller = new Map<string, number>();
  #total = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Bytes that are counted at the moment. */
  get bytes(): number {
    return this.#total;
  }

  /** @param caller unknown until somebody is {@link BodyShare.named}. */
  open(caller?: string): BodyShare {
    return new BodyShare((name, bytes) => this.#add(name, bytes), caller);
  }

  /** @returns whether there is room; a negative number gives back. */
  #add(caller: string | undefined, bytes: number): boolean {
    const own = caller === undefined ? 0 : (this.#byCaller.get(caller) ?? 0) + bytes;
    if (bytes > 0 && (this.#total + bytes > this.#limits.bytes || own > this.#limits.bytesPerCaller)) return false;
    this.#total += bytes;
    if (caller !== undefined && own > 0) this.#byCaller.set(caller, own);
    else if (caller !== undefined) this.#byCaller.delete(caller);
    return true;
  }
}

/** What one request holds. */
export class BodyShare {
  readonly #add: (caller: string | undefined, bytes: number) => boolean;
  #caller: string | undefined;
  #seen = 0;
  #counted = 0;

  constructor(add: (caller: string | undefined, bytes: number) => boolean, caller: string | undefined) {
    this.#add = add;
    this.#caller = caller;
  }

  /** @throws TimonelError `overloaded` where there is no room */
  take(bytes: number): void {
    this.#seen += bytes;
    const more = Math.max(0, this.#seen - uncounted) - this.#counted;
    if (more <= 0) return;
    if (!this.#add(this.#caller, more)) throw tooManyBytes();
    this.#counted += more;
  }

  /** From now on it counts for somebody. @throws TimonelError `overloaded` */
  named(caller: string): void {
    const counted = this.#counted;
    this.end();
    this.#caller = caller;
    if (counted > 0 && !this.#add(caller, counted)) throw tooManyBytes();
    this.#counted = counted;
  }

  /** Gives back what was counted; doing it again does nothing. */
  end(): void {
    if (this.#counted > 0) this.#add(this.#caller, -this.#counted);
    this.#counted = 0;
  }
}

/** Who a body counts for: the principal, or the address where nobody has to say who they are. */
export function bodyCallerOf(principal: Principal | undefined, address: string): string {
  return principal === undefined ? `address:${networkOf(address)}` : `${principal.kind}:${principal.id}`;
}

/**
 * The largest body that somebody may send to an address which answers by models and by agents.
 * @throws TimonelError `forbidden` for those who may use neither, before anything is read.
 */
export function mostBytesOf({ permissions }: Principal, ordinary: number, largest: number): number {
  if (permissions.has('models:use')) return largest;
  if (permissions.has('conversations:write')) return ordinary;
  const missing: Permission[] = ['conversations:write', 'models:use'];
  throw new TimonelError(
    'forbidden',
    'This needs the permission "conversations:write" for an agent, or "models:use" for a model.',
    {
      details: { missing },
    },
  );
}

export interface Collected {
  /**
   * Goes on reading once it is known who sends it.
   * @param most bytes. @throws TimonelError `payload_too_large`, `overloaded`
   */
  text(caller: string, most: number): Promise<string>;
}

/** Begins to read a body, and stops after the first bytes until it is known who sends it. */
export function collect(request: IncomingMessage, share: BodyShare, first: number): Collected {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let most: number | undefined;
  const done = Promise.withResolvers<string>();
  // Nobody may look at it, should the caller be refused.
  done.promise.catch(() => {});
  const refuse = (error: unknown) => {
    request.pause();
    share.end();
    chunks.length = 0;
    done.reject(error);
  };
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (most !== undefined && bytes > most) return refuse(tooLarge(most));
    try {
      share.take(chunk.length);
    } catch (error) {
      return refuse(error);
    }
    chunks.push(chunk);
    if (most === undefined && bytes > first) request.pause();
  });
  request.on('end', () => {
    share.end();
    done.resolve((chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString('utf8'));
  });
  request.on('error', refuse);
  request.on('close', () => share.end());
  return {
    text(caller, limit) {
      most = limit;
      if (bytes > limit) refuse(tooLarge(limit));
      else {
        try {
          share.named(caller);
          if (request.isPaused()) request.resume();
        } catch (error) {
          refuse(error);
        }
      }
      return done.promise;
    },
  };
}

/** Holds the framework's own reading to the same. To be called after the guard was added. */
export function limitBodies(app: FastifyInstance, bodies: RequestBodies, ordinary: number): void {
  app.addHook('preParsing', async (request: FastifyRequest, reply, payload) => {
    const { principal, routeOptions, headers } = request;
    if (routeOptions.config.streamedBody === true) return payload;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return payload;
    const most =
      routeOptions.config.modelsOrAgents === true && principal !== undefined
        ? mostBytesOf(principal, ordinary, routeOptions.bodyLimit)
        : routeOptions.bodyLimit;
    const announced = Number(headers['content-length']);
    if (announced <= Math.min(most, uncounted)) return payload;
    if (announced > most) throw tooLarge(most);
    const share = bodies.open(bodyCallerOf(principal, request.ip));
    let seen = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        seen += chunk.length;
        try {
          if (seen > most) throw tooLarge(most);
          share.take(chunk.length);
          next(null, chunk);
        } catch (error) {
          // What is left of it would be taken for the next request.
          reply.header('connection', 'close');
          next(error as Error);
        }
      },
    });
    counted.once('close', () => share.end());
    payload.once('error', (error) => counted.destroy(error));
    payload.once('close', () => void (payload.readableEnded || counted.destroy(new Error('The caller went away.'))));
    return payload.pipe(counted);
  });
}

function tooLarge(most: number): TimonelError {
  return new TimonelError('payload_too_large', `The body is larger than the ${most} bytes that you may send here.`);
}

function tooManyBytes(): TimonelError {
  return new TimonelError(
    'overloaded',
    'Too many large bodies are being read at the moment. Send the request again in a few seconds.',
    {
      details: { retryAfter: 5 },
    },
  );
}

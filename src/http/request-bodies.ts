/**
 * How bodies of requests are collected: so many bytes at a time for the process and for one caller, and large ones for those alone who may send
 * them, which is asked before they are read.
 */
import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import type { FastifyInstance } from 'fastify';
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

  /** @param caller as {@link bodyCallerOf} names them. */
  open(caller: string): BodyShare {
    return new BodyShare((bytes) => this.#add(caller, bytes));
  }

  /**
   * The body as it is read: counted, and no longer than it may be. One that is small by its announced length is left as it is.
   * @param most bytes. Reading fails with TimonelError `payload_too_large`, `overloaded`
   */
  counted(payload: IncomingMessage, most: number, caller: string): Readable {
    if (Number(payload.headers['content-length']) <= Math.min(most, uncounted)) return payload;
    const share = this.open(caller);
    let seen = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        seen += chunk.length;
        try {
          if (seen > most) throw tooLarge(most);
          share.take(chunk.length);
          next(null, chunk);
        } catch (error) {
          next(error as Error);
        }
      },
    });
    counted.once('close', () => share.end());
    payload.once('error', (error) => counted.destroy(error));
    payload.once('close', () => void (payload.readableEnded || counted.destroy(callerWentAway)));
    return payload.pipe(counted);
  }

  /** @returns whether there is room; a negative number gives back. */
  #add(caller: string, bytes: number): boolean {
    const own = (this.#byCaller.get(caller) ?? 0) + bytes;
    if (bytes > 0 && (this.#total + bytes > this.#limits.bytes || own > this.#limits.bytesPerCaller)) return false;
    this.#total += bytes;
    if (own > 0) this.#byCaller.set(caller, own);
    else this.#byCaller.delete(caller);
    return true;
  }
}

/** What one request holds. */
export class BodyShare {
  readonly #add: (bytes: number) => boolean;
  #seen = 0;
  #counted = 0;

  constructor(add: (bytes: number) => boolean) {
    this.#add = add;
  }

  /** @throws TimonelError `overloaded` where there is no room */
  take(bytes: number): void {
    this.#seen += bytes;
    const more = Math.max(0, this.#seen - uncounted) - this.#counted;
    if (more <= 0) return;
    if (!this.#add(more)) throw tooManyBytes();
    this.#counted += more;
  }

  /** Gives back what was counted; doing it again does nothing. */
  end(): void {
    if (this.#counted > 0) this.#add(-this.#counted);
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

const callerWentAway = new Error('The caller went away.');

/** Reads a body to its end. @throws TimonelError `payload_too_large`, `overloaded` */
export function bodyText(payload: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    // Also after the end, when nobody hears it any more.
    const leave = () => reject(callerWentAway);
    payload.on('data', (chunk: Buffer) => chunks.push(chunk));
    payload.on('end', () => resolve((chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString('utf8')));
    payload.on('error', reject);
    payload.on('close', leave);
    if (payload.destroyed) leave();
  });
}

/** Holds the framework's own reading to the same. */
export function limitBodies(app: FastifyInstance, bodies: RequestBodies): void {
  app.addHook('preParsing', async ({ principal, mostBytes, ip }, _reply, payload) =>
    mostBytes === undefined ? payload : bodies.counted(payload as IncomingMessage, mostBytes, bodyCallerOf(principal, ip)),
  );
}

export function tooLarge(most: number): TimonelError {
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

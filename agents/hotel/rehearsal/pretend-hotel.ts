/** A hotel at a reservation system of somebody else, in memory: what the servers that speak for QloApps, Cloudbeds and Apaleo have in common. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { datesOf } from '../calendar-dates.ts';

/** What becomes of the next write. */
export type Fault =
  /** Carried out, and answered with 500. */
  | 'error-but-done'
  /** 500, and nothing happened. */
  | 'error'
  /** Carried out; the connection breaks before the answer. */
  | 'lost'
  /** The connection breaks, and nothing happened. */
  | 'broken'
  /** Carried out, and answered too late. */
  | 'slow';

export interface PretendBooking {
  id: number;
  type: string;
  rooms: string[];
  from: string;
  to: string;
  status: 'confirmed' | 'cancelled';
  total: number;
  keys: string[];
  charges: { concept: string; amount: number; key: string }[];
  made: string;
  adults: number;
  guest: { name: string; email: string; phone: string };
}

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}
export interface Answered {
  status: number;
  body: unknown;
  /** It was a write that happened. */
  wrote?: boolean;
}

export class PretendHotel {
  readonly types: { id: string; name: string; rooms: { id: string; number: string }[]; price: number }[];
  readonly bookings: PretendBooking[] = [];
  /** Faults of the writes to come, the first one first. */
  readonly faults: Fault[] = [];
  /** Requests that it had. */
  readonly asked: Asked[] = [];
  /** Whole hundredths that a booking costs more than it was quoted for. */
  drift = 0;
  /** Others who book the same room between the look and the booking. */
  intruders = 0;
  /** Every request is refused. */
  away = false;
  /** Every write answers 500 although it is carried out. */
  notices = false;
  #server: Server | undefined;

  constructor(types: PretendHotel['types']) {
    this.types = types;
  }

  freeRooms(typeId: string, from: string, to: string): string[] {
    const taken = new Set(
      this.bookings.filter((each) => each.status === 'confirmed' && each.from < to && from < each.to).flatMap(({ rooms }) => rooms),
    );
    return (this.types.find(({ id }) => id === typeId)?.rooms ?? []).map(({ id }) => id).filter((id) => !taken.has(id));
  }

  totalOf(typeId: string, from: string, to: string, rooms: number): number {
    return (this.types.find(({ id }) => id === typeId)?.price ?? 0) * datesOf(from, to).length * rooms;
  }

  /** Nothing keeps two bookings from the same room: it is for those who ask to be first. */
  add(booking: Omit<PretendBooking, 'id' | 'status' | 'charges' | 'made'>): PretendBooking {
    const added: PretendBooking = {
      ...booking,
      id: this.bookings.length + 1,
      status: 'confirmed',
      charges: [],
      made: '2026-11-19 12:00:00',
    };
    this.bookings.push(added);
    return added;
  }

  /** Between the look at what is free and the booking others come as well. */
  async meanwhile(type: string, from: string, to: string, room: string): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.intruders === 0) return;
    this.intruders -= 1;
    this.outsider(type, from, to, room);
  }

  /** Somebody who books without us. */
  outsider(type: string, from: string, to: string, room: string): PretendBooking {
    const guest = { name: 'Otra Agencia', email: 'o@example.com', phone: '1' };
    return this.add({ type, rooms: [room], from, to, total: 100, keys: [], adults: 2, guest });
  }

  /** Confirmed bookings that share a room and a night. */
  get overlaps(): [PretendBooking, PretendBooking][] {
    const open = this.bookings.filter(({ status }) => status === 'confirmed');
    return open.flatMap((one, index) =>
      open
        .slice(index + 1)
        .filter((other) => one.rooms.some((room) => other.rooms.includes(room)) && one.from < other.to && other.from < one.to)
        .map((other): [PretendBooking, PretendBooking] => [one, other]),
    );
  }

  /** @returns its URL. */
  async listen(answer: (asked: Asked) => Answered | Promise<Answered>): Promise<string> {
    this.#server = createServer((request, response) => void this.#handle(request, response, answer));
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #handle(request: IncomingMessage, response: ServerResponse, answer: (asked: Asked) => Answered | Promise<Answered>) {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '/', 'http://host');
    const { method = 'GET', headers } = request;
    const asked = { method, path: url.pathname, query: url.searchParams, headers, body: Buffer.concat(parts).toString('utf8') };
    this.asked.push(asked);
    if (this.away) return void response.writeHead(503).end();
    const fault = this.isWrite(asked) ? this.faults.shift() : undefined;
    if (fault === 'broken') return void request.socket.destroy();
    if (fault === 'error') return void response.writeHead(500).end('Fatal error');
    const { status, body, wrote = false } = await answer(asked);
    if (fault === 'lost') return void request.socket.destroy();
    // It is answered once nobody waits any more.
    if (fault === 'slow') return void setTimeout(() => response.destroy(), 5_000).unref();
    if (fault === 'error-but-done' || (this.notices && wrote))
      return void response.writeHead(500).end('<b>Notice</b>: Undefined index');
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  /** Set by the server that speaks for it. */
  isWrite: (asked: Asked) => boolean = () => false;

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise<void>((resolve) => (this.#server === undefined ? resolve() : this.#server.close(() => resolve())));
  }
}

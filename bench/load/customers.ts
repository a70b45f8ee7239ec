/** What the virtual customers do: each is a loop of requests, one at a time, that ends with the run. */
import { Agent, request } from 'undici';
import type { Arrivals } from './arrivals.ts';
import type { Recorder } from './recorder.ts';

/** One process, or the address that stands before several. */
export interface Origin {
  url: string;
  apiKey: string;
}

/** The mark of what `timonel smoke` makes, too: `timonel clean --test-data` erases it. */
const asker = { name: 'Prueba Timonel', email: 'smoke@timonel.invalid' };

/** Ended: the run is over. Not an error of the system. */
class Over extends Error {}

interface Turn {
  run: { outcome: string | null; awaiting?: string; degraded: boolean } | null;
  reply: { text: string; options?: readonly string[] } | null;
}

/** What all customers of a run share. */
export class Crowd {
  readonly #agent: Agent;
  readonly #options: { arrivals: Arrivals; recorder: Recorder; random: () => number };
  readonly #asked = new Set<string>();
  /** Messages of the measured time, and those among them that word for word somebody had asked before. */
  readonly turns = { all: 0, repeated: 0 };
  /** Codes that customers were told, with those of the warm-up. */
  readonly codes: string[] = [];
  /** Customers who found no free time. */
  full = 0;
  /** Addresses of those who booked. */
  readonly contacts: string[] = [];

  constructor(connections: number, options: { arrivals: Arrivals; recorder: Recorder; random: () => number }) {
    this.#agent = new Agent({ connections, pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 });
    this.#options = options;
  }

  get random(): number {
    return this.#options.random();
  }

  /** One customer, until the run is over. */
  async customer(origin: Origin, flow: (send: Send) => Promise<void>): Promise<void> {
    const send: Send = (kind, method, path, body) => this.#send(origin, kind, method, path, body);
    for (;;) {
      try {
        await flow(send);
      } catch (error) {
        // A failed request was counted; the customer begins anew.
        if (error instanceof Over) return;
      }
    }
  }

  async #send(origin: Origin, kind: string, method: 'GET' | 'POST', path: string, body?: object): Promise<Sent> {
    const { arrivals, recorder } = this.#options;
    const arrival = await arrivals.next();
    if (arrival === undefined) throw new Over();
    let status = 0;
    let failure: string | undefined;
    let answer: unknown;
    try {
      const { statusCode, body: content } = await request(`${origin.url}${path}`, {
        method,
        dispatcher: this.#agent,
        headers: { authorization: `Bearer ${origin.apiKey}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      status = statusCode;
      const text = await content.text();
      if (statusCode >= 300) failure = `${kind}: ${statusCode} ${/"code":"(\w+)"/.exec(text)?.[1] ?? text.slice(0, 80)}`;
      else answer = JSON.parse(text);
      if (failure === undefined && kind === 'turn') failure = faultOf(answer as Turn);
    } catch (error) {
      failure = `${kind}: ${(error as { code?: string }).code ?? String(error)}`;
    }
    const { stage } = arrival;
    if (stage !== undefined) {
      const milliseconds = performance.now() - arrival.at;
      recorder.add({ kind, stage, milliseconds, status, failed: failure !== undefined }, failure);
    }
    if (failure !== undefined) throw new Error(failure);
    return { answer, measured: stage !== undefined };
  }

  /** Remembers what was asked, with all that was asked before it in the conversation. */
  noteAsked(words: string, measured: boolean): void {
    if (measured) {
      this.turns.all++;
      if (this.#asked.has(words)) this.turns.repeated++;
    }
    this.#asked.add(words);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

export interface Sent {
  answer: unknown;
  /** It was sent in the measured time, not in the warm-up. */
  measured: boolean;
}

export type Send = (kind: string, method: 'GET' | 'POST', path: string, body?: object) => Promise<Sent>;

/** A turn that ended otherwise than with an answer. */
function faultOf({ run }: Turn): string | undefined {
  if (run === null) return undefined;
  if (run.degraded) return 'turn: no model answered, the flow planner did';
  return run.outcome === 'replied' || run.outcome === 'awaiting_input'
    ? undefined
    : `turn: the run ended ${run.outcome ?? 'never'}`;
}

async function opened(send: Send, conversation: object): Promise<string> {
  return ((await send('open', 'POST', '/api/v1/conversations', conversation)).answer as { id: string }).id;
}

const dialogues = 200;
/** Share of dialogues in words that nobody used before. */
const ownWords = 0.12;

/** A dialogue of three questions, and a look back at it: five requests. Few dialogues are asked often and most seldom (Zipf). */
export function askFlow(crowd: Crowd, agent: string): (send: Send) => Promise<void> {
  const weights = Array.from({ length: dialogues }, (_, rank) => 1 / (rank + 1));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const pick = (): string => {
    if (crowd.random < ownWords) return `${Math.floor(crowd.random * 1e12)} of my own`;
    let left = crowd.random * whole;
    const rank = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return String(rank + 1);
  };
  return async (send) => {
    const exercise = pick();
    const id = await opened(send, { agent, channel: 'load', contact: asker });
    const path = `/api/v1/conversations/${id}/messages`;
    let words = '';
    for (const question of ['What does exercise # want', 'How do I begin exercise #', 'Why does my program fail in exercise #']) {
      const text = `${question.replace('#', exercise)}?`;
      words += text;
      const { measured } = await send('turn', 'POST', path, { text });
      crowd.noteAsked(words, measured);
    }
    await send('read', 'GET', path);
  };
}

const services = ['corte', 'arreglo de barba', 'corte y barba'];
const days = ['lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado'];

/** An appointment from the question to its code; customers choose among the times that they are offered, so that many want the same. */
export function reservationFlow(crowd: Crowd, run: string): (send: Send) => Promise<void> {
  let number = 0;
  const oneOf = <T>(list: readonly T[]): T | undefined => list[Math.floor(crowd.random * list.length)];
  return async (send) => {
    const contact = { name: 'Prueba Timonel', email: `load-${run}-${++number}@timonel.invalid` };
    crowd.contacts.push(contact.email);
    const id = await opened(send, { agent: 'booking', channel: 'load', contact });
    const say = async (text: string) =>
      (await send('turn', 'POST', `/api/v1/conversations/${id}/messages`, { text })).answer as Turn;
    let turn = await say(`Quiero un turno para ${oneOf(services)} el ${oneOf(days)}`);
    for (let step = 0; step < 10 && turn.run?.outcome === 'awaiting_input'; step++) {
      const { awaiting } = turn.run;
      const options = turn.reply?.options ?? [];
      if (awaiting === 'name') turn = await say(contact.name);
      else if (awaiting === 'contact') turn = await say(contact.email);
      else if (awaiting === 'confirmation') turn = await say('Sí');
      else if (options.length > 0) turn = await say(oneOf(options) ?? 'sí');
      else turn = await say(`el ${oneOf(days)} que viene`);
    }
    const code = /\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6}\b/.exec(turn.reply?.text ?? '')?.[0];
    if (code === undefined) crowd.full++;
    else crowd.codes.push(code);
  };
}

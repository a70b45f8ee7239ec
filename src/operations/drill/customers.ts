/** Customers of a rehearsal: they write to its first agent, and remember what was taken, so that nothing of it can be lost unseen. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeFinding } from './contract.ts';
import type { RehearsedAnswer, RehearsedProcess } from './rehearsal.ts';

/** What became of a message. */
export interface SaidMessage {
  status: number;
  /** Of the problem, where it was refused. */
  code: string | undefined;
  runId: string | undefined;
  outcome: string | null;
  /** No model answered: the flow planner did. */
  degraded: boolean;
  text: string;
}

const mostTries = 20;
const pauseMs = 500;

interface Taken {
  conversation: string;
  runId: string;
  text: string;
}

interface TurnBody {
  code?: string;
  run?: { id: string; outcome: string | null; degraded: boolean } | null;
  reply?: { text: string } | null;
}

export class Customers {
  readonly #process: () => RehearsedProcess;
  readonly #taken: Taken[] = [];
  #conversation: string | undefined;
  #said = 0;

  /** @param process whom they write to, asked before each message */
  constructor(process: () => RehearsedProcess) {
    this.#process = process;
  }

  /** Messages that were taken so far. */
  get taken(): number {
    return this.#taken.length;
  }

  async #open(): Promise<string> {
    const process = this.#process();
    for (let tries = 1; ; tries++) {
      const { status, body } = await process.call<{ id?: string; detail?: string }>('POST', '/api/v1/conversations', {
        body: { agent: process.agent, channel: 'drill' },
      });
      if (body.id !== undefined) return body.id;
      // A process that has just started is busy with itself, and says so.
      if (status !== 503 || tries === mostTries) throw new Error(`No conversation was begun: ${status} ${body.detail ?? ''}`);
      await sleep(pauseMs);
    }
  }

  /** Each in a conversation of its own, so that none waits for another. Begun before a fault, they can be written in while it lasts. */
  async conversations(count: number): Promise<string[]> {
    const all: string[] = [];
    for (let index = 0; index < count; index++) all.push(await this.#open());
    return all;
  }

  /** One message and its answer, in the conversation that they all go on with. @throws where nobody answers within the time */
  async say(withinMs: number): Promise<SaidMessage> {
    this.#conversation ??= await this.#open();
    const conversation = this.#conversation;
    const text = this.#text();
    const { status, body } = await this.#process().call<TurnBody>('POST', `/api/v1/conversations/${conversation}/messages`, {
      body: { text },
      withinMs,
    });
    const { run, reply, code } = body;
    if (status < 300 && run !== null && run !== undefined) this.#taken.push({ conversation, runId: run.id, text });
    return {
      status,
      code,
      runId: run?.id,
      outcome: run?.outcome ?? null,
      degraded: run?.degraded === true,
      text: reply?.text ?? '',
    };
  }

  /** One message that is taken, and whose answer is not waited for. @returns whether it was taken */
  async leave(conversation: string): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      const status = await this.#left(conversation);
      if (status !== 503 || tries === mostTries) return status < 300;
      await sleep(pauseMs);
    }
  }

  async #left(conversation: string): Promise<number> {
    const process = this.#process();
    const text = this.#text();
    const leaving = new AbortController();
    const late = AbortSignal.any([leaving.signal, AbortSignal.timeout(20_000)]);
    const response = await fetch(`${process.url}/api/v1/conversations/${conversation}/messages`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${process.apiKey}`,
        'content-type': 'application/json',
        accept: 'text/event-stream',
      },
      body: JSON.stringify({ text }),
      signal: late,
    });
    const runId = response.headers.get('x-timonel-run');
    leaving.abort();
    if (response.ok && runId !== null) this.#taken.push({ conversation, runId, text });
    return response.status;
  }

  /** Every message that was taken is there once, and was answered once. */
  async kept(): Promise<ProbeFinding> {
    for (const each of this.#taken) {
      const lacking = await this.#lacking(each);
      if (lacking !== undefined) return { ok: false, said: lacking };
    }
    return { ok: true, said: `${this.#taken.length} messages were taken, and each was answered once.` };
  }

  async #lacking({ conversation, runId, text }: Taken): Promise<string | undefined> {
    const run = await this.#get<TurnBody>(`/api/v1/runs/${runId}`);
    if (run.status !== 200) return `The run ${runId} was taken, and is not there (${run.status} ${run.body.code ?? ''}).`;
    const outcome = run.body.run?.outcome ?? null;
    if (outcome === null || outcome === 'failed') return `The run ${runId} ${outcome === null ? 'has not ended' : 'failed'}.`;
    const { body } = await this.#get<{ messages?: { role: string; runId: string | null; text: string }[] }>(
      `/api/v1/conversations/${conversation}`,
    );
    const messages = body.messages ?? [];
    const asked = messages.filter((message) => message.role === 'user' && message.text === text).length;
    const replies = messages.filter((message) => message.role === 'assistant' && message.runId === runId).length;
    if (asked === 1 && replies === 1) return undefined;
    return `"${text}" is there ${asked} times, and has ${replies} answers.`;
  }

  #get<Body>(path: string): Promise<RehearsedAnswer<Body>> {
    return this.#process().call<Body>('GET', path);
  }

  #text(): string {
    this.#said++;
    return `Hola ${this.#said}`;
  }
}

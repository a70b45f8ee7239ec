/** The processes of a crash test on one store, the world outside of it, and a client that records what it was told. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child.ts';
import type { Said } from './history.ts';
import { OutsideWorld } from './outside.ts';
import type { Blow, Point } from './points.ts';

/** How long after healing all runs must have ended. */
export const healedWithinMs = 10_000;

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of the API, asserted on by the tests
  body: any;
}

export class Cluster {
  readonly outside: OutsideWorld;
  readonly children: Child[];
  readonly history: Said[] = [];
  /** What processes said that ended by themselves. */
  readonly ended: string[] = [];
  readonly blows: Record<Blow, number> = { SIGKILL: 0, SIGSTOP: 0 };
  readonly #environment: Record<string, string>;
  #turn = 0;

  /** @param environment of the store; settings in it replace the short ones that the crash tests use. */
  static async start(environment: Record<string, string>, processes: number): Promise<Cluster> {
    const outside = await OutsideWorld.open();
    const temporary = join(environment['TIMONEL_HOME'] ?? '', 't');
    mkdirSync(temporary, { recursive: true });
    const complete = {
      TIMONEL_PORT: '0',
      TIMONEL_LEASE_MS: '1500',
      TIMONEL_IDLE_IN_TRANSACTION_TIMEOUT_MS: '1500',
      TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0',
      TIMONEL_TEST_OUTSIDE_URL: outside.url,
      // A killed process leaves its socket behind: where the store's folder is, it goes with it.
      TMPDIR: temporary,
      ...environment,
    };
    try {
      const children = await Promise.all(Array.from({ length: processes }, () => Child.start(complete)));
      return new Cluster(complete, children, outside);
    } catch (error) {
      outside.close();
      throw error;
    }
  }

  private constructor(environment: Record<string, string>, children: Child[], outside: OutsideWorld) {
    this.#environment = environment;
    this.children = children;
    this.outside = outside;
  }

  /** The process in this place; dead ones are replaced in theirs by {@link heal}. */
  child(place: number): Child {
    const child = this.children[place];
    if (child === undefined) throw new Error(`There is no process ${place}.`);
    return child;
  }

  /** A process that answers, each in turn. */
  any(): Child | undefined {
    const running = this.children.filter(({ state }) => state === 'running');
    return running[this.#turn++ % Math.max(1, running.length)];
  }

  /** Replaces what is dead and thaws what is frozen. */
  async heal(): Promise<void> {
    await Promise.all(
      this.children.map(async (child, place) => {
        if (child.state === 'frozen') child.thaw();
        if (child.state !== 'dead') return;
        if (child.ended !== undefined) this.ended.push(child.ended);
        this.children[place] = await Child.start(this.#environment);
      }),
    );
  }

  /**
   * Has the first process die or freeze at a point of what `act` makes it do.
   * @returns the process, and what is still under way when it happened. @throws when the point was not reached.
   */
  async strike<T>(point: Point, blow: Blow, act: (victim: Child) => Promise<T>): Promise<{ victim: Child; acting: Promise<T> }> {
    const victim = this.child(0);
    const reached = await victim.arm(point, blow);
    const acting = act(victim);
    // Whoever awaits it later hears of it; until then it must not count as unheard.
    acting.catch(() => {});
    if (!(await reached())) throw new Error(`The process did not get to ${point}.`);
    this.blows[blow]++;
    return { victim, acting };
  }

  async query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await this.#running()).query(text, values);
  }

  async call(method: 'GET' | 'POST', path: string, body?: object, options: CallOptions = {}): Promise<Answer> {
    const child = options.to?.state === 'running' ? options.to : await this.#running();
    const response = await fetch(`${child.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${child.apiKey}`, 'content-type': 'application/json', ...options.headers },
      signal: AbortSignal.timeout(options.timeoutMs ?? 5_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: response.status === 204 ? undefined : await response.json() };
  }

  async converse(): Promise<string> {
    const { body } = await this.call('POST', '/api/v1/conversations', { agent: 'crash' });
    return body.id;
  }

  /**
   * Says something and records what became of it. After an attempt whose outcome is unknown it says the same again, with the same key, to
   * whichever process answers: as a client would.
   * @param options `once`: an unknown outcome is left unknown.
   */
  async say(conversation: string, text: string, options: CallOptions & { once?: boolean } = {}): Promise<Said> {
    const key = `${conversation}-${text.split(':')[0]}`;
    const said: Said = { conversation, text, key, state: 'invoked', invokedAt: performance.now() };
    this.history.push(said);
    const until = performance.now() + 30_000;
    for (let attempt = 1; ; attempt++) {
      const headers = { 'idempotency-key': key };
      const to = attempt === 1 ? options.to : undefined;
      const answer = await this.call(
        'POST',
        `/api/v1/conversations/${conversation}/messages`,
        { text },
        { ...options, to, headers },
      ).catch(() => undefined);
      if (answer !== undefined && answer.status < 300) {
        const { run, reply } = answer.body;
        Object.assign(said, { state: 'acknowledged', acknowledgedAt: performance.now(), runId: run.id });
        if (run.status === 'finished') said.reply = reply.text;
        return said;
      }
      said.state = 'unknown';
      if (answer !== undefined && answer.status < 500) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
      if (options.once === true) return said;
      if (performance.now() > until) throw new Error(`Nobody took "${text}" for 30 s: ${JSON.stringify(answer)}`);
      await sleep(50);
    }
  }

  /** Decides what waits for a person, as a person would who looked outside first. @returns what was decided. */
  async decideAll(): Promise<{ rule: string; decision: string }[]> {
    const pending = await this.query(
      `SELECT run_id, call_id, rule, args->>'label' AS label FROM approvals WHERE status = 'pending'`,
    );
    const decided: { rule: string; decision: string }[] = [];
    for (const { run_id: run, call_id: callId, rule, label } of pending) {
      const happened = rule === 'outcome-unknown' && this.outside.count(String(label)) > 0;
      const decision = happened ? 'reject' : 'approve';
      const { status, body } = await this.call('POST', `/api/v1/runs/${run}/approvals/${callId}`, { decision });
      if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
      decided.push({ rule: String(rule), decision });
    }
    return decided;
  }

  /**
   * Waits until no run is queued or under way. To be called right after healing.
   * @returns milliseconds. @throws when it takes longer than it may.
   */
  async settle(withinMs = healedWithinMs): Promise<number> {
    const started = performance.now();
    for (;;) {
      const open = await this.query(
        `SELECT r.id, r.status, r.owner, r.fence, r.turn, p.pid FROM runs r LEFT JOIN processes p ON p.id = r.owner
         WHERE r.status IN ('queued', 'running')`,
      );
      const milliseconds = Math.round(performance.now() - started);
      if (open.length === 0) return milliseconds;
      if (milliseconds > withinMs) throw new Error(`Not finished ${milliseconds} ms after healing: ${JSON.stringify(open)}`);
      await sleep(30);
    }
  }

  /** Until the message's run waits. @returns its id. */
  async waiting(conversation: string): Promise<string> {
    const until = performance.now() + 30_000;
    for (;;) {
      const [run] = await this.query('SELECT id, status FROM runs WHERE conversation_id = $1 ORDER BY turn DESC LIMIT 1', [
        conversation,
      ]);
      if (run?.['status'] === 'waiting') return String(run['id']);
      if (performance.now() > until) throw new Error(`The run does not wait: ${JSON.stringify(run)}`);
      await sleep(30);
    }
  }

  /** Lets the survivors finish what the dead left, or a successor where there are none. @returns milliseconds. */
  async recover(): Promise<number> {
    const survived = this.children.some(({ state }) => state === 'running');
    if (!survived) await this.heal();
    const milliseconds = await this.settle();
    await this.heal();
    return milliseconds;
  }

  /** How often runs were taken over so far. */
  async recoveries(): Promise<number> {
    const [row] = await this.query('SELECT COALESCE(sum(recoveries), 0)::int AS recoveries FROM runs');
    return Number(row?.['recoveries']);
  }

  async close(): Promise<void> {
    await Promise.all(this.children.filter(({ state }) => state !== 'dead').map((child) => child.kill()));
    this.outside.close();
  }

  async #running(): Promise<Child> {
    const until = performance.now() + 20_000;
    for (let child = this.any(); ; child = this.any()) {
      if (child !== undefined) return child;
      if (performance.now() > until) throw new Error('No process answers.');
      await sleep(30);
    }
  }
}

export interface CallOptions {
  /** Which process to ask, where it runs. */
  to?: Child | undefined;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/**
 * Runs tool calls: validated arguments, a transaction with the idempotency key where the effect is in our database, timeout, retry and
 * breaker per tool and workspace, a bound on the answer, and the question "did it happen?" where the effect is outside.
 */
import type { Features } from '@openfeature/server-sdk';
import {
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  type IPolicy,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { LRUCache } from 'lru-cache';

import { publishFault, traced } from '../diagnostics.ts';
import { type ErrorCode, messageOf, TimonelError } from '../errors.ts';
import type { ReachesOutside } from '../identity/outside.ts';
import type { AgentKnowledge } from '../knowledge/contract.ts';
import type { KnowledgePlace } from '../knowledge/knowledge.ts';
import type { Sandbox } from '../sandbox/contract.ts';
import { sandboxFor } from '../sandbox/for-agents.ts';
import type { DatabasePool, RunStatement } from '../store/database.ts';
import { isDeadlock, isTransient } from '../store/database-errors.ts';
import type { RunContext } from '../store/run-context.ts';
import { storable, storableValue } from '../store/storable.ts';
import type { AsRuntime } from '../store/transaction-client.ts';
import type { PendingWait } from '../store/waits.ts';
import type { JsonObject, LocalizedText } from '../vocabulary.ts';
import { answerableOf } from './answerable.ts';
import type { CallPlace } from './call-place.ts';
import { CallWaits, Suspended, type WaitingRuntime } from './call-waits.ts';
import { connectionOf } from './connection.ts';
import type { AnyTool, ToolContext } from './contract.ts';
import { EffectDidNotHappen } from './contract.ts';
import { beginEffect, type EffectOwner, storeEffect } from './effects.ts';
import type { AgentMetrics } from './metrics.ts';
import { type MessageSent, type SendRuntime, sendFrom } from './send.ts';
import { type KeptOutput, keepOutput, type Spills } from './spill.ts';
import { stateOf } from './state.ts';
import { type SurroundedRun, type Surroundings, surroundingsOf } from './surroundings.ts';
import type { ArtifactsOf } from './tool-artifacts.ts';

/** Adds a job to the queue, in the given transaction where there is one. */
export type ScheduleJob = (
  job: { agent: string; name: string; workspaceId: string; payload: object; at: Date; key: string },
  asRuntime: AsRuntime | undefined,
) => Promise<void>;

export interface ToolRuntime {
  pool: DatabasePool;
  now(): Date;
  newId(): string;
  schedule: ScheduleJob;
  /** What a tool asks for feature flags. */
  flagsOf(run: RunContext): Features;
  artifacts: ArtifactsOf;
  /** Keeps answers that are too long. */
  spills: Spills;
  /** Collections that the agent may search, on behalf of who asks. */
  knowledge(place: KnowledgePlace): AgentKnowledge;
  sandbox: Sandbox;
  /** Runs that calls start, and what they wait for. */
  waiting: WaitingRuntime;
  /** Stores what calls send, and tells of it. */
  messages: SendRuntime;
  /** What an agent counts with. */
  metricsOf(agent: string): AgentMetrics;
  /** How code of a workspace reaches systems of others. */
  reaches(workspaceId: string, agent: string): ReachesOutside;
}

export type ToolResult =
  | ({ kind: 'completed' } & KeptOutput)
  | { kind: 'failed'; reason: LocalizedText; error: unknown }
  /** The effect may or may not have happened, and nothing can tell: a person has to look. */
  | { kind: 'unknown'; error: unknown }
  /** It is made again, from its start, once these are answered. */
  | { kind: 'suspended'; waits: readonly PendingWait[] };

const defaultTimeoutMs = 10_000;
/** Breakers of one tool that are kept; the workspace that was idle for longest begins anew. */
const mostBreakers = 1_000;

export class ToolExecutor {
  readonly #runtime: ToolRuntime;
  /** By workspace: an outage of the system behind one customer's tool is no other customer's. */
  readonly #policies = new WeakMap<AnyTool, LRUCache<string, IPolicy>>();

  constructor(runtime: ToolRuntime) {
    this.#runtime = runtime;
  }

  /** What the tool loads for the policy rules. Reads only. */
  async facts(tool: AnyTool, args: JsonObject, place: CallPlace): Promise<unknown> {
    return tool.facts === undefined ? undefined : tool.facts(args, this.#readContext(tool, place));
  }

  /** What the guard of a reply works with. */
  surroundings(run: SurroundedRun): Surroundings {
    return surroundingsOf(this.#runtime, run);
  }

  /**
   * Makes the call.
   * @param again the call may have been made before, by a process that died: an outside effect is asked for first.
   * @throws TimonelError `run_fenced`, `store_unavailable`: the run's, not the tool's, to deal with.
   */
  run(tool: AnyTool, args: JsonObject, place: CallPlace, again: boolean): Promise<ToolResult> {
    if (!traced.tool.hasSubscribers) return this.#run(tool, args, place, again);
    const work = { run: place.run, callId: place.callId, tool: tool.name, args };
    return traced.tool.tracePromise(() => this.#run(tool, args, place, again), work);
  }

  async #run(tool: AnyTool, args: JsonObject, place: CallPlace, again: boolean): Promise<ToolResult> {
    const input: unknown = tool.input.parse(args);
    if (tool.effect === 'write' && tool.target === 'outside') {
      if (again && !isRepeatable(tool, place)) {
        const known = await this.#reconcile(tool, input, place);
        if (known !== undefined) return known;
      }
      return this.#runOutside(tool, input, place);
    }
    try {
      const kept = await this.#policyOf(tool, place).execute(async ({ signal }) => {
        const attempt = { ...place, signal };
        if (tool.effect === 'write') return this.#writeOnce(tool, input, attempt);
        return this.#kept(tool, await this.#execute(tool, input, attempt), attempt);
      }, place.signal);
      return { kind: 'completed', ...kept };
    } catch (error) {
      return error instanceof Suspended ? { kind: 'suspended', waits: error.waits } : this.#failure(tool, error);
    }
  }

  /** One attempt at a call that may wait. What it waits for counts, whatever the tool made of the error. */
  async #execute(tool: AnyTool, input: unknown, place: CallPlace): Promise<unknown> {
    const waits = this.#waitsOf(tool, place);
    let output: unknown;
    try {
      output = await tool.execute(input, this.#readContext(tool, place, waits));
    } catch (error) {
      if (waits.pending.length === 0) throw error;
    }
    if (waits.pending.length > 0) throw new Suspended(waits.pending);
    return output;
  }

  #waitsOf(tool: AnyTool, place: CallPlace): CallWaits {
    return new CallWaits(tool, place, this.#runtime.waiting, this.#runtime);
  }

  /** One transaction: what the tool does, and the key under which it did it. Nothing happens twice, whoever tries again. */
  async #writeOnce(tool: AnyTool, input: unknown, place: CallPlace): Promise<KeptOutput> {
    const owner: EffectOwner = { run: place.run, tool: tool.name, key: idempotencyKey(place) };
    const sent: MessageSent[] = [];
    const answer = await this.#runtime.pool.inWorkspace(
      place.run.workspaceId,
      async (database, client, asRuntime) => {
        const before = await beginEffect(client, owner);
        const runtimeStatement: RunStatement = (text, values) =>
          asRuntime(async (runtime) => (await runtime.query(text, values.map(storableValue))).rows);
        if (before !== undefined)
          return { output: before.output, spilled: await this.#runtime.spills.kept(place, runtimeStatement) };
        const query: ToolContext['query'] = (work) => work(database);
        const value: unknown = await tool.execute(input, {
          ...this.#baseContext(place),
          ...this.#waitsOf(tool, place).parts(asRuntime),
          query,
          connection: () => connectionOf(runtimeStatement, place.run),
          answerable: () => answerableOf(runtimeStatement, place),
          send: this.#sendFrom(place, { asRuntime, later: (message) => sent.push(message) }),
          state: stateOf(place.run, query),
          artifacts: this.#runtime.artifacts(place, runtimeStatement),
          schedule: (job, payload, { at, key }) => this.#schedule(place, job, payload, at, key, asRuntime),
        });
        const kept = await this.#kept(tool, value, place, runtimeStatement);
        await storeEffect(client, owner, kept.output);
        return kept;
      },
      place.signal,
    );
    // Not before the commit: until then nothing was said.
    for (const message of sent) this.#runtime.messages.tell(message);
    return answer;
  }

  async #runOutside(tool: AnyTool, input: unknown, place: CallPlace): Promise<ToolResult> {
    try {
      const output: unknown = await this.#policyOf(tool, place).execute(({ signal }) => {
        // The last moment to find out: this process may have been frozen since it asked, and another one may have called meanwhile.
        if (!place.attempt.leaseHolds())
          throw new TimonelError('run_fenced', `Another process may have taken over the run ${place.run.runId}.`);
        return this.#execute(tool, input, { ...place, signal });
      }, place.signal);
      return { kind: 'completed', ...(await this.#kept(tool, output, place)) };
    } catch (error) {
      if (error instanceof Suspended) return { kind: 'suspended', waits: error.waits };
      if (error instanceof EffectDidNotHappen) return this.#failure(tool, error);
      if (error instanceof TimonelError && error.code === 'run_fenced') throw error;
      // A timeout or a broken connection says nothing about the other side.
      return (await this.#reconcile(tool, input, place)) ?? this.#failure(tool, error);
    }
  }

  /** `undefined` when the effect certainly did not happen. */
  async #reconcile(tool: AnyTool, input: unknown, place: CallPlace): Promise<ToolResult | undefined> {
    if (tool.reconcile === undefined)
      return { kind: 'unknown', error: new Error(`The tool ${tool.name} cannot tell whether it happened.`) };
    try {
      const answer = await tool.reconcile(idempotencyKey(place), input, this.#readContext(tool, place));
      if (answer.kind === 'happened') return { kind: 'completed', ...(await this.#kept(tool, answer.output, place)) };
      return answer.kind === 'did-not-happen'
        ? undefined
        : { kind: 'unknown', error: new Error(`The tool ${tool.name} does not know.`) };
    } catch (error) {
      return { kind: 'unknown', error };
    }
  }

  /** What is stored is what the planner sees. */
  async #kept(tool: AnyTool, value: unknown, place: CallPlace, run?: RunStatement): Promise<KeptOutput> {
    const { output, spilled } = await keepOutput(tool, value, place, this.#runtime.spills, run);
    return { output: storable(output), spilled };
  }

  #readContext(tool: AnyTool, place: CallPlace, waits = this.#waitsOf(tool, place)): ToolContext {
    const query: ToolContext['query'] = (work) =>
      this.#runtime.pool.inWorkspace(place.run.workspaceId, (database) => work(database), place.signal);
    return {
      ...this.#baseContext(place),
      ...waits.parts(),
      query,
      send: this.#sendFrom(place),
      state: stateOf(place.run, query),
      artifacts: this.#runtime.artifacts(place),
      schedule: (job, payload, { at, key }) => this.#schedule(place, job, payload, at, key, undefined),
    };
  }

  #baseContext(
    place: CallPlace,
  ): Omit<ToolContext, 'query' | 'schedule' | 'send' | 'state' | 'artifacts' | keyof ReturnType<CallWaits['parts']>> {
    const { run, principal, signal } = place;
    const { workspaceId, timeZone, conversationId, runId, agent, channel, contact } = run;
    return {
      workspaceId,
      timeZone,
      conversationId,
      runId,
      channel,
      contact,
      connection: () => connectionOf((text, values) => this.#runtime.pool.executeText(text, values), run),
      answerable: () => answerableOf((text, values) => this.#runtime.pool.executeText(text, values), place),
      principal,
      idempotencyKey: idempotencyKey(place),
      flags: this.#runtime.flagsOf(run),
      ...this.#runtime.reaches(workspaceId, agent),
      metrics: this.#runtime.metricsOf(agent),
      knowledge: this.#runtime.knowledge({
        workspaceId,
        agent,
        runId,
        role: principal?.role,
        asker: principal === undefined ? undefined : `${principal.kind}:${principal.id}`,
        mayManage: principal?.permissions.has('knowledge:manage') ?? false,
        signal,
      }),
      sandbox: sandboxFor(this.#runtime.sandbox, { workspaceId, person: principal?.id ?? conversationId }, signal),
      signal,
      now: () => this.#runtime.now(),
      newId: () => this.#runtime.newId(),
      complete: (token, answer) => this.#runtime.waiting.complete(token, answer, `run:${runId}`),
    };
  }

  #sendFrom(place: CallPlace, within?: Parameters<typeof sendFrom>[2]): ToolContext['send'] {
    const { workspaceId, agent, runId } = place.run;
    return sendFrom(
      { workspaceId, agent, idempotencyKey: idempotencyKey(place), by: `run:${runId}` },
      this.#runtime.messages,
      within,
    );
  }

  #schedule(place: CallPlace, name: string, payload: object, at: Date, key: string | undefined, asRuntime: AsRuntime | undefined) {
    const { agent, workspaceId } = place.run;
    return this.#runtime.schedule({ agent, name, workspaceId, payload, at, key: key ?? this.#runtime.newId() }, asRuntime);
  }

  #failure(tool: AnyTool, error: unknown): ToolResult {
    if (error instanceof TimonelError && (error.code === 'run_fenced' || error.code === 'store_unavailable')) throw error;
    publishFault(`the tool ${tool.name}`, error);
    return {
      kind: 'failed',
      error: new TimonelError('tool_failed', `The tool ${tool.name} failed: ${messageOf(error)}`, { cause: error }),
      reason: {
        es: 'No pude hacerlo en este momento. Podés intentarlo de nuevo en unos minutos.',
        en: 'I could not do that right now. You can try again in a few minutes.',
      },
    };
  }

  #policyOf(tool: AnyTool, { run: { workspaceId } }: CallPlace): IPolicy {
    let ofTool = this.#policies.get(tool);
    if (ofTool === undefined) {
      ofTool = new LRUCache({ max: mostBreakers });
      this.#policies.set(tool, ofTool);
    }
    let policy = ofTool.get(workspaceId);
    if (policy === undefined) {
      const outside = tool.effect === 'write' && tool.target === 'outside';
      policy = wrap(
        retry(handleWhen(isWorthRetrying), {
          maxAttempts: tool.retries ?? (outside ? 0 : 2),
          backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 1_000 }),
        }),
        circuitBreaker(handleWhen(isOutage), { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) }),
        timeout(tool.timeoutMs ?? defaultTimeoutMs, TimeoutStrategy.Aggressive),
      );
      ofTool.set(workspaceId, policy);
    }
    return policy;
  }
}

/** The same for every attempt at a call, and for no other call. */
function idempotencyKey({ run, callId }: CallPlace): string {
  return `${run.runId}:${callId}`;
}

/**
 * What a tool does before a wait is repeatable by its contract: a call in doubt that has not come past its waits is simply made again. A tool that
 * can tell what happened is asked all the same.
 */
function isRepeatable(tool: AnyTool, { attempt, callId }: CallPlace): boolean {
  if (tool.reconcile !== undefined) return false;
  const own = attempt.waits.filter((wait) => wait.callId === callId);
  return own.length === 0 ? tool.background === true : own.some(({ status }) => status === 'pending');
}

function isWorthRetrying(error: unknown): boolean {
  if (error instanceof TimonelError) return error.retryable && error.code !== 'run_fenced';
  return isDeadlock(error) || isTransient(error);
}

/** Nor is a state that another call changed meanwhile. */
const noOutage: ReadonlySet<ErrorCode> = new Set(['run_fenced', 'store_unavailable', 'version_conflict']);

/** A tool that throws is broken; a run that lost its fence is not the tool's fault. */
function isOutage(error: unknown): boolean {
  if (error instanceof TimonelError) return !noOutage.has(error.code);
  return !(error instanceof EffectDidNotHappen || error instanceof Suspended);
}

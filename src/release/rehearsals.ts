import { TimonelError } from '../errors.ts';
import type { Vocabulary } from '../language/contract.ts';
import type { AgentDefinition } from '../run/contract.ts';
import { type Explanation, explain } from '../run/explain.ts';
import { type LoopDependencies, runLoop } from '../run/loop.ts';
import type { InstructedPlanner, ModelPlanner } from '../run/planner.ts';
import type { ClaimedRun, FinishedTurn } from '../store/runs.ts';
import type { Step, Usage } from '../store/steps.ts';
import type { ToolExecutor } from '../tools/execute.ts';
import type { Asker, CallRecord, JsonObject } from '../vocabulary.ts';
import type { Catalog } from './catalog.ts';
import type { InForce } from './in-force.ts';
import { ShadowRecord } from './shadow-loop.ts';
import type { AgentVersion } from './version.ts';

export interface RehearsalDependencies extends Pick<LoopDependencies, 'flowPlanner' | 'findPrincipal' | 'fallback' | 'now'> {
  modelPlanner: InstructedPlanner;
  executor: ToolExecutor;
  catalog: Catalog;
  inForce: InForce;
  vocabularyOf(agent: AgentDefinition, workspaceId: string): Promise<{ vocabulary: Vocabulary; timeZone: string }>;
  newId(): string;
}

export interface RehearsalRequest {
  workspaceId: string;
  agent: string;
  /** One that was made of the agent; the one in force where absent. */
  version: string | undefined;
  /** What a customer says, turn by turn; the last one is what is asked about. */
  messages: readonly string[];
  asker: Asker;
  /** Whether the agent's model is asked, on the account of the asker. */
  models: boolean;
  signal: AbortSignal;
}

export interface RehearsedTurn {
  text: string;
  outcome: FinishedTurn['outcome'];
  reply: string | undefined;
  awaiting: string | undefined;
  /** Why the flow planner served in place of the model. */
  degraded: string | undefined;
  error: JsonObject | undefined;
  /** Calls that would be made now, or that a person would be asked about: the rehearsal ends before them. */
  stoppedBefore: { callId: string; tool: string; args: JsonObject; asks: boolean }[];
  steps: Step[];
  usage: Usage;
}

export interface Rehearsal {
  version: string;
  turns: RehearsedTurn[];
  /** What the model is told in the last turn; absent where the agent has no model, or its part throws. */
  instructions: { prompt: string; offered: readonly string[] | undefined } | undefined;
  /** What the flows take the last message for, as the first of a conversation; absent for an agent without flows. */
  understood: Explanation | undefined;
}

/** A turn gets no longer than this, whatever the agent's own limit is: somebody waits for it. */
const longestTurnMs = 60_000;

/**
 * Plays a conversation that nobody has: planned and judged as a real one, on the rows of the workspace and as who asks. Reads are made;
 * before the first write, or the first question to a person, it ends. Nothing of it is stored but what its model calls cost.
 */
export class Rehearsals {
  readonly #dependencies: RehearsalDependencies;

  constructor(dependencies: RehearsalDependencies) {
    this.#dependencies = dependencies;
  }

  /** @throws TimonelError `agent_not_found`; `invalid_request` for a version that this process does not have */
  async play(request: RehearsalRequest): Promise<Rehearsal> {
    const { workspaceId, agent, messages } = request;
    const { vocabularyOf, now } = this.#dependencies;
    const version = await this.#version(request);
    const { definition } = version;
    const { vocabulary, timeZone } = await vocabularyOf(definition, workspaceId);
    const turns: RehearsedTurn[] = [];
    const history: ClaimedRun['history'] = [];
    let state: JsonObject = {};
    let instructions: Rehearsal['instructions'];
    const conversationId = this.#dependencies.newId();
    for (const [at, text] of messages.entries()) {
      const run = { workspaceId, agent, conversationId, turn: at + 1, text, state, history: [...history], timeZone };
      const { turn, memory, told } = await this.#turn(request, version, run);
      turns.push(turn);
      instructions = told;
      if (turn.stoppedBefore.length > 0 || turn.outcome === 'failed' || request.signal.aborted) break;
      state = memory;
      history.push({ role: 'user', text, turn: at + 1 }, { role: 'assistant', text: turn.reply ?? '', turn: at + 1 });
    }
    const last = messages.at(-1) ?? '';
    const first = { text: last, awaiting: turns.at(-2)?.awaiting };
    const understood = definition.flows === undefined ? undefined : explain(definition, first, now(), timeZone, vocabulary);
    return { version: version.version, turns, instructions, understood };
  }

  async #version({ workspaceId, agent, version }: RehearsalRequest): Promise<AgentVersion> {
    const { catalog, inForce } = this.#dependencies;
    const stable = inForce.stableOf(workspaceId, agent);
    if (version === undefined || version === stable.version) return stable;
    const found = await catalog.find(workspaceId, agent, version);
    if (found !== undefined) return found;
    const names = (await catalog.list(workspaceId, agent)).map((each) => each.version);
    throw new TimonelError(
      'invalid_request',
      `There is no version "${version}" of ${agent} here. There are: ${[...new Set([stable.version, ...names])].join(', ')}.`,
    );
  }

  async #turn(
    { asker, models, signal }: RehearsalRequest,
    { version, definition }: AgentVersion,
    given: Pick<ClaimedRun, 'workspaceId' | 'agent' | 'conversationId' | 'turn' | 'text' | 'state' | 'history' | 'timeZone'>,
  ): Promise<{ turn: RehearsedTurn; memory: JsonObject; told: Rehearsal['instructions'] }> {
    const { modelPlanner, flowPlanner, fallback, findPrincipal, executor, now, newId } = this.#dependencies;
    const record = new ShadowRecord();
    const run: ClaimedRun = {
      ...given,
      runId: newId(),
      agentVersion: version,
      arm: 'shadow',
      channel: 'rehearsal',
      contact: undefined,
      fence: 1,
      recoveries: 0,
      attempts: 1,
      asker,
      inDoubt: false,
      steps: [],
      createdAt: now(),
    };
    const wallTimeMs = Math.min(definition.limits?.wallTimeMs ?? longestTurnMs, longestTurnMs);
    const agent = {
      ...definition,
      limits: { ...definition.limits, wallTimeMs },
      // Calls of earlier turns are read from the record, which has none of them.
      memory: { ...definition.memory, tools: 'none' as const },
    };
    const stop = new AbortController();
    const leave = () => stop.abort(new Error('Whoever asked for the rehearsal is gone.'));
    signal.addEventListener('abort', leave, { once: true });
    try {
      await runLoop(
        run,
        performance.now(),
        agent,
        {
          store: record,
          executor: withoutWrites(executor),
          modelPlanner: models ? modelPlanner : noModel,
          flowPlanner,
          // No other system hears of it.
          fallback: { ...fallback, decided: () => 'none', hasSystem: () => false },
          findPrincipal,
          now,
          leaseHolds: () => true,
          emit: () => {},
          startedRun: () => {},
          streaming: () => false,
        },
        stop,
      );
    } finally {
      signal.removeEventListener('abort', leave);
    }
    const { ended, steps } = record;
    if (ended === undefined) throw new TimonelError('internal', `The rehearsal of ${given.agent} came to no end.`);
    const { outcome, awaiting, degraded, error, usage, state } = ended;
    const waits = outcome === 'awaiting_answer' || outcome === 'awaiting_approval';
    const turn: RehearsedTurn = {
      text: given.text,
      outcome,
      reply: waits ? undefined : ended.reply?.text,
      awaiting,
      degraded,
      error,
      stoppedBefore: waits ? openCalls(steps) : [],
      steps,
      usage,
    };
    return { turn, memory: state, told: await this.#instructions(run, agent, stop.signal) };
  }

  async #instructions(run: ClaimedRun, agent: AgentDefinition, signal: AbortSignal): Promise<Rehearsal['instructions']> {
    const { modelPlanner, now } = this.#dependencies;
    const none = { steps: [], calls: [], flowState: {}, latest: {}, summary: undefined };
    const turn = { run, agent, now: now(), ...none, signal };
    if (!modelPlanner.serves(turn)) return undefined;
    try {
      return await modelPlanner.instructions(turn);
    } catch {
      // The turn has failed for the same reason, and says it.
      return undefined;
    }
  }
}

const noModel: ModelPlanner = {
  serves: () => false,
  propose: () => Promise.reject(new TimonelError('model_unavailable', 'This rehearsal asks no model.')),
};

/** Reads for real; a write waits, for ever, so that the turn ends before it. */
function withoutWrites(real: ToolExecutor): Pick<ToolExecutor, 'facts' | 'run' | 'surroundings'> {
  return {
    facts: (tool, args, place) => real.facts(tool, args, place),
    surroundings: (run) => ({ ...real.surroundings(run), keeping: () => undefined }),
    async run(tool, args, place, again) {
      if (tool.effect === 'read') return real.run(tool, args, { ...place, rehearsal: true }, again);
      return { kind: 'suspended', waits: [{ callId: place.callId, position: 0, kind: 'token' }] };
    },
  };
}

/** Calls of the last plan that were let through, or are a person's to decide, and were not made. */
function openCalls(steps: readonly Step[]): RehearsedTurn['stoppedBefore'] {
  const done = new Set(steps.flatMap((step) => (step.kind === 'tool-call' ? [step.record.callId] : [])));
  const verdicts = new Map(steps.flatMap((step) => (step.kind === 'decision' ? [[step.callId, step.verdict.kind] as const] : [])));
  const planned = steps.flatMap((step) => (step.kind === 'plan' || step.kind === 'model-call' ? step.calls : []));
  return planned
    .filter(({ callId }) => !done.has(callId))
    .map(({ callId, tool, args }) => ({ callId, tool, args: args as CallRecord['args'], asks: verdicts.get(callId) === 'ask' }));
}

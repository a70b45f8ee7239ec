/**
 * Where a run stands, folded from its steps. A new run and a resumed one are told apart by nothing but their steps.
 */
import type { ClaimedRun } from '../store/runs.ts';
import type { IdentifiedCall, Step, Summary, Usage } from '../store/steps.ts';
import type { CallRecord, JsonObject, Verdict } from '../vocabulary.ts';
import { type HandedOn, type RunMemory, readMemory, remember, writeMemory } from './memory.ts';
import { type PastCall, repetitionRule, trailOf } from './repeats.ts';

type ModelUsage = Extract<Step, { kind: 'model-call' }>['usage'];

/** A call of the last plan that has no result yet. */
export interface OpenToolCall {
  call: IdentifiedCall;
  verdict: Verdict;
  callHash: string;
  /** What a person decided about exactly this call. */
  approval: { decision: 'approve' | 'reject'; reason: string | undefined } | undefined;
}

export class Progress {
  readonly run: ClaimedRun;
  readonly steps: Step[] = [];
  readonly calls: CallRecord[] = [];
  readonly usage: Usage = { modelCalls: 0, inputTokens: 0, outputTokens: 0 };
  /** Why the flow planner serves instead of the model, where it does. */
  degraded: string | undefined;
  flowState: JsonObject;
  /** What earlier turns called last, per tool. */
  readonly latest: Readonly<Record<string, CallRecord>>;
  /** What models called last in earlier turns. */
  readonly trail: readonly PastCall[];
  /** The summary that earlier turns left. */
  readonly summary: Summary | undefined;
  readonly #memory: RunMemory;
  readonly #decisions = new Map<string, { verdict: Verdict; callHash: string }>();
  readonly #approvals = new Map<string, Extract<Step, { kind: 'approval' }>>();
  readonly #done = new Set<string>();
  /** Calls that a model planned. */
  readonly #byModel = new Set<string>();
  #lastPlan: IdentifiedCall[] = [];
  /** A person decided about a call of the last plan. */
  waited = false;
  /** Turns in a row, this one included, that the flow planner did not understand. */
  misunderstood = 0;

  constructor(run: ClaimedRun) {
    this.run = run;
    this.#memory = readMemory(run.state);
    this.flowState = this.#memory.flow;
    this.latest = this.#memory.latest;
    this.trail = this.#memory.trail ?? [];
    this.summary = this.#memory.summary;
    for (const step of run.steps) this.add(step);
  }

  add(step: Step): void {
    this.steps.push(step);
    switch (step.kind) {
      case 'model-call':
        this.#spent(step.usage, step.cost);
        this.#planned(step.calls);
        for (const { callId } of step.calls) this.#byModel.add(callId);
        break;
      case 'summary': {
        const { upToTurn, text, tokens } = step;
        if (step.usage !== undefined) this.#spent(step.usage, step.cost);
        // A run that waited for long looks back from its own turn; later turns may have a later summary.
        if (upToTurn > (this.#memory.summary?.upToTurn ?? 0)) this.#memory.summary = { upToTurn, text, tokens };
        break;
      }
      case 'plan':
        this.#planned(step.calls);
        this.flowState = step.state;
        this.degraded = step.degraded ?? this.degraded;
        if (step.understood === false) this.misunderstood = (this.#memory.misunderstood ?? 0) + 1;
        break;
      case 'decision':
        this.#decisions.set(step.callId, { verdict: step.verdict, callHash: step.callHash });
        break;
      case 'approval':
        this.#approvals.set(step.callId, step);
        this.waited = true;
        break;
      case 'tool-call':
        this.calls.push(step.record);
        this.#done.add(step.record.callId);
        break;
      case 'guard':
      case 'reply':
        break;
    }
  }

  #spent(usage: ModelUsage, cost: number | undefined): void {
    this.usage.modelCalls++;
    this.usage.inputTokens += usage.inputTokens.total ?? 0;
    this.usage.outputTokens += usage.outputTokens.total ?? 0;
    const cached = usage.inputTokens.cacheRead ?? 0;
    if (cached > 0) this.usage.cachedInputTokens = (this.usage.cachedInputTokens ?? 0) + cached;
    if (cost !== undefined) this.usage.cost = (this.usage.cost ?? 0) + cost;
  }

  #planned(calls: IdentifiedCall[]): void {
    this.#lastPlan = calls;
    this.waited = false;
  }

  /** Calls of the last plan without a result, in the order in which they were proposed. */
  openCalls(): OpenToolCall[] {
    return this.#lastPlan.flatMap((call) => {
      const decision = this.#decisions.get(call.callId);
      if (decision === undefined || this.#done.has(call.callId)) return [];
      const approval = this.#approvals.get(call.callId);
      return [
        {
          call,
          ...decision,
          // An approval holds for the exact call that the person saw.
          approval:
            approval === undefined || approval.callHash !== decision.callHash
              ? undefined
              : { decision: approval.decision, reason: approval.reason },
        },
      ];
    });
  }

  /** What a person said to the agent when they handed the conversation back, before this turn. */
  get handedOn(): HandedOn | undefined {
    return this.#memory.handedOn;
  }

  /** What the conversation remembers, the calls of this run included. */
  memory(): RunMemory {
    const { misunderstood: _before, handedOn: _told, ...kept } = this.#memory;
    const misunderstood = this.misunderstood === 0 ? {} : { misunderstood: this.misunderstood };
    return remember({ ...kept, flow: this.flowState, ...misunderstood }, this.calls);
  }

  /**
   * The memory as it is stored with the end of the turn.
   * @param trails whether the agent limits repetitions. After a turn that such a limit ended the next one begins anew.
   */
  state(trails = false): JsonObject {
    const circled = this.calls.some(({ rule }) => rule === repetitionRule);
    const made = this.calls.filter(({ callId }) => this.#byModel.has(callId));
    return writeMemory({ ...this.memory(), trail: trails && !circled ? trailOf(this.trail, made) : [] });
  }
}

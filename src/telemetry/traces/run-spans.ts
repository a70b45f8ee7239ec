import type { Channel } from 'node:diagnostics_channel';
import { type Attributes, ROOT_CONTEXT, type SpanContext, SpanKind, trace } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import {
  channels,
  type FeedbackGiven,
  type FlagEvaluated,
  type PlanWork,
  type PolicyDecided,
  type RunWork,
  type ToolWork,
  traced,
} from '../../diagnostics.ts';
import { activeSpan } from '../active-span.ts';
import type { Subscriptions } from '../subscriptions.ts';
import { textMessage } from './content.ts';
import { evaluation, featureFlag, genAi, operations, own } from './conventions.ts';
import { here, type Spans } from './spans.ts';

/** Runs of which it is remembered where their spans are, for who says later what they thought of them. */
const remembered = 1_000;

/** Spans of runs, plans and calls of tools. @param content whether texts and arguments are recorded. */
export function runTraces(spans: Spans, subscriptions: Subscriptions, content: boolean): void {
  const ofRuns = new LRUCache<string, SpanContext>({ max: remembered });

  traced.run.start.bindStore(activeSpan, (work) => {
    const active = spans.begin(work, () => startOfRun(work, content));
    ofRuns.set(work.run.runId, active.span.spanContext());
    return active;
  });
  traced.plan.start.bindStore(activeSpan, (work) =>
    spans.begin(work, () => ({
      name: `${operations.plan} ${work.planner}`,
      kind: SpanKind.INTERNAL,
      attributes: { [genAi.operation]: operations.plan, [own.planner]: work.planner, [own.arm]: work.run.arm, ...agentOf(work) },
    })),
  );
  traced.tool.start.bindStore(activeSpan, (work) =>
    spans.begin(work, () => ({
      name: `${operations.executeTool} ${work.tool}`,
      kind: SpanKind.INTERNAL,
      attributes: {
        [genAi.operation]: operations.executeTool,
        [genAi.toolName]: work.tool,
        [genAi.toolType]: 'function',
        [genAi.toolCallId]: work.callId,
        [genAi.agentName]: work.run.agent,
        [genAi.conversationId]: work.run.conversationId,
        [own.runId]: work.run.runId,
        [own.workspaceId]: work.run.workspaceId,
        ...(content ? { [genAi.toolArguments]: JSON.stringify(work.args) } : {}),
      },
    })),
  );
  for (const { start } of [traced.run, traced.plan, traced.tool]) subscriptions.add(() => void start.unbindStore(activeSpan));

  subscriptions.on<RunWork>(traced.run.asyncEnd as Channel, (work) => {
    const { result, error } = work;
    spans.end(work, () => endOfRun(work, content), error ?? result?.turn.error?.['code']);
  });
  subscriptions.on<PlanWork>(traced.plan.asyncEnd as Channel, (work) => spans.end(work, () => ({}), work.error));
  subscriptions.on<ToolWork>(traced.tool.asyncEnd as Channel, (work) => {
    const { result, error } = work;
    spans.end(
      work,
      () => ({
        [own.toolStatus]: result?.kind ?? 'failed',
        ...(content && result?.output !== undefined ? { [genAi.toolResult]: JSON.stringify(result.output) } : {}),
      }),
      error ?? result?.error,
    );
  });
  subscriptions.on<PolicyDecided>(channels.policyDecided, ({ tool, verdict }) => {
    activeSpan.getStore()?.span.addEvent(own.policyEvent, {
      [genAi.toolName]: tool,
      [own.verdict]: verdict.kind,
      ...(verdict.kind === 'allow' ? {} : { [own.rule]: verdict.rule }),
    });
  });
  subscriptions.on<FlagEvaluated>(channels.flagEvaluated, ({ flag, variant, reason, version }) => {
    activeSpan.getStore()?.span.addEvent(featureFlag.event, {
      [featureFlag.key]: flag,
      [featureFlag.provider]: 'timonel',
      [featureFlag.variant]: variant,
      [featureFlag.reason]: reason.toLowerCase(),
      [featureFlag.version]: String(version),
    });
  });
  subscriptions.on<FeedbackGiven>(channels.feedbackGiven, (given) => {
    const evaluated = ofRuns.get(given.runId);
    const { span } = spans.begin(given, () => ({
      name: 'evaluate',
      kind: SpanKind.INTERNAL,
      attributes: { [genAi.agentName]: given.agent, [genAi.agentVersion]: given.agentVersion, [own.runId]: given.runId },
      parent: evaluated === undefined ? here() : trace.setSpanContext(ROOT_CONTEXT, evaluated),
    }));
    span.addEvent(evaluation.event, {
      [evaluation.name]: 'user_feedback',
      [evaluation.score]: given.rating,
      [evaluation.label]: given.rating < 0 ? 'negative' : given.rating > 0 ? 'positive' : 'neutral',
    });
    spans.end(given, () => ({ [own.arm]: given.arm, [own.workspaceId]: given.workspaceId }));
  });
}

function agentOf({ run }: RunWork | PlanWork): Attributes {
  return { [genAi.agentName]: run.agent, [genAi.agentVersion]: run.agentVersion, [genAi.conversationId]: run.conversationId };
}

function startOfRun(work: RunWork, content: boolean) {
  const { run } = work;
  return {
    name: `${operations.invokeAgent} ${run.agent}`,
    kind: SpanKind.INTERNAL,
    attributes: {
      [genAi.operation]: operations.invokeAgent,
      ...agentOf(work),
      [own.workspaceId]: run.workspaceId,
      [own.runId]: run.runId,
      [own.turn]: run.turn,
      [own.recoveries]: run.recoveries,
      [own.arm]: run.arm,
      [own.channel]: run.channel,
      ...(content ? { [genAi.inputMessages]: textMessage('user', run.text) } : {}),
    },
  };
}

function endOfRun({ result }: RunWork, content: boolean): Attributes {
  if (result === undefined) return {};
  const { outcome, degraded, reply } = result.turn;
  return {
    [own.outcome]: outcome,
    [own.degraded]: degraded !== undefined,
    ...(content && reply !== undefined ? { [genAi.outputMessages]: textMessage('assistant', reply.text) } : {}),
  };
}

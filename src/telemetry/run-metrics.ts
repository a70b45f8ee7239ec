import {
  channels,
  type FellBack,
  type MessageSentByAgent,
  type PlanWork,
  type PolicyDecided,
  type RunEnded,
  type StepStored,
  type ToolWork,
  traced,
} from '../diagnostics.ts';
import type { Verdict } from '../vocabulary.ts';
import { activeSpan } from './active-span.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

const verdicts: Readonly<Record<Verdict['kind'], string>> = { allow: 'allow', deny: 'deny', ask: 'ask' };

/** A shadow of a turn is nobody's turn: its steps are no steps, though what its models cost is counted with all calls. */
const rehearsal = 'shadow';

/** What runs, planners, policy and tools do. */
export function runMetrics(set: MetricSet, subscriptions: Subscriptions): void {
  const runs = set.counter('timonel_runs_total', 'turns that ended in this process', [
    'agent',
    'agent_version',
    'arm',
    'outcome',
    'degraded',
  ]);
  const durations = set.histogram('timonel_run_duration_seconds', 'from the claim of a run to the end of its turn', [
    'agent',
    'arm',
    'outcome',
  ]);
  const firstEvents = set.histogram(
    'timonel_run_first_event_seconds',
    'from the claim of a new turn to the first event that a reader would see',
    ['agent', 'arm'],
  );
  const tokens = set.counter('timonel_model_tokens_total', 'tokens that turns used', ['agent', 'direction']);
  const recoveries = set.counter('timonel_run_recoveries_total', 'turns that ended after a takeover', ['agent']);
  subscriptions.on<RunEnded>(channels.runEnded, ({ run, milliseconds, firstEventMilliseconds }) => {
    const { agent, agentVersion, arm, usage } = run;
    const outcome = run.outcome ?? 'failed';
    const span = activeSpan.getStore();
    runs([agent, agentVersion, arm, outcome, String(run.degraded)]);
    if (milliseconds !== undefined) durations([agent, arm, outcome], milliseconds, span);
    if (firstEventMilliseconds !== undefined) firstEvents([agent, arm], firstEventMilliseconds, span);
    tokens([agent, 'input'], usage?.inputTokens ?? 0);
    tokens([agent, 'output'], usage?.outputTokens ?? 0);
    if (run.recoveries > 0) recoveries([agent]);
  });

  const sent = set.counter('timonel_agent_messages_total', 'messages that agents sent by themselves, from a job or a call', [
    'agent',
    'from',
  ]);
  subscriptions.on<MessageSentByAgent>(channels.messageSent, ({ agent, by }) =>
    sent([agent, by.startsWith('job:') ? 'job' : 'call']),
  );

  const steps = set.counter('timonel_steps_total', 'steps of runs that were stored, by their kind', ['agent', 'kind']);
  const toolCalls = set.counter(
    'timonel_tool_calls_total',
    'calls of tools, by what became of them; a tool that is not there is called unknown',
    ['agent', 'tool', 'status'],
  );
  subscriptions.on<StepStored>(channels.stepStored, ({ run: { agent, arm }, step }) => {
    if (arm === rehearsal) return;
    steps([agent, step.kind]);
    if (step.kind !== 'tool-call') return;
    const { tool, status, rule } = step.record;
    // A model may invent any name.
    toolCalls([agent, rule === 'known-tool' ? 'unknown' : tool, status]);
  });
  const toolDurations = set.histogram(
    'timonel_tool_duration_seconds',
    'from the call of a tool to its answer, further attempts included',
    ['agent', 'tool'],
  );
  subscriptions.onEnd<ToolWork>(traced.tool, ({ run, tool }, milliseconds) => {
    toolDurations([run.agent, tool], milliseconds, activeSpan.getStore());
  });

  const plans = set.histogram('timonel_plan_duration_seconds', 'from the question to a planner to its answer', [
    'agent',
    'planner',
  ]);
  subscriptions.onEnd<PlanWork>(traced.plan, ({ run, planner }, milliseconds) => {
    if (run.arm !== rehearsal) plans([run.agent, planner], milliseconds, activeSpan.getStore());
  });
  const decisions = set.counter('timonel_policy_decisions_total', 'decisions of policy about calls: allow, deny or ask', [
    'agent',
    'verdict',
  ]);
  const deciding = set.histogram('timonel_policy_duration_seconds', 'time that a decision took, what rules look up included', [
    'agent',
  ]);
  subscriptions.on<PolicyDecided>(channels.policyDecided, ({ run: { agent, arm }, verdict, milliseconds }) => {
    if (arm === rehearsal) return;
    decisions([agent, verdicts[verdict.kind]]);
    deciding([agent], milliseconds, activeSpan.getStore());
  });
  const fallbacks = set.counter('timonel_fallbacks_total', 'turns that went on without the model planner', ['agent', 'reason']);
  subscriptions.on<FellBack>(channels.fellBack, ({ run: { agent, arm }, reason }) => {
    if (arm !== rehearsal) fallbacks([agent, reason]);
  });
}

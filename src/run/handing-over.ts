/** When a turn ends so that a person has to go on, and what that person is told. By rule: no model is asked, and none is needed. */
import type { NewHandoff } from '../store/handoffs.ts';
import type { HandoffReason, HandoffSummary, Outcome, Reply } from '../vocabulary.ts';
import type { AgentDefinition } from './contract.ts';
import type { Progress } from './progress.ts';
import { runLanguageOf } from './sentences.ts';

/** Messages of a summary, and characters of each of its texts. */
const mostMessages = 5;
const longestText = 500;
const mostCalls = 12;

/** Words of somebody who cannot wait, in a text without accents. */
const urgentWords = /\b(urgente|urgencia|emergencia|ya mismo|ahora mismo|urgent|urgently|emergency|asap|right now)\b/i;

/** Turns in a row that a flow planner did not understand, from which on a person helps. */
const misunderstandings = 2;

/**
 * The hand-off of a turn that ends like this; `undefined` where the agent goes on by itself.
 * @param agent absent where nothing of its code may run.
 */
export function handoffOf(
  agent: AgentDefinition | undefined,
  progress: Progress,
  { outcome, reply }: { outcome: Outcome; reply?: Reply | undefined },
): NewHandoff | undefined {
  const { run } = progress;
  // A run that another one started has no customer: its parent hears how it ended.
  if (run.parentRun !== undefined || agent?.handOff === false) return undefined;
  const reason = reasonOf(outcome, progress);
  if (reason === undefined) return undefined;
  const said = [...run.history.filter(({ role }) => role === 'user').slice(-2), run];
  return {
    reason,
    priority: said.some(({ text }) => isUrgent(text)) ? 'urgent' : 'normal',
    language: runLanguageOf(agent, run),
    summary: summaryOf(agent, progress, reply),
  };
}

function reasonOf(outcome: Outcome, progress: Progress): HandoffReason | undefined {
  if (outcome === 'awaiting_approval') return 'approval';
  if (outcome === 'failed') return 'failed';
  if (progress.misunderstood >= misunderstandings) return 'misunderstood';
  return outcome === 'escalated' ? 'escalated' : undefined;
}

function isUrgent(text: string): boolean {
  return urgentWords.test(text.slice(0, 2_000).normalize('NFD').replace(/\p{M}/gu, ''));
}

function summaryOf(agent: AgentDefinition | undefined, progress: Progress, reply: Reply | undefined): HandoffSummary {
  const { run, calls } = progress;
  const passedOn = calls.findLast(({ tool, status }) => status === 'completed' && endsAsEscalated(agent, tool));
  const why = passedOn?.args['reason'];
  const open = progress.openCalls().map(({ call }) => `${call.tool}: not decided`);
  const messages = [
    ...run.history.map(({ role, text }) => ({ role, text: cut(text) })),
    { role: 'user' as const, text: cut(run.text) },
    ...(reply === undefined ? [] : [{ role: 'assistant' as const, text: cut(reply.text) }]),
  ];
  return {
    who: run.contact ?? null,
    wanted: cut(typeof why === 'string' && why !== '' ? why : run.text),
    tried: [...calls.map(({ tool, status, rule }) => `${tool}: ${status}${rule === undefined ? '' : ` (${rule})`}`), ...open].slice(
      -mostCalls,
    ),
    last: messages.slice(-mostMessages),
  };
}

function endsAsEscalated(agent: AgentDefinition | undefined, name: string): boolean {
  return agent?.tools.some((tool) => tool.name === name && tool.endsRunAs === 'escalated') === true;
}

function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

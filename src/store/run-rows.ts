/** Rows of the run record as the statements answer them, and what they say. */
import type { Asker, Contact, JsonObject, MessagePart } from '../vocabulary.ts';
import type { ClaimedRun, HistoryMessage } from './runs.ts';
import type { Step } from './steps.ts';
import { storedWaits, type WaitRow } from './waits.ts';

export interface AcceptRow {
  position: number;
  claimed: boolean;
  held: boolean;
  started_by: string | null;
  turn: number;
  agent: string;
  agent_version: string;
  arm: string;
  channel: string;
  contact: Contact | null;
  state: JsonObject;
  time_zone: string;
  created_at: Date;
  history: HistoryMessage[] | null;
}

export interface RefusalRow {
  status: string;
  run_id: string | null;
  text: string | null;
  same_parts: boolean;
  request_run: string | null;
  content: string | null;
  without_run: boolean;
}

export interface LoadRow extends Omit<AcceptRow, 'position' | 'claimed' | 'held'> {
  id: string;
  workspace_id: string;
  conversation_id: string;
  fence: number;
  recoveries: number;
  attempts: number;
  asked_by: string | null;
  text: string;
  parts: MessagePart[] | null;
  steps: Step[] | null;
  parent_run: string | null;
  budget: number | null;
  worked_ms: number;
  waits: WaitRow[] | null;
  given: number;
}

/** A run that was claimed before, from its record. */
export function loadedRun(row: LoadRow, inDoubt: boolean): ClaimedRun {
  return {
    runId: row.id,
    workspaceId: row.workspace_id,
    conversationId: row.conversation_id,
    text: row.text,
    parts: row.parts ?? undefined,
    asker: askerOf(row.asked_by),
    fence: row.fence,
    recoveries: row.recoveries,
    attempts: row.attempts,
    inDoubt,
    steps: row.steps ?? [],
    waits: storedWaits(row.waits),
    workedMs: row.worked_ms,
    parentRun: row.parent_run ?? undefined,
    budget: row.budget ?? undefined,
    given: row.given,
    ...runFieldsOf(row),
  };
}

export function runFieldsOf(row: Omit<AcceptRow, 'position' | 'claimed' | 'held'>) {
  return {
    turn: row.turn,
    agent: row.agent,
    agentVersion: row.agent_version,
    arm: row.arm,
    channel: row.channel,
    contact: row.contact ?? undefined,
    state: row.state,
    timeZone: row.time_zone,
    history: row.history ?? [],
    createdAt: row.created_at,
    startedBy: row.started_by ?? undefined,
  };
}

/** "user:…" or "api-key:…", as it is stored. */
export function textOf(asker: Asker | undefined): string | null {
  return asker === undefined ? null : `${asker.kind}:${asker.id}`;
}

export function askerOf(text: string | null): Asker | undefined {
  const [, kind, id] = /^(user|api-key):(.+)$/.exec(text ?? '') ?? [];
  return id === undefined ? undefined : { kind: kind as Asker['kind'], id };
}

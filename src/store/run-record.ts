import { TimonelError } from '../errors.ts';
import type { MessagePart } from '../vocabulary.ts';
import { rememberedApprovals } from './approvals.ts';
import { Batch } from './batch.ts';
import type { DatabasePool, Statement } from './database.ts';
import { againOnDeadlock } from './database-errors.ts';
import { limitsAlone, limitsValue } from './reach.ts';
import type { ReadyRun } from './run-families.ts';
import { type ChildLimits, RunFamilies } from './run-families.ts';
import { type AcceptRow, type LoadRow, loadedRun, type RefusalRow, runFieldsOf, textOf } from './run-rows.ts';
import * as sql from './run-statements.ts';
import type {
  Acceptance,
  ClaimedRun,
  EarlierTurn,
  FinishedTurn,
  GivenApproval,
  HistoryMessage,
  IncomingMessage,
  PendingApproval,
  RunStore,
  StoredEnd,
} from './runs.ts';
import type { Step } from './steps.ts';
import { storableJson } from './storable.ts';
import type { PendingWait } from './waits.ts';

type TranscriptRow = {
  turn: number;
  role: 'user' | 'person';
  text: string | null;
  parts: MessagePart[] | null;
  author: string | null;
  reply: string | null;
  steps: Step[] | null;
};
type RecordItem = { run: string; fence: number; first: number; steps: Step[] };
type FinishItem = { turn: FinishedTurn; approvals?: PendingApproval[]; waits?: readonly PendingWait[] };

/** Where this process runs; names it in the `processes` table. */
export interface ProcessPlace {
  host: string;
  pid: number;
}

/** Every so many looks for lapsed runs, one looks everywhere. */
const thoroughLook = 30;

/** The run record in PostgreSQL, on both stores. */
export class RunRecord implements RunStore {
  readonly #pool: DatabasePool;
  readonly #place: ProcessPlace;
  readonly #families: RunFamilies;
  #looks = 0;
  readonly #accepts: Batch<{ message: IncomingMessage; processId: string }, Acceptance>;
  readonly #records: Batch<RecordItem, true>;
  readonly #finishes: Batch<FinishItem, StoredEnd>;

  constructor(pool: DatabasePool, place: ProcessPlace) {
    this.#pool = pool;
    this.#place = place;
    this.#families = new RunFamilies(pool);
    // One lane saturates the single embedded connection; on PostgreSQL two keep it busy while one is on the wire.
    const size = { lanes: pool.embedded ? 1 : 2, largest: 64 };
    this.#accepts = new Batch((items) => this.#sendAccepts(items), { ...size, keyOf: ({ message }) => message.conversationId });
    this.#records = new Batch((items) => this.#sendRecords(items), { ...size, keyOf: ({ run }) => run });
    this.#finishes = new Batch((items) => this.#sendFinishes(items, sql.finishStatement), {
      ...size,
      keyOf: ({ turn }) => turn.runId,
    });
  }

  async accept(message: IncomingMessage, processId: string): Promise<Acceptance> {
    // Two copies of one message at the same moment: the index lets one through, and the other one finds it.
    const accepted = await this.#accepts.add({ message, processId }).catch((error: unknown) => {
      if (violates(error, 'messages_by_idempotency_key')) return undefined;
      throw error;
    });
    if (accepted === undefined) return this.#refusal(message);
    if (accepted.kind === 'claimed') await this.#completeHistory(accepted.run);
    return accepted;
  }

  async record(run: { runId: string; fence: number }, firstIndex: number, steps: Step[]): Promise<void> {
    const stored = await this.#records.add({ run: run.runId, fence: run.fence, first: firstIndex, steps });
    if (stored === undefined) throw fenced(run.runId);
  }

  async finish(turn: FinishedTurn): Promise<StoredEnd> {
    return this.#end({ turn });
  }

  async suspend(turn: FinishedTurn, approvals: PendingApproval[], waits: readonly PendingWait[]): Promise<StoredEnd> {
    return this.#end({ turn, approvals, waits });
  }

  remembered(run: Parameters<RunStore['remembered']>[0]): Promise<GivenApproval[]> {
    return rememberedApprovals(this.#pool, run);
  }

  wakeDue(...parameters: Parameters<RunStore['wakeDue']>): ReturnType<RunStore['wakeDue']> {
    return this.#families.wakeDue(...parameters);
  }

  async claimChildren(processId: string, ...limits: [readonly string[], ChildLimits]): Promise<ClaimedRun[]> {
    const ids = await this.#families.claimChildren(processId, ...limits);
    return ids.length === 0 ? [] : this.#load(ids, processId, false);
  }

  cancel(...parameters: Parameters<RunStore['cancel']>): ReturnType<RunStore['cancel']> {
    return this.#families.cancel(...parameters);
  }

  async claimNext(conversationId: string, after: string | undefined, processId: string): Promise<ClaimedRun | undefined> {
    for (;;) {
      const [seen] = await this.#pool.executeText<{ last_turn: number; active_run: string | null; handler: 'agent' | 'person' }>(
        'SELECT last_turn, active_run, handler FROM conversations WHERE id = $1',
        [conversationId],
      );
      // What became ready while a person has the conversation waits until it is handed back.
      if (seen === undefined || seen.active_run !== (after ?? null) || seen.handler === 'person') return undefined;
      const [row] = await this.#pool.execute<{ run: string | null }>(sql.nextStatement, [
        conversationId,
        after ?? null,
        processId,
        seen.last_turn,
      ]);
      if (row === undefined) continue;
      return row.run === null ? undefined : (await this.#load([row.run], processId, false))[0];
    }
  }

  async reclaim(runId: string, processId: string, fence: number): Promise<ClaimedRun | undefined> {
    const [row] = await this.#pool.execute<{ id: string }>(sql.reclaimStatement, [runId, processId, fence]);
    return row === undefined ? undefined : (await this.#load([row.id], processId, true))[0];
  }

  async owned(processId: string): Promise<{ runId: string; fence: number }[]> {
    const rows = await this.#pool.execute<{ id: string; fence: number }>(sql.ownedStatement, [processId]);
    return rows.map(({ id, fence }) => ({ runId: id, fence }));
  }

  async transcript(workspaceId: string, conversationId: string, fromTurn: number, beforeTurn: number): Promise<EarlierTurn[]> {
    const values = [workspaceId, conversationId, fromTurn, beforeTurn];
    const rows = await this.#pool.execute<TranscriptRow>(sql.transcriptStatement, values);
    return rows.map(({ turn, role, text, parts, author, reply, steps }) => ({
      turn,
      text: text ?? undefined,
      parts: parts ?? undefined,
      ...(role === 'person' ? { by: { name: author ?? '' } } : {}),
      reply: reply ?? undefined,
      steps: steps ?? [],
    }));
  }

  async renewLease(processId: string, leaseMs: number): Promise<void> {
    await this.#pool.execute(sql.renewStatement, [processId, leaseMs, this.#place.host, this.#place.pid]);
  }

  async buryDead(processId: string, isAlive: (pid: number) => boolean): Promise<void> {
    const others = await this.#pool.executeText<{ id: string; host: string; pid: number }>(
      'SELECT id, host, pid FROM processes WHERE id <> $1',
      [processId],
    );
    const dead = others.filter(
      ({ host, pid }) => this.#pool.embedded || (host === this.#place.host && (pid === this.#place.pid || !isAlive(pid))),
    );
    await this.#pool.execute(sql.lapseStatement, [dead.map(({ id }) => id)]);
  }

  async leave(processId: string): Promise<void> {
    await this.#pool.execute(sql.lapseStatement, [[processId]]);
  }

  async takeOver(processId: string, agents: readonly string[], limit: number, suspect: boolean): Promise<ClaimedRun[]> {
    const values = [processId, limit, agents, suspect];
    const lapsed = await this.#pool.execute<{ id: string }>(sql.takeOverStatement, values);
    if (this.#looks++ % thoroughLook === 0) {
      lapsed.push(...(await this.#pool.execute<{ id: string }>(sql.takeOverUnknownStatement, values)));
      await this.#pool.execute(sql.forgetStatement, []);
    }
    const runs =
      lapsed.length === 0
        ? []
        : await this.#load(
            lapsed.map(({ id }) => id),
            processId,
            true,
          );
    const orphans = await this.#pool.execute<{ conversation: string; after: string | null }>(sql.orphansStatement, [limit, agents]);
    for (const { conversation, after } of orphans) {
      const next = await this.claimNext(conversation, after ?? undefined, processId);
      if (next !== undefined) runs.push(next);
    }
    return runs;
  }

  /** What another run may wait for, or may have been told meanwhile, is stored by itself: each sees what the other has changed. */
  async #end(item: FinishItem): Promise<StoredEnd> {
    const alone = (item.waits?.length ?? 0) > 0 ? sql.suspendStatement : item.turn.child ? sql.finishChildStatement : undefined;
    const ended =
      alone === undefined
        ? await this.#finishes.add(item)
        : (await againOnDeadlock(() => this.#sendFinishes([item], alone))).get(item);
    if (ended === undefined) throw fenced(item.turn.runId);
    return ended;
  }

  async #sendAccepts(items: { message: IncomingMessage; processId: string }[]): Promise<Map<(typeof items)[number], Acceptance>> {
    const input = items.map(({ message }, position) => ({
      position,
      workspace: message.workspaceId,
      conversation: message.conversationId,
      run: message.runId,
      text: message.text,
      parts: message.parts ?? null,
      key: message.idempotencyKey ?? null,
      asker: textOf(message.asker),
      own: message.onlyOwn === true,
      limits: limitsAlone(message.limits ?? {}),
      fingerprint: message.request?.fingerprint ?? null,
      slot: message.request?.named === false ? message.runId : '',
      content: message.request?.content ?? null,
      replaces: message.request?.replaces ?? null,
      head: message.request?.history?.head ?? null,
      length: message.request?.history?.length ?? null,
      lastTurn: message.request?.lastTurn ?? null,
    }));
    const rows = await this.#pool.execute<AcceptRow>(sql.acceptStatement, [
      storableJson(input),
      items[0]?.processId,
      items.map(({ message }) => message.conversationId),
    ]);
    const answers = new Map<(typeof items)[number], Acceptance>();
    for (const row of rows) {
      const item = items[row.position];
      if (item === undefined) continue;
      const { message } = item;
      answers.set(
        item,
        row.claimed
          ? {
              kind: 'claimed',
              run: {
                runId: message.runId,
                workspaceId: message.workspaceId,
                conversationId: message.conversationId,
                text: message.text,
                parts: message.parts,
                asker: message.asker,
                fence: 1,
                recoveries: 0,
                attempts: 1,
                inDoubt: false,
                steps: [],
                ...runFieldsOf(row),
              },
            }
          : {
              ...(row.held ? { kind: 'held' } : { kind: 'queued', turn: row.turn }),
              runId: message.runId,
              agent: row.agent,
              startedBy: row.started_by ?? undefined,
            },
      );
    }
    return answers;
  }

  async #sendRecords(items: RecordItem[]): Promise<Map<RecordItem, true>> {
    const rows = await this.#pool.execute<{ id: string }>(sql.recordStatement, [storableJson(items), items.map(({ run }) => run)]);
    const held = new Set(rows.map(({ id }) => id));
    return new Map(items.filter(({ run }) => held.has(run)).map((item) => [item, true]));
  }

  async #sendFinishes(items: FinishItem[], statement: Statement): Promise<Map<FinishItem, StoredEnd>> {
    const input = items.map(({ turn, approvals, waits = [] }) => ({
      run: turn.runId,
      fence: turn.fence,
      first: turn.firstIndex,
      steps: turn.steps,
      status: approvals === undefined ? 'finished' : 'waiting',
      outcome: turn.outcome,
      awaiting: turn.awaiting ?? null,
      degraded: turn.degraded ?? null,
      usage: turn.usage,
      error: turn.error ?? null,
      firstEvent: turn.firstEventMs ?? null,
      reply: turn.reply?.text ?? null,
      options: turn.reply?.options ?? null,
      parts: turn.reply?.parts ?? null,
      state: turn.state,
      contact: turn.contact ?? null,
      approvals: approvals ?? [],
      waits,
      waitingFor: [...new Set([...(approvals?.length ? ['approval'] : []), ...waits.map(({ kind }) => kind)])],
      worked: turn.workedMs,
      handoff: turn.handoff ?? null,
    }));
    const rows = await this.#pool.execute<{ id: string; followed: boolean; opened: boolean; ready?: ReadyRun[] | null }>(
      statement,
      [storableJson(input), input.map(({ run }) => run)],
    );
    const ended = new Map(
      rows.map(({ id, followed, opened, ready }) => [id, { followed, handedOff: opened, ready: ready ?? undefined }]),
    );
    const answers = new Map<FinishItem, StoredEnd>();
    for (const item of items) {
      const end = ended.get(item.turn.runId);
      if (end !== undefined) answers.set(item, end);
    }
    return answers;
  }

  /** Says why a message was not accepted, or finds the run that it already has. */
  async #refusal(message: IncomingMessage): Promise<Acceptance> {
    const { request } = message;
    const [row] = await this.#pool.execute<RefusalRow>(sql.refusalStatement, [
      message.workspaceId,
      message.conversationId,
      message.idempotencyKey ?? null,
      message.onlyOwn === true ? textOf(message.asker) : null,
      request?.fingerprint ?? null,
      message.runId,
      message.parts === undefined ? null : storableJson(message.parts),
      limitsValue(message.limits ?? {}),
    ]);
    if (row === undefined) {
      throw new TimonelError(
        'conversation_not_found',
        `There is no conversation ${message.conversationId} in this workspace. Start one with POST /api/v1/conversations.`,
      );
    }
    if (row.run_id !== null) {
      if (row.text === message.text && row.same_parts) return { kind: 'duplicate', runId: row.run_id, held: row.without_run };
      throw keyReused('with another message. Send the same message again, or a new key.');
    }
    if (row.request_run !== null) {
      if (row.content === request?.content) return { kind: 'duplicate', runId: row.request_run, held: row.without_run };
      throw keyReused('for another request. Send the same request again, or a new key.');
    }
    if (row.status === 'open' && request?.lastTurn !== undefined)
      throw new TimonelError('version_conflict', 'The conversation went on meanwhile. Send the request again.');
    throw new TimonelError('conversation_closed', 'The conversation is closed. Start a new one with POST /api/v1/conversations.');
  }

  /**
   * A claim that had to wait for the end of the turn before may carry a history read before that end. It shows: the last reply is missing.
   */
  async #completeHistory(run: ClaimedRun): Promise<void> {
    if (run.turn === 1) return;
    const last = run.history.at(-1);
    if (last?.turn === run.turn - 1 && last.role !== 'user') return;
    const [row] = await this.#pool.execute<{ history: HistoryMessage[] | null }>(sql.historyStatement, [
      run.conversationId,
      run.turn,
    ]);
    run.history = row?.history ?? [];
  }

  async #load(ids: string[], processId: string, inDoubt: boolean): Promise<ClaimedRun[]> {
    const rows = await this.#pool.execute<LoadRow>(sql.loadStatement, [ids, processId]);
    return rows.map((row) => loadedRun(row, inDoubt));
  }
}

export function keyReused(how: string): TimonelError {
  return new TimonelError('idempotency_key_reused', `The idempotency key was used ${how}`);
}

function violates(error: unknown, constraint: string): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === constraint;
}

function fenced(runId: string): TimonelError {
  return new TimonelError('run_fenced', `Another process has taken over the run ${runId}; its record is the valid one.`);
}

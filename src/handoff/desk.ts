/**
 * What people do with conversations: take one from its agent, answer in it, write notes, give it to somebody else, hand it back. Who has a
 * conversation is in its row: whoever changes it locks that row, as accepting a message does, so that no run starts beside a person.
 */
import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { RecordDeed } from '../identity/deeds.ts';
import { covers, type Principal } from '../identity/principal.ts';
import type { ChangeFeed } from '../store/change-feed.ts';
import type { DatabasePool } from '../store/database.ts';
import { isDeadlock } from '../store/database-errors.ts';
import { reachValues, withinReach } from '../store/reach.ts';
import { conversationNotFound } from '../store/run-views.ts';
import { type HandoffView, handoffColumns, type NoteView, type PersonMessage, type StoredReply } from './contract.ts';
import {
  type HandoffActor,
  hadBy,
  idOf,
  mayNotAnswer,
  notYours,
  requireOpen,
  type SeenConversation,
  seenConversation,
} from './refusals.ts';
import { releaseConversation } from './release.ts';
import { storeReply } from './replies.ts';
import { cancelUnderWay, openByHand } from './taking.ts';

export interface DeskDependencies {
  pool: DatabasePool;
  record: RecordDeed;
  feed: Pick<ChangeFeed, 'tell'>;
  newId(): string;
  now(): Date;
  /** Somebody of the workspace, as they are now; `undefined` where they are not. */
  findMember(workspaceId: string, userId: string): Promise<Principal | undefined>;
  /** Runs were ended in the record, the first ones of their families and all others: what works on them stops. */
  onCancelled(workspaceId: string, roots: readonly string[], all: readonly string[]): Promise<void>;
  /** The agent has the conversation again: what is queued in it may go on. */
  onReleased(conversationId: string): Promise<void>;
  onTaken(agent: string, waitedMs: number): void;
  onClosed(agent: string, how: string): void;
}

export class Desk {
  readonly #dependencies: DeskDependencies;

  constructor(dependencies: DeskDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Takes a conversation from its agent: what is under way in it is ended, before its reply where that is not stored yet. Taking what one has
   * changes nothing.
   * @throws TimonelError `conversation_not_found`, `conversation_closed`; `handled_by_person` with who has it
   */
  async take(actor: HandoffActor, conversationId: string): Promise<HandoffView> {
    const { principal } = actor;
    const { workspaceId } = principal;
    const roots: string[] = [];
    const all: string[] = [];
    const view = await this.#changing(actor, conversationId, async (client, seen) => {
      roots.length = 0;
      all.length = 0;
      requireOpen(seen);
      const me = idOf(principal);
      if (seen.handler === 'person' && seen.assignee === me) return this.#view(client, workspaceId, seen.handoff);
      const others = seen.assignee !== null && seen.assignee !== me;
      if (seen.handler === 'person' || (others && !principal.permissions.has('conversations:assign'))) throw hadBy(seen);
      const error = { code: 'handled_by_person', message: `${principal.name} took the conversation.` };
      await cancelUnderWay(client, workspaceId, conversationId, error, roots, all);
      const { rowCount } = await client.query(
        `UPDATE conversations SET handler = 'person', active_run = NULL, seen_turn = last_turn, updated_at = now()
         WHERE id = $2 AND workspace_id = $1 AND handler = 'agent' AND status = 'open'`,
        [workspaceId, conversationId],
      );
      if (rowCount === 0) {
        const now = await seenConversation(client, actor, conversationId);
        requireOpen(now);
        // The same person asked twice at once.
        if (now.handler === 'person' && now.assignee === me) return this.#view(client, workspaceId, now.handoff);
        throw hadBy(now);
      }
      // A message that was accepted since the first look: from here on none is.
      await cancelUnderWay(client, workspaceId, conversationId, error, roots, all);
      const at = this.#dependencies.now();
      const handoff = await openByHand(client, {
        workspaceId,
        conversationId,
        reason: 'taken',
        assignee: principal,
        at,
        takenAt: at,
      });
      await this.#record(actor, 'conversation-taken', conversationId, { cancelledRuns: all.length }, client);
      return this.#view(client, workspaceId, handoff);
    });
    if (roots.length > 0) await this.#dependencies.onCancelled(workspaceId, roots, all);
    this.#tell(view, workspaceId);
    if (view.takenAt !== null) this.#dependencies.onTaken(view.agent, view.takenAt.getTime() - view.waitingSince.getTime());
    return view;
  }

  /**
   * Says something to the customer, as the person who has the conversation. It is a message of the role `person`.
   * @throws TimonelError `conversation_not_found`, `conversation_closed`, `not_in_your_hands`, `idempotency_key_reused`
   */
  async reply(actor: HandoffActor, conversationId: string, message: PersonMessage): Promise<StoredReply> {
    const { pool, now, feed } = this.#dependencies;
    const { conversation, ...stored } = await storeReply(pool, actor, conversationId, message, now());
    if (conversation !== undefined) {
      const { workspaceId } = actor.principal;
      feed.tell({ kind: 'conversation-changed', workspaceId, conversationId, ...conversation });
    }
    return stored;
  }

  /** Writes something down for the people of the workspace. @throws TimonelError `conversation_not_found` */
  async note(actor: HandoffActor, conversationId: string, text: string): Promise<NoteView> {
    const { principal } = actor;
    const { workspaceId } = principal;
    const at = this.#dependencies.now();
    const note = { id: this.#dependencies.newId(), author: principal.name, text, handedOn: false, at };
    const seen = await this.#changing(actor, conversationId, async (client, found) => {
      await storeNote(client, workspaceId, conversationId, note, principal);
      await client.query(
        'UPDATE handoffs SET person_at = $3 WHERE conversation_id = $1 AND closed_at IS NULL AND assignee = $2 AND taken_at IS NOT NULL',
        [conversationId, idOf(principal), at],
      );
      return found;
    });
    this.#tellOf(seen, workspaceId, conversationId);
    return note;
  }

  /**
   * Gives the conversation to a member, or to nobody (`assignee: null`), and sets its priority. One that nobody has yet is theirs to take.
   * @throws TimonelError `conversation_not_found`, `conversation_closed`, `not_found` where the member may not answer in it
   */
  async assign(
    actor: HandoffActor,
    conversationId: string,
    change: { assignee?: string | null | undefined; priority?: 'normal' | 'urgent' | undefined },
  ): Promise<HandoffView> {
    const { workspaceId } = actor.principal;
    const member = typeof change.assignee === 'string' ? await this.#member(workspaceId, change.assignee) : undefined;
    const view = await this.#changing(actor, conversationId, async (client, seen) => {
      requireOpen(seen);
      if (member !== undefined && !covers(member, { agent: seen.agent, connectionId: seen.connection_id }))
        throw mayNotAnswer(change.assignee ?? '');
      if (change.assignee === null && seen.handler === 'person')
        throw new TimonelError(
          'handled_by_person',
          `${seen.assignee_name} has the conversation. Give it to somebody else, or hand it back.`,
        );
      const at = this.#dependencies.now();
      const handoff = await openByHand(client, {
        workspaceId,
        conversationId,
        reason: 'assigned',
        at,
        assignee: member,
        ...(change.assignee === null ? { nobody: true } : {}),
        priority: change.priority,
      });
      const details = {
        ...(member === undefined ? {} : { assignee: idOf(member) }),
        ...(change.priority === undefined ? {} : { priority: change.priority }),
      };
      await this.#record(actor, 'conversation-assigned', conversationId, details, client);
      return this.#view(client, workspaceId, handoff);
    });
    this.#tell(view, workspaceId);
    return view;
  }

  /**
   * Gives the conversation back to its agent, which answers what the customer said last where nobody did. One that waits and that nobody has
   * taken is let go the same way.
   * @param note what the agent is told, and the record keeps.
   * @throws TimonelError `conversation_not_found`, `not_in_your_hands`
   */
  async handBack(actor: HandoffActor, conversationId: string, note?: string): Promise<void> {
    const { principal } = actor;
    const { workspaceId } = principal;
    const at = this.#dependencies.now();
    const seen = await this.#changing(actor, conversationId, async (client, found) => {
      if (found.handoff === null)
        throw new TimonelError('not_in_your_hands', 'The agent has the conversation, and nobody waits for it.');
      const others = found.handler === 'person' && found.assignee !== idOf(principal);
      if (others && !principal.permissions.has('conversations:assign')) throw notYours(found);
      if (note !== undefined) {
        const kept = { id: this.#dependencies.newId(), author: principal.name, text: note, handedOn: true, at };
        await storeNote(client, workspaceId, conversationId, kept, principal);
      }
      const how = found.handler === 'person' ? ('handed-back' as const) : ('dismissed' as const);
      const ending = { how, by: idOf(principal), byName: principal.name, at, note };
      await releaseConversation(client, workspaceId, conversationId, ending);
      await this.#record(actor, 'conversation-handed-back', conversationId, { how }, client);
      return { ...found, how };
    });
    this.#tellOf(seen, workspaceId, conversationId);
    this.#dependencies.onClosed(seen.agent, seen.how);
    await this.#dependencies.onReleased(conversationId);
  }

  /** Closes the conversation, and its hand-off with it: no message is accepted any more. @throws TimonelError `conversation_not_found` */
  async close(actor: HandoffActor, conversationId: string): Promise<void> {
    const { principal } = actor;
    const { workspaceId } = principal;
    const at = this.#dependencies.now();
    const seen = await this.#changing(actor, conversationId, async (client, found) => {
      await client.query(`UPDATE conversations SET status = 'closed', updated_at = now() WHERE id = $2 AND workspace_id = $1`, [
        workspaceId,
        conversationId,
      ]);
      if (found.handoff !== null) {
        const ending = { how: 'conversation-closed' as const, by: idOf(principal), byName: principal.name, at };
        await releaseConversation(client, workspaceId, conversationId, ending);
        await this.#record(actor, 'conversation-closed', conversationId, {}, client);
      }
      return found;
    });
    this.#tellOf(seen, workspaceId, conversationId);
    if (seen.handoff !== null) this.#dependencies.onClosed(seen.agent, 'conversation-closed');
  }

  /** Somebody has seen all that was said so far. @throws TimonelError `conversation_not_found` */
  async markSeen({ principal, reach }: HandoffActor, conversationId: string): Promise<void> {
    const rows = await this.#dependencies.pool.execute(
      {
        name: 'handoff-seen',
        text: `UPDATE conversations c SET seen_turn = c.last_turn WHERE c.id = $2 AND c.workspace_id = $1 AND ${withinReach('c')} RETURNING c.id`,
      },
      [principal.workspaceId, conversationId, ...reachValues(reach)],
    );
    if (rows.length === 0) throw conversationNotFound(conversationId);
  }

  async #changing<T>(
    actor: HandoffActor,
    conversationId: string,
    work: (client: pg.PoolClient, seen: SeenConversation) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#dependencies.pool.inTransaction(async (client) =>
          work(client, await seenConversation(client, actor, conversationId)),
        );
      } catch (error) {
        // The end of a turn locks its run first, and then the conversation.
        if (attempt === 3 || !isDeadlock(error)) throw error;
      }
    }
  }

  async #view(client: pg.ClientBase, workspaceId: string, id: string | null): Promise<HandoffView> {
    const { rows } = await client.query<HandoffView>(
      `SELECT ${handoffColumns} FROM handoffs h WHERE h.id = $2 AND h.workspace_id = $1`,
      [workspaceId, id],
    );
    if (rows[0] === undefined) throw new TypeError('The hand-off is not there any more.');
    return rows[0];
  }

  async #member(workspaceId: string, userId: string): Promise<Principal> {
    const member = await this.#dependencies.findMember(workspaceId, userId);
    if (member?.permissions.has('conversations:reply') !== true) throw mayNotAnswer(userId);
    return member;
  }

  async #record(
    actor: HandoffActor,
    action: string,
    id: string,
    details: Record<string, string | number>,
    client: pg.ClientBase,
  ): Promise<void> {
    const { principal, origin } = actor;
    const { workspaceId, kind, id: actorId, name } = principal;
    const deed = { workspaceId, actor: { kind, id: actorId, name }, action, target: { kind: 'conversation', id }, origin, details };
    await this.#dependencies.record(deed, client);
  }

  #tell({ conversationId, agent }: HandoffView, workspaceId: string): void {
    this.#dependencies.feed.tell({ kind: 'handoff-changed', workspaceId, conversationId, agent });
  }

  #tellOf({ agent, started_by }: SeenConversation, workspaceId: string, conversationId: string): void {
    const change = { workspaceId, conversationId, agent };
    this.#dependencies.feed.tell({ kind: 'conversation-changed', ...change, startedBy: started_by ?? undefined });
    this.#dependencies.feed.tell({ kind: 'handoff-changed', ...change });
  }
}

async function storeNote(
  client: pg.ClientBase,
  workspaceId: string,
  conversationId: string,
  { id, text, handedOn, at }: NoteView,
  author: Principal,
): Promise<void> {
  await client.query(
    `INSERT INTO conversation_notes (id, workspace_id, conversation_id, author, author_name, text, handed_on, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, workspaceId, conversationId, idOf(author), author.name, text, handedOn, at],
  );
}

/**
 * Answers by mail to notices of hand-offs. Who writes needs both: the signed token of the notice, and the address of a member who may answer in
 * the conversation. A mail is taken once, by its id, however often it is read.
 */
import { publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { Mailer } from '../identity/mail/mailer.ts';
import type { AnswerRefusal } from '../identity/mail/texts.ts';
import { covers, type Principal } from '../identity/principal.ts';
import type { User } from '../identity/users.ts';
import type { DatabasePool } from '../store/database.ts';
import type { AnswerTokens } from './answer-tokens.ts';
import type { Desk } from './desk.ts';
import { type HandoffActor, idOf } from './refusals.ts';

/** A mail with the token of a notice in it. */
export interface MailAnswer {
  workspaceId: string;
  token: string;
  from: string;
  /** The mailbox that read it says whose mails are proven, and this one is not. */
  unproven: boolean;
  /** Without quotes and signature. */
  text: string;
  messageId: string;
}

export interface MailAnswersDependencies {
  pool: DatabasePool;
  tokens: Pick<AnswerTokens, 'read'>;
  desk: Pick<Desk, 'take' | 'reply' | 'handBack' | 'close'>;
  mailer: Pick<Mailer, 'send'>;
  userOf(email: string): Promise<User | undefined>;
  memberOf(workspaceId: string, userId: string): Promise<Principal | undefined>;
  now(): Date;
}

const commands = /^#(devolver|hand-?back|close|cerrar)\b[ \t]*/i;

export class MailAnswers {
  readonly #dependencies: MailAnswersDependencies;

  constructor(dependencies: MailAnswersDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Says to the customer what the mail says. Who may not is told why, where they are a member; strangers are told nothing.
   * @throws TimonelError where another attempt may work
   */
  async take(answer: MailAnswer): Promise<void> {
    const { userOf, memberOf, mailer } = this.#dependencies;
    const user = await userOf(answer.from);
    // An account can be made for any address, until its owner confirms it.
    const member = user === undefined || user.emailVerifiedAt === null ? undefined : await memberOf(answer.workspaceId, user.id);
    const refusal =
      member === undefined
        ? 'may-not'
        : await this.#taken(answer, member).catch((error: unknown) => {
            if (error instanceof TimonelError && !error.retryable) return refusalOf(error);
            throw error;
          });
    if (refusal === undefined) return;
    publishFault('an answer by mail is refused', new Error(`${refusal}, workspace ${answer.workspaceId}`));
    if (user === undefined || member === undefined) return;
    await mailer.send({ to: user.email, language: user.language, content: { kind: 'handoff-answer-refused', reason: refusal } });
  }

  async #taken(answer: MailAnswer, principal: Principal): Promise<AnswerRefusal | undefined> {
    const { pool, tokens, desk, now } = this.#dependencies;
    const { workspaceId, messageId } = answer;
    const read = tokens.read(answer.token, now());
    if (read === undefined) return 'forged';
    if (read.expired) return 'expired';
    if (answer.unproven) return 'not-proven';
    const key = `mail:${messageId}`.slice(0, 200);
    const [handoff] = await pool.executeText<{
      conversation: string;
      agent: string;
      connection: string | null;
      closed: boolean;
      said: boolean;
    }>(
      `SELECT c.id AS conversation, c.agent, c.connection_id AS connection, h.closed_at IS NOT NULL AS closed,
         EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id AND m.idempotency_key = 'person:' || $3) AS said
       FROM handoffs h JOIN conversations c ON c.id = h.conversation_id WHERE h.id = $2 AND h.workspace_id = $1`,
      [workspaceId, read.handoffId, key],
    );
    if (handoff === undefined) return 'closed';
    const { conversation, agent, connection: connectionId } = handoff;
    if (!principal.permissions.has('conversations:reply') || !covers(principal, { agent, connectionId })) return 'may-not';
    // Read before, by a process that died: what it said was said.
    if (handoff.closed) return handoff.said ? undefined : 'closed';
    const command = commands.exec(answer.text)?.[1]?.toLowerCase();
    const text = answer.text.replace(commands, '').trim();
    if (text === '' && command === undefined) return 'empty';
    const actor: HandoffActor = {
      principal,
      reach: {
        ...(principal.permissions.has('conversations:read-all') ? {} : { startedBy: idOf(principal) }),
        ...(principal.agents === undefined ? {} : { agents: principal.agents }),
        ...(principal.connections === undefined ? {} : { connections: principal.connections }),
      },
      origin: { address: 'mail', userAgent: undefined, requestId: messageId.slice(0, 200) },
    };
    await desk.take(actor, conversation);
    if (text !== '') await desk.reply(actor, conversation, { text, idempotencyKey: key });
    if (command === undefined) {
      await pool.executeText(
        `UPDATE handoffs h SET mailed_turn = c.last_turn FROM conversations c
         WHERE h.id = $2 AND h.workspace_id = $1 AND h.closed_at IS NULL AND c.id = h.conversation_id AND h.mailed_turn IS NULL`,
        [workspaceId, read.handoffId],
      );
    } else if (command === 'close' || command === 'cerrar') await desk.close(actor, conversation);
    else await desk.handBack(actor, conversation);
    return undefined;
  }
}

function refusalOf({ code }: TimonelError): AnswerRefusal {
  if (code === 'handled_by_person' || code === 'not_in_your_hands') return 'somebody-else';
  if (code === 'conversation_closed') return 'closed';
  return 'may-not';
}

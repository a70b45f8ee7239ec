import type pg from 'pg';
import { TimonelError } from '../../errors.ts';
import { samePhone } from '../../phone-numbers.ts';
import type { DatabasePool } from '../../store/database.ts';
import type { JsonObject } from '../../vocabulary.ts';
import { permissionsOf } from '../access.ts';
import type { AuditEvent, AuditLog } from '../audit/audit-log.ts';
import type { PermissionCatalogue } from '../permissions.ts';
import { type Principal, requireHeld } from '../principal.ts';
import { lockWorkspace } from '../workspaces.ts';
import type { AgentData, PersonalTable, PersonQuery, TableOfData } from './contract.ts';
import { coreTables } from './core-tables.ts';
import { countStatement, eraseStatement, exportStatement, type Person } from './statements.ts';

/** Who asks for it, and from where. */
export interface Request {
  /** `system`: the command line. */
  actor: Principal | 'system';
  origin?: AuditEvent['origin'];
}

export interface PersonExport {
  format: 'timonel-person';
  version: 1;
  workspaceId: string;
  exportedAt: string;
  /** What was asked for. */
  person: { userId?: string; email?: string; phone?: string };
  /** Rows by table; tables without rows of the person are left out. */
  data: Record<string, JsonObject[]>;
}

export interface Erasure {
  workspaceId: string;
  /** Rows that were deleted or blanked, by table. */
  erased: Record<string, number>;
  /** The account is still there, because the person belongs to another workspace too. */
  accountKept: boolean;
}

/** What the workspace has of a person, and what an erasure would do with it. */
export interface ErasurePreview {
  workspaceId: string;
  /** The account, where the person is a member. */
  account: { id: string; name: string; email: string; role: string } | null;
  /** Conversations that are the person's. */
  conversations: number;
  tables: { table: string; rows: number; erasure: 'deleted' | 'blanked' }[];
  /** The account stays, because the person belongs to another workspace too. */
  accountKept: boolean;
}

export interface PrivacyDependencies {
  pool: DatabasePool;
  audit: AuditLog;
  agents: readonly AgentData[];
  /** All that can be allowed in this process. */
  permissions: PermissionCatalogue;
  now(): Date;
  /** What newer versions added to the database: this one does not know whose data is in it. */
  newerMigrations(): Promise<readonly string[]>;
  /** Runs a transaction of the runtime after which everybody who knew of the user asks again. */
  changing<T>(userId: string | null, work: (client: pg.ClientBase) => Promise<T>): Promise<T>;
}

/** A table with the agent whose it is. */
interface Place {
  agent: string | undefined;
  table: PersonalTable;
}

/** Gives out, and erases, what the database has of a person in a workspace. */
export class Privacy {
  readonly #dependencies: PrivacyDependencies;

  constructor(dependencies: PrivacyDependencies) {
    this.#dependencies = dependencies;
  }

  /** All tables that are spoken for: Timonel's and the agents'. */
  get tables(): readonly TableOfData[] {
    return [...this.#dependencies.agents.flatMap(({ tables }) => tables), ...coreTables];
  }

  /**
   * Everything of a person, as one document. Secrets and their hashes are left out.
   * @throws TimonelError `person_not_found`; `config_invalid` where a newer version added tables
   */
  async export(workspaceId: string, query: PersonQuery, request: Request): Promise<PersonExport> {
    const { pool, audit, now } = this.#dependencies;
    await this.#requireWhole();
    const withWorkspace = await this.#tablesWithWorkspace();
    const { person, found, elsewhere } = await this.#find(workspaceId, query);
    const data: Record<string, JsonObject[]> = {};
    for (const { agent, table } of this.#places()) {
      const narrowed = withWorkspace.has(table.table);
      if (elsewhere === 'only' && !narrowed) continue;
      const { text, values } = exportStatement(table, narrowed, { ...person, found: foundBy(found, agent) });
      const rows = await pool.executeText<{ row: JsonObject }>(text, values);
      if (rows.length > 0)
        data[table.table] = withoutTwins([...(data[table.table] ?? []), ...rows.map(({ row }) => withUtcTimes(row))]);
    }
    if (Object.keys(data).length === 0) throw notFound(workspaceId);
    await audit.append({
      ...request,
      workspaceId,
      action: 'person-exported',
      ...targetOf(person),
      details: { rows: counts(data) },
    });
    return { format: 'timonel-person', version: 1, workspaceId, exportedAt: now().toISOString(), person: asked(query), data };
  }

  /**
   * What an erasure would do, without doing it: rows by table, and whether they go or are blanked. Reads no content.
   * @throws TimonelError `person_not_found`; `config_invalid` where a newer version added tables
   */
  async preview(workspaceId: string, query: PersonQuery, request: Request): Promise<ErasurePreview> {
    const { pool, audit } = this.#dependencies;
    await this.#requireWhole();
    const withWorkspace = await this.#tablesWithWorkspace();
    const { person, found, elsewhere } = await this.#find(workspaceId, query);
    const counted = new Map<string, ErasurePreview['tables'][number]>();
    for (const { agent, table } of this.#places()) {
      const narrowed = withWorkspace.has(table.table);
      if (elsewhere !== 'no' && !narrowed) continue;
      const { text, values } = countStatement(table, narrowed, { ...person, found: foundBy(found, agent) });
      const rows = (await pool.executeText<{ count: number }>(text, values))[0]?.count ?? 0;
      const erasure = table.erase === 'delete' ? 'deleted' : 'blanked';
      const key = `${table.table} ${erasure}`;
      if (rows > 0) counted.set(key, { table: table.table, erasure, rows: rows + (counted.get(key)?.rows ?? 0) });
    }
    const tables = [...counted.values()];
    if (tables.length === 0) throw notFound(workspaceId);
    const [account] = await pool.executeText<NonNullable<ErasurePreview['account']>>(
      `SELECT u.id, u.name, u.email, m.role FROM memberships m JOIN users u ON u.id = m.user_id
       WHERE m.workspace_id = $1 AND m.user_id::text = $2`,
      [workspaceId, person.userId],
    );
    await audit.append({ ...request, workspaceId, action: 'person-looked-up', ...targetOf(person) });
    const conversations = person.conversationIds.length;
    return { workspaceId, account: account ?? null, conversations, tables, accountKept: elsewhere !== 'no' };
  }

  /**
   * Takes a person out of a workspace: deletes what is theirs, blanks what others need to count by, in one transaction. The audit log keeps
   * that it was done, and to which id.
   * @throws TimonelError `person_not_found`; `person_busy` while a turn of theirs is under way; `last_admin`; `forbidden` for a member who
   *   may do more than who asks; `config_invalid` where a newer version added tables
   */
  async erase(workspaceId: string, query: PersonQuery, request: Request): Promise<Erasure> {
    const { audit, changing, permissions } = this.#dependencies;
    await this.#requireWhole();
    const withWorkspace = await this.#tablesWithWorkspace();
    const { person, found, elsewhere } = await this.#find(workspaceId, query);
    return changing(person.userId, async (client) => {
      await lockWorkspace(client, workspaceId);
      await client.query(`SELECT set_config('timonel.erasing', 'on', true)`);
      await requireNothingUnderWay(client, person);
      await requireNoMore(client, person, request.actor, permissions);
      await requireAnotherAdmin(client, person);
      const accountKept = elsewhere !== 'no';
      const erased: Record<string, number> = {};
      const erase = async ({ agent, table }: Place) => {
        const narrowed = withWorkspace.has(table.table);
        if (accountKept && !narrowed) return;
        const { text, values } = eraseStatement(table, narrowed, { ...person, found: foundBy(found, agent) });
        const { rowCount } = await client.query(text, values);
        if (rowCount !== null && rowCount > 0) erased[table.table] = (erased[table.table] ?? 0) + rowCount;
      };
      const places = [...this.#places()];
      for (const place of places.filter(({ table }) => table.table !== 'audit_personal')) await erase(place);
      // The log last, as everybody who writes in it does: who took its lock first and rows after would wait for others in a circle.
      await audit.lock(workspaceId, client);
      const entries = await auditEntriesOf(client, person);
      for (const place of places.filter(({ table }) => table.table === 'audit_personal')) await erase(place);
      if (Object.keys(erased).length === 0) throw notFound(workspaceId);
      await audit.append(
        {
          ...namelessIf(request, person),
          workspaceId,
          action: 'person-erased',
          ...targetOf(person),
          details: { rows: erased, entries },
        },
        client,
      );
      return { workspaceId, erased, accountKept };
    });
  }

  /** An export without the tables of a newer version would be incomplete, and an erasure too. */
  async #requireWhole(): Promise<void> {
    const newer = await this.#dependencies.newerMigrations();
    if (newer.length === 0) return;
    throw new TimonelError(
      'config_invalid',
      `A newer version of Timonel or of an agent changed this database (${newer.join(', ')}), and this one does not know whose data is there. Ask the newer version.`,
    );
  }

  *#places(): Generator<Place> {
    // Agents' tables first: they find rows of ours (files) by theirs.
    for (const { agent, tables } of this.#dependencies.agents) {
      for (const table of tables) if (table.personal) yield { agent, table };
    }
    for (const table of coreTables) if (table.personal) yield { agent: undefined, table };
  }

  /** Who is meant, and what is theirs: their account, their conversations, and what the agents know them by. */
  async #find(workspaceId: string, query: PersonQuery): Promise<FoundPerson> {
    const { pool, agents } = this.#dependencies;
    const email = query.email?.trim().toLowerCase();
    // By address only a member: the administrators of one workspace have no say over who is in others.
    const [user] = await pool.executeText<{ id: string; email: string; confirmed: boolean; member: boolean; others: boolean }>(
      `SELECT u.id, u.email, u.email_verified_at IS NOT NULL AS confirmed, bool_or(m.workspace_id = $1) AS member,
         coalesce(bool_or(m.workspace_id <> $1), false) AS others
       FROM users u LEFT JOIN memberships m ON m.user_id = u.id
       WHERE u.id::text = $2 OR (u.email = $3 AND EXISTS (SELECT FROM memberships WHERE workspace_id = $1 AND user_id = u.id))
       GROUP BY u.id ORDER BY u.id::text = $2 DESC LIMIT 1`,
      [workspaceId, query.userId ?? null, email ?? null],
    );
    // An address that nobody confirmed may be somebody else's.
    const emails = new Set([
      ...(email === undefined ? [] : [email]),
      ...(user?.confirmed === true && user.member ? [user.email] : []),
    ]);
    const direct = (
      await pool.executeText<{ id: string; phone: string | null }>(
        `SELECT id, CASE WHEN lower(contact->>'email') = ANY($2::text[]) OR started_by = $3 THEN NULL ELSE contact->>'phone' END AS phone
         FROM conversations WHERE workspace_id = $1 AND (lower(contact->>'email') = ANY($2::text[]) OR started_by = $3
           OR right(regexp_replace(contact->>'phone', '\\D', '', 'g'), ${leastDigits}) = $4)`,
        [workspaceId, [...emails], user === undefined ? null : `user:${user.id}`, lastDigits(query.phone)],
      )
    )
      // Numbers are written in many ways: what ends alike is compared here.
      .filter(({ phone }) => phone === null || samePhone(phone, query.phone ?? ''));
    const conversationIds = new Set(direct.map(({ id }) => id));
    const found = new Map<string, string[]>();
    const known: PersonQuery = { userId: user?.id, email: [...emails][0], phone: query.phone };
    const mentioned = new Set<string>();
    for (const { agent, find } of agents) {
      if (find === undefined) continue;
      const answer = await find(workspaceId, known, [...conversationIds]);
      found.set(agent, answer.ids);
      for (const id of answer.conversationIds) mentioned.add(id);
    }
    // A conversation in which an agent met the person is theirs unless it is known to be somebody else's.
    const unclaimed = await pool.executeText<{ id: string }>(
      `SELECT id FROM conversations WHERE workspace_id = $1 AND id = ANY($2::uuid[])
         AND coalesce(contact->>'phone', contact->>'email') IS NULL AND (started_by IS NULL OR started_by NOT LIKE 'user:%')`,
      [workspaceId, [...mentioned]],
    );
    for (const { id } of unclaimed) conversationIds.add(id);
    const person = {
      workspaceId,
      userId: user?.id ?? null,
      emails: [...emails],
      conversationIds: [...conversationIds],
      found: [],
    };
    const elsewhere = user?.others !== true ? 'no' : user.member ? 'too' : 'only';
    return { person, found, elsewhere };
  }

  async #tablesWithWorkspace(): Promise<ReadonlySet<string>> {
    const rows = await this.#dependencies.pool.executeText<{ table: string }>(
      `SELECT table_name AS table FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'workspace_id'`,
    );
    return new Set(rows.map(({ table }) => table));
  }
}

interface FoundPerson {
  person: Person;
  /** What each agent found. */
  found: ReadonlyMap<string, string[]>;
  /** Whether the account is in other workspaces: not, as well as in this one, or in others alone. */
  elsewhere: 'no' | 'too' | 'only';
}

/** A row that two declarations of one table gave. */
function withoutTwins(rows: readonly JsonObject[]): JsonObject[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

/** Who erases themselves leaves no name behind in doing so. */
function namelessIf({ actor, origin }: Request, { userId }: Person): Pick<AuditEvent, 'actor' | 'origin'> {
  if (actor === 'system' || actor.id !== userId) return { actor, origin };
  return { actor: { kind: actor.kind, id: actor.id }, origin: { requestId: origin?.requestId } };
}

function foundBy(found: ReadonlyMap<string, string[]>, agent: string | undefined): string[] {
  return agent === undefined ? [] : (found.get(agent) ?? []);
}

/** Digits at the end that are the same in whatever way a number is written. */
const leastDigits = 6;

function lastDigits(phone: string | undefined): string | null {
  const digits = phone?.replace(/\D/g, '') ?? '';
  return digits.length < leastDigits ? null : digits.slice(-leastDigits);
}

function asked({ userId, email, phone }: PersonQuery): PersonExport['person'] {
  return {
    ...(userId === undefined ? {} : { userId }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
  };
}

function targetOf({ userId }: Person): { target?: { kind: string; id: string } } {
  return userId === null ? {} : { target: { kind: 'user', id: userId } };
}

function counts(data: Record<string, JsonObject[]>): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([table, rows]) => [table, rows.length]));
}

/** Runs of numbers of the audit entries whose personal part goes: what lets the chain be verified afterwards. */
async function auditEntriesOf(client: pg.ClientBase, person: Person): Promise<[number, number][]> {
  const { rows } = await client.query<{ sequence: string }>(
    `SELECT sequence FROM audit_personal JOIN audit_log USING (workspace_id, sequence)
     WHERE workspace_id = $1 AND (actor_id = $2 OR target_id = $2) ORDER BY sequence`,
    [person.workspaceId, person.userId],
  );
  const runs: [number, number][] = [];
  for (const sequence of rows.map((row) => Number(row.sequence))) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === sequence - 1) last[1] = sequence;
    else runs.push([sequence, sequence]);
  }
  return runs;
}

/** Steps that are erased below a run that goes on would be taken for steps that never happened. */
async function requireNothingUnderWay(client: pg.ClientBase, person: Person): Promise<void> {
  const { rows } = await client.query(
    `SELECT FROM (SELECT status FROM runs WHERE workspace_id = $1 AND conversation_id = ANY($2::uuid[]) FOR UPDATE) r
     WHERE status IN ('queued', 'running') LIMIT 1`,
    [person.workspaceId, person.conversationIds],
  );
  if (rows.length === 0) return;
  throw new TimonelError('person_busy', 'A turn of this person is under way. Try again when it has ended, in a few seconds.');
}

/** Erasing a member takes away what they may do. */
async function requireNoMore(
  client: pg.ClientBase,
  person: Person,
  actor: Request['actor'],
  catalogue: PermissionCatalogue,
): Promise<void> {
  if (actor === 'system' || person.userId === null) return;
  const { rows } = await client.query<{ role: string; permissions: string[] | null }>(
    `SELECT m.role, r.permissions FROM memberships m LEFT JOIN roles r ON r.workspace_id = m.workspace_id AND r.name = m.role
     WHERE m.workspace_id = $1 AND m.user_id::text = $2`,
    [person.workspaceId, person.userId],
  );
  for (const { role, permissions } of rows)
    requireHeld(actor, permissionsOf(role, permissions, catalogue), `The role of this member ("${role}")`);
}

async function requireAnotherAdmin(client: pg.ClientBase, person: Person): Promise<void> {
  if (person.userId === null) return;
  const { rows } = await client.query<{ mine: boolean; others: boolean }>(
    `SELECT coalesce(bool_or(user_id::text = $2), false) AS mine, coalesce(bool_or(user_id::text <> $2), false) AS others
     FROM memberships WHERE workspace_id = $1 AND role = 'admin' AND disabled_at IS NULL`,
    [person.workspaceId, person.userId],
  );
  if (rows[0]?.mine !== true || rows[0].others) return;
  throw new TimonelError('last_admin', 'This is the last admin of the workspace. Make somebody else an admin first.');
}

function notFound(workspaceId: string): TimonelError {
  return new TimonelError(
    'person_not_found',
    `There is nothing of this person in the workspace "${workspaceId}". Give a user id, or the e-mail address or phone number that they left.`,
  );
}

/** PostgreSQL writes times into JSON in the zone of the connection; everywhere else in the API they are in UTC, with milliseconds. */
function withUtcTimes<Row extends Record<string, unknown>>(row: Row): Row {
  const isTime = (value: unknown) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d$/.test(value);
  const entries = Object.entries(row).map(([name, value]) =>
    /(^|_)(at|until|from|to|since)$/.test(name) && isTime(value) ? [name, new Date(String(value)).toISOString()] : [name, value],
  );
  return Object.fromEntries(entries) as Row;
}

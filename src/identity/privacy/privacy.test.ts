import { beforeAll, describe, expect, it } from 'vitest';
import { booking } from '../../../agents/booking/agent.ts';
import { onEachStore } from '../../../test/stores.ts';
import { readSettings } from '../../config.ts';
import type { Store } from '../../store/open.ts';
import type { WorkspaceAccess } from '../../tools/contract.ts';
import { AuditLog } from '../audit/audit-log.ts';
import { verifyChain } from '../audit/verify.ts';
import { corePermissions, permissions } from '../permissions.ts';
import type { Principal } from '../principal.ts';
import { ServerKeys } from '../secrets.ts';
import { Privacy } from './privacy.ts';
import { applyRetention } from './retention.ts';

const ana = '019a0000-0000-7000-8000-00000000000a';
const eva = '019a0000-0000-7000-8000-00000000000e';
const conversation = (nth: number) => `019a0000-0000-7000-8000-0000000001${nth}0`;
const run = (nth: number) => `019a0000-0000-7000-8000-0000000002${nth}0`;
const appointment = (nth: number) => `019a0000-0000-7000-8000-0000000003${nth}0`;
const admin: Principal = {
  kind: 'user',
  id: eva,
  name: 'Eva',
  workspaceId: 'nube',
  role: 'admin',
  permissions: new Set(permissions),
};
const request = { actor: admin, origin: { address: '203.0.113.9', requestId: 'r' } };

/** A house with two customers, who are also members, and a neighbour house where Ana is known too. */
async function filled(store: Store) {
  const { pool } = store;
  const tables = await pool.executeText<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'timonel_migrations'`,
  );
  await pool.inTransaction(async (client) => {
    await client.query(`SET LOCAL session_replication_role = 'replica'`);
    await client.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')}`);
  });
  const keys = await ServerKeys.open(readSettings({}), pool);
  const audit = new AuditLog({ pool, keys, now: () => new Date() });
  const { personalData } = booking;
  const access = (workspaceId: string) =>
    ({
      workspaceId,
      timeZone: 'UTC',
      now: () => new Date(),
      newId: () => crypto.randomUUID(),
      query: (work) => pool.inWorkspace(workspaceId, (database) => work(database)),
    }) satisfies WorkspaceAccess;
  const privacy = new Privacy({
    newerMigrations: async () => [],
    pool,
    audit,
    permissions: corePermissions,
    now: () => new Date(),
    agents: [
      {
        agent: 'booking',
        tables: personalData?.tables ?? [],
        find: async (workspaceId, person, ids) =>
          (await personalData?.find?.(person, ids, access(workspaceId))) ?? { ids: [], conversationIds: [] },
      },
    ],
    changing: (_, work) => pool.inTransaction(work),
  });
  const house = (name: string) =>
    `INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ('${name}', '${name}', 'UTC') ON CONFLICT DO NOTHING`;
  const talk = (nth: number, workspace: string, contact: string, startedBy: string | null, said: string) => [
    `INSERT INTO conversations (id, workspace_id, agent, agent_version, channel, contact, state, last_turn, started_by)
     VALUES ('${conversation(nth)}', '${workspace}', 'booking', '1.0.0', 'api', ${contact}, '{"name":"${said}"}', 1, ${startedBy === null ? 'NULL' : `'${startedBy}'`})`,
    `INSERT INTO runs (id, workspace_id, conversation_id, turn, agent, agent_version, arm, status, outcome, usage, asked_by)
     VALUES ('${run(nth)}', '${workspace}', '${conversation(nth)}', 1, 'booking', '1.0.0', 'stable', 'finished', 'replied', '{"cost":0.5}', ${startedBy === null ? 'NULL' : `'${startedBy}'`})`,
    `INSERT INTO conversation_state (workspace_id, conversation_id, key, value) VALUES ('${workspace}', '${conversation(nth)}', 'who', '"${said}"')`,
    `INSERT INTO messages (workspace_id, conversation_id, turn, role, run_id, text) VALUES ('${workspace}', '${conversation(nth)}', 1, 'user', '${run(nth)}', '${said}')`,
    `INSERT INTO steps (workspace_id, run_id, index, kind, fence, data) VALUES ('${workspace}', '${run(nth)}', 0, 'reply', 1, '{"text":"${said}"}')`,
    `INSERT INTO approvals (workspace_id, run_id, call_id, tool, args, call_hash, rule, reason, status, decided_by)
     VALUES ('${workspace}', '${run(nth)}', 'c', 'book', '{"name":"${said}"}', 'h', 'r', '{}', 'approved', '${eva}')`,
  ];
  const book = (nth: number, when: string, name: string, phone: string, email: string | null) => [
    `INSERT INTO files (id, workspace_id, name, media_type, content) VALUES ('${'f'.repeat(31)}${nth}', 'nube', 'turno.ics', 'text/calendar', '${name}')`,
    `INSERT INTO booking_appointments (workspace_id, id, code, service_id, staff_id, customer_name, customer_phone, customer_email, phone_key, email_key,
       starts_at, ends_at, period, price, currency, status, conversation_id, file_id, created_at, updated_at)
     SELECT 'nube', '${appointment(nth)}', 'CODE${nth}', '${ana}', '${ana}', '${name}', '${phone}', ${email === null ? 'NULL' : `'${email}'`}, right(regexp_replace('${phone}', '\\D', '', 'g'), 8),
       ${email === null ? 'NULL' : `'${email}'`}, s, s + interval '1 hour', tstzrange(s, s + interval '1 hour'), 100, 'ARS', 'confirmed', '${conversation(nth)}', '${'f'.repeat(31)}${nth}', now(), now()
     FROM (SELECT now() + interval '${when}' AS s) t`,
  ];
  const statements = [
    house('nube'),
    house('vecina'),
    `INSERT INTO users (id, email, name, email_verified_at, password_hash, totp_secret) VALUES ('${ana}', 'ana@example.com', 'Ana Paz', now(), 'hash-of-ana', 'sealed')`,
    `INSERT INTO users (id, email, name, email_verified_at) VALUES ('${eva}', 'eva@example.com', 'Eva Ríos', now())`,
    `INSERT INTO memberships (workspace_id, user_id, role) VALUES ('nube', '${ana}', 'member'), ('nube', '${eva}', 'admin')`,
    `INSERT INTO sessions (id, workspace_id, user_id, expires_at, address) VALUES (gen_random_uuid(), 'nube', '${ana}', now() + interval '1 day', '203.0.113.7')`,
    `INSERT INTO recovery_codes (user_id, code_hash) VALUES ('${ana}', 'x')`,
    `INSERT INTO booking_services (workspace_id, id, name, price, duration_minutes) VALUES ('nube', '${ana}', 'Corte', 100, 60)`,
    `INSERT INTO booking_staff (workspace_id, id, name) VALUES ('nube', '${ana}', 'Luz')`,
    ...talk(1, 'nube', `'{"email":"ANA@example.com"}'`, null, 'soy Ana Paz'),
    ...talk(2, 'nube', 'NULL', `user:${ana}`, 'Ana pregunta'),
    ...talk(3, 'nube', 'NULL', null, 'soy Ana, de la esquina'),
    ...talk(4, 'nube', `'{"phone":"+54 9 351 555-0000"}'`, null, 'soy Eva Ríos'),
    ...talk(5, 'vecina', `'{"email":"ana@example.com"}'`, null, 'Ana en la vecina'),
    ...book(1, '-20 days', 'Ana Paz', '0351 15 234-5678', 'ana@example.com'),
    ...book(3, '2 days', 'Ana', '+54 9 351 234 5678', null),
    ...book(4, '3 days', 'Eva Ríos', '351 555-0000', null),
    `UPDATE booking_appointments SET phone_key = '12345678' WHERE customer_name LIKE 'Ana%'`,
  ];
  await pool.inTransaction(async (client) => {
    for (const statement of statements) await client.query(statement);
  });
  for (const [id, name] of [
    [ana, 'Ana Paz'],
    [eva, 'Eva Ríos'],
    [ana, 'Ana Paz'],
  ] as const)
    await audit.append({
      workspaceId: 'nube',
      actor: { kind: 'user', id, name },
      action: 'session-started',
      origin: { address: '203.0.113.7' },
    });
  return { pool, audit, privacy };
}

type House = Awaited<ReturnType<typeof filled>>;

/** Everything that the database has, as text. */
async function everything({ pool }: House): Promise<string> {
  const tables = await pool.executeText<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await pool.executeText<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${name} t`);
    texts.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return texts.join('\n');
}

onEachStore('data of people', (openFresh) => {
  // One store for all of them, wiped in between.
  let opened: Promise<Store> | undefined;
  const open = () => (opened ??= openFresh());

  describe('the map of tables', () => {
    it('has every table of the schema, and every column that it names', async () => {
      const { pool, privacy } = await filled(await open());
      const rows = await pool.executeText<{ table: string; column: string }>(
        `SELECT table_name AS table, column_name AS column FROM information_schema.columns WHERE table_schema = 'public'`,
      );
      const declared = new Set(privacy.tables.map(({ table }) => table));
      // A new table says whose data it has: src/identity/privacy/core-tables.ts, or the agent's personalData.
      expect([...new Set(rows.map(({ table }) => table))].filter((table) => !declared.has(table))).toEqual([]);
      const columns = new Set(rows.map(({ table, column }) => `${table}.${column}`));
      const named = privacy.tables.flatMap((each) =>
        each.personal
          ? [...each.columns, ...(each.withheld ?? []), ...(each.erase === 'delete' ? [] : Object.keys(each.erase))].map(
              (column) => `${each.table}.${column}`,
            )
          : [],
      );
      expect(named.filter((column) => !columns.has(column))).toEqual([]);
    });

    it('names the columns whose names say that somebody is meant', async () => {
      const { pool, privacy } = await filled(await open());
      const telling = await pool.executeText<{ table: string; column: string }>(
        `SELECT table_name AS table, column_name AS column FROM information_schema.columns WHERE table_schema = 'public'
         AND column_name ~ '(email|phone|contact|address|user_agent|customer|user_id|(asked|started|decided|created|invited)_by)'`,
      );
      const personal = new Set(privacy.tables.filter((each) => each.personal).map(({ table }) => table));
      const house = new Set(['booking_settings']);
      expect(telling.filter(({ table }) => !personal.has(table) && !house.has(table))).toEqual([]);
    });
  });

  describe('an export', () => {
    let house: House;
    beforeAll(async () => {
      house = await filled(await open());
    });

    it('has the account, the conversations and what the agents know, and no secret', async () => {
      const document = await house.privacy.export('nube', { userId: ana, phone: '+54 9 351 234 5678' }, request);
      expect(document).toMatchObject({ format: 'timonel-person', workspaceId: 'nube', person: { userId: ana } });
      expect(Object.fromEntries(Object.entries(document.data).map(([table, rows]) => [table, rows.length]))).toEqual({
        approvals: 3,
        audit_personal: 2,
        booking_appointments: 2,
        conversation_state: 3,
        conversations: 3,
        files: 2,
        memberships: 1,
        messages: 3,
        recovery_codes: 1,
        runs: 3,
        sessions: 1,
        steps: 3,
        users: 1,
      });
      const text = JSON.stringify(document);
      expect(text).toContain('Ana Paz');
      expect(text).not.toMatch(/hash-of-ana|sealed|Eva Ríos|vecina/);
    });

    it('finds a customer who never had an account, by address or number as they write it', async () => {
      const byPhone = await house.privacy.export('nube', { phone: '0351 155550000' }, request);
      expect(byPhone.data['booking_appointments']).toEqual([expect.objectContaining({ customer_name: 'Eva Ríos' })]);
      expect(JSON.stringify(byPhone)).not.toContain('Ana');
      const byEmail = await house.privacy.export('vecina', { email: ' Ana@Example.com ' }, request);
      // The neighbours know her as a customer, and are not shown the account that she has elsewhere.
      expect(Object.keys(byEmail.data).sort()).toEqual([
        'approvals',
        'conversation_state',
        'conversations',
        'messages',
        'runs',
        'steps',
      ]);
    });

    it('says so when there is nobody', async () => {
      await expect(house.privacy.export('nube', { email: 'nobody@example.com' }, request)).rejects.toMatchObject({
        code: 'person_not_found',
      });
      await expect(house.privacy.export('vecina', { phone: '351 234-5678' }, request)).rejects.toMatchObject({
        code: 'person_not_found',
      });
    });
  });

  describe('an erasure', () => {
    it('leaves no word of the person, and everything of others', async () => {
      const house = await filled(await open());
      const before = await everything(house);
      expect(before).toMatch(/Ana Paz/);
      const person = { userId: ana, phone: '+54 9 351 234 5678' };
      const preview = await house.privacy.preview('nube', person, request);
      expect(preview).toMatchObject({ account: { name: 'Ana Paz', role: 'member' }, conversations: 3, accountKept: false });
      const erasure = await house.privacy.erase('nube', person, request);
      // What was announced is what was done; the entry of the look-up itself tells of Ana too.
      const announced: Record<string, number> = {};
      for (const { table, rows } of preview.tables) announced[table] = (announced[table] ?? 0) + rows;
      expect(Object.keys(announced).sort()).toEqual(Object.keys(erasure.erased).sort());
      expect(announced['messages']).toBe(erasure.erased['messages']);
      expect(erasure).toMatchObject({
        accountKept: false,
        erased: { users: 1, messages: 3, booking_appointments: 2, files: 2, audit_personal: 3 },
      });
      const after = (await everything(house)).split('\n').filter((line) => !line.includes('vecina'));
      expect(
        after.filter((line) => /\bAna\b|ana@example|2345678|234.5678|203\.0\.113\.7/i.test(line) && !line.includes('Eva')),
      ).toEqual([]);
      expect(after.filter((line) => line.includes('Eva Ríos')).length).toBe(
        before.split('\n').filter((line) => line.includes('Eva Ríos')).length,
      );
    });

    it('keeps what money and counts need, without the person, and frees what was still ahead', async () => {
      const house = await filled(await open());
      await house.privacy.erase('nube', { email: 'ana@example.com', phone: '+54 9 351 234 5678' }, request);
      const { pool } = house;
      expect(
        await pool.executeText(
          `SELECT count(*)::int AS runs, sum((usage->>'cost')::float8) AS cost FROM runs WHERE workspace_id = 'nube'`,
        ),
      ).toEqual([{ runs: 4, cost: 2 }]);
      expect(
        await pool.executeText(
          `SELECT status, price::float8 AS price, customer_name AS name FROM booking_appointments ORDER BY starts_at`,
        ),
      ).toEqual([
        { status: 'confirmed', price: 100, name: '' },
        { status: 'cancelled', price: 100, name: '' },
        { status: 'confirmed', price: 100, name: 'Eva Ríos' },
      ]);
    });

    it('keeps the audit log whole, which tells that and by whom it was done', async () => {
      const house = await filled(await open());
      await house.privacy.erase('nube', { userId: ana }, request);
      expect(await verifyChain(house.pool, house.audit, 'nube')).toMatchObject({ intact: true, entries: 4 });
      const [entry] = await house.audit.page('nube', {}, 1);
      expect(entry).toMatchObject({
        action: 'person-erased',
        actor: { id: eva },
        target: { kind: 'user', id: ana },
        details: {
          rows: { users: 1 },
          entries: [
            [1, 1],
            [3, 3],
          ],
        },
      });
      await expect(house.privacy.erase('nube', { userId: ana }, request)).rejects.toMatchObject({ code: 'person_not_found' });
    });

    it('leaves the account where the person belongs to another house too', async () => {
      const house = await filled(await open());
      await house.pool.executeText(`INSERT INTO memberships (workspace_id, user_id, role) VALUES ('vecina', '${ana}', 'member')`);
      expect(await house.privacy.erase('nube', { userId: ana }, request)).toMatchObject({ accountKept: true });
      expect(await house.pool.executeText(`SELECT name FROM users WHERE id = '${ana}'`)).toEqual([{ name: 'Ana Paz' }]);
      expect(await house.pool.executeText(`SELECT workspace_id FROM memberships WHERE user_id = '${ana}'`)).toEqual([
        { workspace_id: 'vecina' },
      ]);
    });

    it('waits for a turn, and for another admin', async () => {
      const house = await filled(await open());
      await house.pool.executeText(`UPDATE runs SET status = 'running', outcome = NULL WHERE id = '${run(1)}'`);
      await expect(house.privacy.erase('nube', { userId: ana }, request)).rejects.toMatchObject({
        code: 'person_busy',
        retryable: true,
      });
      await expect(house.privacy.erase('nube', { userId: eva }, request)).rejects.toMatchObject({ code: 'last_admin' });
      expect(await everything(house)).toMatch(/soy Ana Paz/);
    });
  });

  describe('retention', () => {
    const days = (kept: Partial<Record<'conversations' | 'sessions' | 'audit', number>>) => ({
      conversations: 0,
      sessions: 0,
      audit: 0,
      ...kept,
    });

    it('erases what is older than its kind is kept, of everybody, once', async () => {
      const house = await filled(await open());
      const { pool, audit, privacy } = house;
      let own: { workspaceId: string; conversationDays: number | null }[] = [];
      const narrowable = await pool.executeText<{ name: string }>(
        `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'workspace_id'`,
      );
      const aging = privacy.tables.filter((each) => each.personal && each.ages?.kind === 'conversations');
      expect(narrowable.map(({ name }) => name)).toEqual(expect.arrayContaining(aging.map(({ table }) => table)));
      const apply = (kept: Parameters<typeof days>[0], now: Date) =>
        applyRetention({ pool, audit, tables: privacy.tables, days: days(kept), workspaces: async () => own, now: () => now });
      const later = new Date(Date.now() + 40 * 86_400_000);
      expect(await apply({}, later)).toEqual({});
      expect(await apply({ conversations: 90, sessions: 90 }, later)).toEqual({});
      expect(await apply({ sessions: 30 }, later)).toEqual({ sessions: 1 });
      // A workspace may keep its conversations for less long; those of others stay.
      own = [
        { workspaceId: 'vecina', conversationDays: 10 },
        { workspaceId: 'nube', conversationDays: null },
      ];
      expect(await apply({ conversations: 90 }, later)).toMatchObject({ conversations: 1, messages: 1, steps: 1 });
      expect(await everything(house)).toMatch(/soy Ana Paz/);
      expect(await apply({ conversations: 30 }, later)).toEqual({
        approvals: 4,
        booking_appointments: 3,
        conversation_state: 4,
        conversations: 4,
        files: 3,
        messages: 4,
        steps: 4,
      });
      expect(await apply({ conversations: 30 }, later)).toEqual({});
      expect(await everything(house)).not.toMatch(/soy Ana|soy Eva|234.5678|turno\.ics/);
      expect(await pool.executeText('SELECT count(*)::int AS runs FROM runs')).toEqual([{ runs: 5 }]);
    });

    it('forgets who is in old audit entries, and the chain stays whole', async () => {
      const { pool, audit, privacy } = await filled(await open());
      const later = new Date(Date.now() + 40 * 86_400_000);
      const erased = await applyRetention({
        pool,
        audit,
        tables: privacy.tables,
        days: days({ audit: 30 }),
        workspaces: async () => [],
        now: () => later,
      });
      expect(erased).toEqual({ audit_personal: 3 });
      expect(await verifyChain(pool, audit, 'nube')).toMatchObject({ intact: true, entries: 4 });
      expect(await pool.executeText('SELECT 1 FROM audit_personal')).toEqual([]);
    });
  });
});

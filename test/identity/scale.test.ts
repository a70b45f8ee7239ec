/** A workspace with ten thousand members costs what one with ten does: the same statements, and the same rows read for each. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newWorkspace } from '../new-workspace.ts';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { newPerson, type Person, post } from './people.ts';

interface Sent {
  text: string;
  values: unknown[];
}

interface PlanNode {
  'Node Type': string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Relation Name'?: string;
  Plans?: PlanNode[];
}

const tables = /\b(users|memberships|sessions|refresh_tokens|roles|recovery_codes|api_keys)\b/;

describe.each(storeKinds)('a workspace of 10,000 (%s)', (kind) => {
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  let sent: Sent[] | undefined;
  const query = pg.Client.prototype.query;
  beforeAll(async () => {
    // Listens to what goes over the wire; nothing is replaced.
    Object.defineProperty(pg.Client.prototype, 'query', {
      configurable: true,
      writable: true,
      value(this: pg.Client, ...args: unknown[]) {
        const [first, second] = args as [string | { text?: string; values?: unknown[] }, unknown];
        const text = typeof first === 'string' ? first : (first.text ?? '');
        const values = typeof first === 'string' ? (Array.isArray(second) ? second : []) : (first.values ?? []);
        if (tables.test(text)) sent?.push({ text, values });
        return Reflect.apply(query, this, args);
      },
    });
    const store = await freshStoreEnvironment(kind);
    remove = store.remove;
    timonel = await startTimonel(
      kind,
      { agents: [notes] },
      { environment: { ...store.environment, TIMONEL_ACCESS_CACHE_MS: '0' } },
    );
    for (const [workspaceId, size] of [
      ['small', 10],
      ['large', 10_000],
    ] as const) {
      await newWorkspace(timonel, workspaceId);
      await timonel.timonel.store.pool.executeText(
        `WITH people AS (
           INSERT INTO users (id, email, name, email_verified_at)
           SELECT gen_random_uuid(), $1 || n || '@example.com', 'Persona ' || n, now() FROM generate_series(1, $2::int) n RETURNING id
         ), members AS (
           INSERT INTO memberships (workspace_id, user_id, role) SELECT $1, id, CASE WHEN random() < 0.01 THEN 'admin' ELSE 'student' END FROM people
         ), sessions AS (
           INSERT INTO sessions (id, workspace_id, user_id, expires_at, address)
           SELECT gen_random_uuid(), $1, id, now() + interval '7 days', '192.0.2.1' FROM people RETURNING id
         )
         INSERT INTO refresh_tokens (token_hash, session_id) SELECT sha256(id::text::bytea), id FROM sessions`,
        [workspaceId, size],
      );
    }
    await timonel.timonel.store.pool.executeText('ANALYZE');
  });
  afterAll(async () => {
    Object.defineProperty(pg.Client.prototype, 'query', { value: query, configurable: true, writable: true });
    await timonel.close();
    await remove();
  });

  /** What the parts of a working day send, per part. */
  const aDay = async (workspaceId: string): Promise<Map<string, Sent[]>> => {
    const day = new Map<string, Sent[]>();
    const during = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      sent = [];
      const result = await work();
      day.set(name, sent);
      sent = undefined;
      return result;
    };
    const admin = await during('signing in', () => newPerson(timonel, { role: 'admin', workspaceId }));
    const member = await newPerson(timonel, { role: 'member', workspaceId });
    const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, person: Person, body?: object) =>
      timonel.call(method, url, body, person.headers);
    await during('a request', () => call('GET', '/api/v1/agents', member));
    await during('who am I', () => call('GET', '/api/v1/auth/me', member));
    await during('the first page of members', () => call('GET', '/api/v1/users?limit=5', admin));
    await during('a later page of members', () =>
      call('GET', '/api/v1/users?limit=5&after=80000000-0000-4000-8000-000000000000', admin),
    );
    await during('the members of a role', () => call('GET', '/api/v1/users?limit=5&role=student', admin));
    await during('a member', () => call('GET', `/api/v1/users/${member.id}`, admin));
    await during('another role', () => call('PATCH', `/api/v1/users/${member.id}`, admin, { role: 'admin' }));
    await during('no admin any more', () => call('PATCH', `/api/v1/users/${member.id}`, admin, { role: 'student' }));
    await during('refreshing', () => post(timonel, '/api/v1/auth/refresh', { refreshToken: admin.refreshToken }));
    await during('the list of sessions', () => call('GET', '/api/v1/auth/sessions', member));
    await during('signing out', () => call('POST', '/api/v1/auth/logout', member));
    await during('removing a member', () => call('DELETE', `/api/v1/users/${member.id}`, admin));
    return day;
  };

  it('takes the same statements, and reads as much for each, as one of ten', async () => {
    const [small, large] = [await aDay('small'), await aDay('large')];
    expect(small.size).toBeGreaterThan(10);
    let compared = 0;
    for (const [part, statements] of large) {
      const few = small.get(part) ?? [];
      expect([part, statements.map(({ text }) => text)]).toEqual([part, few.map(({ text }) => text)]);
      for (const [position, statement] of statements.entries()) {
        if (!/^\s*SELECT/.test(statement.text) || /FOR (NO KEY )?UPDATE/.test(statement.text)) {
          expect([part, scans(await explain(statement, ''))]).toEqual([part, []]);
          continue;
        }
        const [many, ten] = [await explain(statement, 'ANALYZE, '), await explain(few[position] as Sent, 'ANALYZE, ')];
        expect([part, scans(many)]).toEqual([part, []]);
        // A page of five may need to look at a few rows more; never at all of them.
        const place = `${part}: ${statement.text.trim().slice(0, 80)}`;
        expect([place, rowsRead(many) <= rowsRead(ten) + 25]).toEqual([place, true]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(15);
  });

  async function explain({ text, values }: Sent, options: string): Promise<PlanNode> {
    const rows = await timonel.timonel.store.pool.executeText<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (${options}FORMAT JSON) ${text}`,
      values,
    );
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    if (plan === undefined) throw new Error(`No plan for ${text}`);
    return plan;
  }

  const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
  /** Tables that are read whole. */
  const scans = (plan: PlanNode) =>
    nodesOf(plan)
      .filter((node) => node['Node Type'] === 'Seq Scan')
      .map((node) => node['Relation Name']);
  const rowsRead = (plan: PlanNode) =>
    nodesOf(plan)
      .filter((node) => /Scan$/.test(node['Node Type']))
      .reduce(
        (sum, node) => sum + ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1),
        0,
      );
});

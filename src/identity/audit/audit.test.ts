import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { onEachStore } from '../../../test/stores.ts';
import { canonicalJson } from '../../canonical-json.ts';
import { readSettings } from '../../config.ts';
import type { Store } from '../../store/open.ts';
import { ServerKeys } from '../secrets.ts';
import { AuditLog } from './audit-log.ts';
import { type AuditEntry, auditable, entryHashOf } from './entry.ts';
import { verifyChain } from './verify.ts';

const first = '3f9c1a7be2d04586917fc3aa52b8e06d4c1f7b9325ae8d60f1429b7e05c3d8fa';
const second = 'pQ0xv5JkZb7TtqfY2mNwG4rLhA9sDcE1uV8oXiK3yRg=';

async function logOn({ pool }: Store, environment: Record<string, string> = { TIMONEL_SECRET: first }) {
  const keys = await ServerKeys.open(readSettings(environment), pool);
  const log = new AuditLog({ pool, keys, now: () => new Date() });
  return {
    log,
    verify: (workspaceId: string, anchor?: { sequence: number; hash: string }) => verifyChain(pool, log, workspaceId, anchor),
  };
}

const signIn = (workspaceId: string, nth = 0) => ({
  workspaceId,
  actor: { kind: 'user' as const, id: `user-${nth % 3}`, name: 'Inés' },
  action: 'session-started',
  target: { kind: 'session', id: `session-${nth}` },
  origin: { address: '203.0.113.7', userAgent: 'Firefox', requestId: `request-${nth}` },
  details: { nth, method: 'password' },
});

async function write(log: AuditLog, workspaceId: string, count: number): Promise<void> {
  for (let nth = 1; nth <= count; nth++) await log.append(signIn(workspaceId, nth));
}

async function all(log: AuditLog, workspaceId: string): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of log.entries(workspaceId)) entries.push(entry);
  return entries;
}

/** What somebody with every right on the database can do: no trigger and no policy holds a superuser. */
async function tamper({ pool }: Store, statements: string[]): Promise<void> {
  await pool.inTransaction(async (client: pg.ClientBase) => {
    await client.query(`SET LOCAL session_replication_role = 'replica'`);
    for (const statement of statements) await client.query(statement);
  });
}

onEachStore('the audit log', (open) => {
  it('numbers two hundred entries of one workspace that come at once, and makes one chain of them', async () => {
    const { log, verify } = await logOn(await open());
    const numbers = await Promise.all(Array.from({ length: 200 }, (_, nth) => log.append(signIn('default', nth))));
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, nth) => nth + 1));
    expect(await verify('default')).toEqual({ workspaceId: 'default', intact: true, entries: 200, head: expect.anything() });
  });

  it('tells who did what, from where, and reads it back by any of that', async () => {
    const { log } = await logOn(await open());
    await write(log, 'default', 5);
    await log.append({ workspaceId: 'default', actor: 'system', action: 'role-changed' });
    const [newest, before] = await log.page('default', {}, 2);
    expect(newest).toMatchObject({ sequence: 6, action: 'role-changed', personal: null, personalDigest: null, target: null });
    expect(before).toMatchObject({
      sequence: 5,
      actor: { kind: 'user', id: 'user-2' },
      target: { kind: 'session', id: 'session-5' },
      requestId: 'request-5',
      details: { nth: 5, method: 'password' },
      personal: { name: 'Inés', address: '203.0.113.7', userAgent: 'Firefox' },
    });
    expect((await log.page('default', {}, 10, 3)).map(({ sequence }) => sequence)).toEqual([2, 1]);
    expect((await log.page('default', { actor: 'user-1' }, 10)).map(({ sequence }) => sequence)).toEqual([4, 1]);
    expect(await log.page('default', { to: new Date(0) }, 10)).toEqual([]);
    expect(await log.page('elsewhere', {}, 10)).toEqual([]);
  });

  it('is part of the transaction that it tells of', async () => {
    const { pool, ...store } = await open();
    const { log, verify } = await logOn({ pool, ...store });
    const undone = pool.inTransaction(async (client) => {
      await log.append(signIn('default'), client);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await pool.inTransaction(async (client) => void (await log.append(signIn('default'), client)));
    expect(await verify('default')).toMatchObject({ intact: true, entries: 1 });
  });

  it('stores what a stranger’s browser says of itself, whatever that is', async () => {
    const { log, verify } = await logOn(await open());
    const userAgent = `\0 half \ud83d of a pair ${'x'.repeat(5_000)}`;
    await log.append({
      ...signIn('default'),
      origin: { userAgent },
      details: { big: 1e21, tiny: 1e-7, zero: -0, ñ: ['a', null, { b: true }] },
    });
    expect(await verify('default')).toMatchObject({ intact: true });
  });

  it('refuses changes by whoever has no right to switch that off', async () => {
    const { pool, ...store } = await open();
    const { log } = await logOn({ pool, ...store });
    await write(log, 'default', 2);
    for (const statement of [
      `UPDATE audit_log SET action = 'nothing-done'`,
      'DELETE FROM audit_log',
      'TRUNCATE audit_log',
      `UPDATE audit_personal SET data = '{}'`,
      'DELETE FROM audit_personal',
      'TRUNCATE audit_personal',
    ])
      await expect(pool.executeText(statement)).rejects.toMatchObject({ code: '23001' });
    const seen = await pool
      .inWorkspace('default', async (_, client) => (await client.query('SELECT 1 FROM audit_log')).rows.length)
      .catch((error: { code: string }) => error.code);
    expect(['42501', 0]).toContain(seen);
  });

  it('is sealed anew after a rotation of the secret, and an end that was sealed with neither is found', async () => {
    const store = await open();
    const before = await logOn(store);
    await write(before.log, 'default', 3);
    const during = await logOn(store, { TIMONEL_SECRET: second, TIMONEL_SECRET_PREVIOUS: first });
    expect(await during.verify('default')).toMatchObject({ intact: true });
    expect(await during.log.resealHeads()).toBe(1);
    expect(await during.log.resealHeads()).toBe(0);
    const after = await logOn(store, { TIMONEL_SECRET: second });
    expect(await after.verify('default')).toMatchObject({ intact: true });
    expect(await before.verify('default')).toMatchObject({ intact: false, breach: 'rewritten' });
  });
});

/** A consistent chain, as somebody would write it who knows everything but the secret. */
function rewrite(entries: readonly AuditEntry[]): string[] {
  const statements: string[] = [];
  let previousHash = '0'.repeat(64);
  for (const [position, entry] of entries.entries()) {
    const details = position === 1 ? { nth: 999 } : entry.details;
    const hash = entryHashOf(previousHash, { ...entry, details });
    statements.push(
      `UPDATE audit_log SET details = '${JSON.stringify(details)}', previous_hash = '\\x${previousHash}', hash = '\\x${hash}'
       WHERE workspace_id = 'default' AND sequence = ${entry.sequence}`,
    );
    previousHash = hash;
  }
  return [...statements, `UPDATE audit_heads SET hash = '\\x${previousHash}' WHERE workspace_id = 'default'`];
}

const shift = (from: number, by: number) => [
  `UPDATE audit_log SET sequence = sequence + 1000 WHERE sequence >= ${from}`,
  `UPDATE audit_log SET sequence = sequence - 1000 + ${by} WHERE sequence >= 1000`,
  `UPDATE audit_personal SET sequence = sequence + 1000 WHERE sequence >= ${from}`,
  `UPDATE audit_personal SET sequence = sequence - 1000 + ${by} WHERE sequence >= 1000`,
];
const insertAt = (place: number, hash: string) => `
  INSERT INTO audit_log SELECT workspace_id, ${place}, at, 'system', NULL, 'nothing-done', NULL, NULL, NULL, '{}', NULL, previous_hash, ${hash}
  FROM audit_log WHERE sequence = ${place + 1}`;

const attacks: [what: string, statements: string[], found: { breach: string; sequence: number }][] = [
  ['changes an action', [`UPDATE audit_log SET action = 'nothing-done' WHERE sequence = 4`], { breach: 'changed', sequence: 4 }],
  [
    'moves an entry in time',
    [`UPDATE audit_log SET at = at + interval '1 day' WHERE sequence = 1`],
    { breach: 'changed', sequence: 1 },
  ],
  ['changes the last entry', [`UPDATE audit_log SET actor_id = 'other' WHERE sequence = 8`], { breach: 'changed', sequence: 8 }],
  [
    'changes who it was',
    [`UPDATE audit_personal SET data = '{"name":"Eva"}' WHERE sequence = 3`],
    { breach: 'changed', sequence: 3 },
  ],
  ['erases who it was', ['DELETE FROM audit_personal WHERE sequence IN (3, 4)'], { breach: 'changed', sequence: 3 }],
  ['takes an entry out', ['DELETE FROM audit_log WHERE sequence = 5'], { breach: 'missing', sequence: 5 }],
  ['takes the first out', ['DELETE FROM audit_log WHERE sequence = 1'], { breach: 'missing', sequence: 1 }],
  [
    'takes one out and closes the gap',
    ['DELETE FROM audit_log WHERE sequence = 5', 'DELETE FROM audit_personal WHERE sequence = 5', ...shift(6, -1)],
    { breach: 'missing', sequence: 5 },
  ],
  [
    'swaps two',
    [
      'UPDATE audit_log SET sequence = 1000 WHERE sequence = 3',
      'UPDATE audit_log SET sequence = 3 WHERE sequence = 6',
      'UPDATE audit_log SET sequence = 6 WHERE sequence = 1000',
    ],
    { breach: 'reordered', sequence: 3 },
  ],
  [
    'swaps two neighbours',
    [
      'UPDATE audit_log SET sequence = 1000 WHERE sequence = 3',
      'UPDATE audit_log SET sequence = 3 WHERE sequence = 4',
      'UPDATE audit_log SET sequence = 4 WHERE sequence = 1000',
    ],
    { breach: 'reordered', sequence: 3 },
  ],
  ['puts one in between', [...shift(5, 1), insertAt(5, `sha256('x')`)], { breach: 'inserted', sequence: 5 }],
  [
    'adds one at the end',
    [
      `INSERT INTO audit_log SELECT workspace_id, 9, at, 'system', NULL, 'nothing-done', NULL, NULL, NULL, '{}', NULL, hash, sha256('x') FROM audit_log WHERE sequence = 8`,
    ],
    { breach: 'changed', sequence: 9 },
  ],
  ['cuts the end off', ['DELETE FROM audit_log WHERE sequence > 6'], { breach: 'cut', sequence: 7 }],
  ['cuts everything off', ['DELETE FROM audit_log'], { breach: 'cut', sequence: 1 }],
  [
    'cuts the end off and moves the head',
    [
      'DELETE FROM audit_log WHERE sequence > 6',
      `UPDATE audit_heads SET sequence = 6, hash = (SELECT hash FROM audit_log WHERE sequence = 6)`,
    ],
    { breach: 'rewritten', sequence: 6 },
  ],
  ['takes the head away', ['DELETE FROM audit_heads'], { breach: 'rewritten', sequence: 8 }],
];

onEachStore('somebody with every right on the database', (open) => {
  // One store for all of them, wiped in between.
  let opened: Promise<Store> | undefined;
  const wiped = async () => {
    opened ??= open();
    await tamper(await opened, ['DELETE FROM audit_log', 'DELETE FROM audit_personal', 'DELETE FROM audit_heads']);
    return opened;
  };

  describe.each(attacks)('who %s', (_, statements, found) => {
    it('is found', async () => {
      const store = await wiped();
      const { log, verify } = await logOn(store);
      await write(log, 'default', 8);
      expect(await verify('default')).toMatchObject({ intact: true, entries: 8 });
      await tamper(store, statements);
      expect(await verify('default')).toMatchObject({ intact: false, ...found });
    });
  });

  it('who puts in an entry that is well made is found by the one after it', async () => {
    const store = await wiped();
    const { log, verify } = await logOn(store);
    await write(log, 'default', 8);
    const forged = { ...(await all(log, 'default'))[4], action: 'nothing-done', personalDigest: null } as AuditEntry;
    const hash = entryHashOf(forged.previousHash, forged);
    await tamper(store, [
      ...shift(5, 1),
      insertAt(5, `'\\x00'`),
      `UPDATE audit_log SET actor_kind = 'user', actor_id = '${forged.actor.id}',
      target_kind = 'session', target_id = 'session-5', request_id = 'request-5', details = '${JSON.stringify(forged.details)}', hash = '\\x${hash}' WHERE sequence = 5`,
    ]);
    expect(await verify('default')).toMatchObject({ intact: false, breach: 'inserted', sequence: 5 });
  });

  it('who writes one entry anew with a hash that fits is found by the one after it', async () => {
    const store = await wiped();
    const { log, verify } = await logOn(store);
    await write(log, 'default', 8);
    const entry = { ...(await all(log, 'default'))[3], details: { nth: 999 } } as AuditEntry;
    await tamper(store, [
      `UPDATE audit_log SET details = '{"nth":999}', hash = '\\x${entryHashOf(entry.previousHash, entry)}' WHERE sequence = 4`,
    ]);
    expect(await verify('default')).toMatchObject({ intact: false, breach: 'changed', sequence: 4 });
  });

  it('who writes the whole chain anew, head and all, is found for want of the secret', async () => {
    const store = await wiped();
    const { log, verify } = await logOn(store);
    await write(log, 'default', 8);
    await tamper(store, rewrite(await all(log, 'default')));
    expect(await verify('default')).toMatchObject({ intact: false, breach: 'rewritten', sequence: 8 });
  });

  it('who puts an old end back, seal and all, is found by an anchor that was kept elsewhere', async () => {
    const store = await wiped();
    const { log, verify } = await logOn(store);
    await write(log, 'default', 4);
    const old = await store.pool.executeText<{ hash: string; seal: string }>(`SELECT hash::text, seal::text FROM audit_heads`);
    await write(log, 'default', 4);
    const verified = await verify('default');
    const anchor = verified.intact ? (verified.head ?? undefined) : undefined;
    await tamper(store, [
      'DELETE FROM audit_log WHERE sequence > 4',
      `UPDATE audit_heads SET sequence = 4, hash = '${old[0]?.hash}', seal = '${old[0]?.seal}'`,
    ]);
    expect(await verify('default')).toMatchObject({ intact: true, entries: 4 });
    expect(await verify('default', anchor)).toMatchObject({ intact: false, breach: 'cut', sequence: 5 });
  });

  it('is found in the middle of thousands, across pages', async () => {
    const store = await wiped();
    const { log, verify } = await logOn(store);
    await log.append(signIn('default', 1));
    const entries = await all(log, 'default');
    const [one] = entries;
    if (one === undefined) throw new Error('There is one.');
    // As fast as it can be written: the chain is what counts here.
    const rows: string[] = [];
    let previousHash = one.hash;
    for (let sequence = 2; sequence <= 2_500; sequence++) {
      const facts = { ...one, sequence, personalDigest: null, details: {} };
      const hash = entryHashOf(previousHash, facts);
      rows.push(
        `('default',${sequence},'${one.at}','user','user-1','session-started','session','session-1','request-1','{}','\\x${previousHash}','\\x${hash}')`,
      );
      previousHash = hash;
    }
    await store.pool.executeText(
      `INSERT INTO audit_log (workspace_id, sequence, at, actor_kind, actor_id, action, target_kind, target_id, request_id, details, previous_hash, hash)
       VALUES ${rows.join(',')}; UPDATE audit_heads SET sequence = 2500, hash = '\\x${previousHash}'`,
    );
    await expect(verify('default')).resolves.toMatchObject({ breach: 'rewritten', entries: 2_500 });
    await tamper(store, [
      'UPDATE audit_log SET sequence = 5000 WHERE sequence = 1000',
      'UPDATE audit_log SET sequence = 1000 WHERE sequence = 1001',
      'UPDATE audit_log SET sequence = 1001 WHERE sequence = 5000',
    ]);
    await expect(verify('default')).resolves.toMatchObject({ breach: 'reordered', sequence: 1_000 });
  });
});

describe('the text that is hashed', () => {
  it('is one for one value, whatever order its names came in', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'ñ' }], a: true })).toBe('{"a":true,"b":[1,{"c":"ñ","d":null}]}');
    expect(canonicalJson(auditable({ x: undefined, y: -0 }))).toBe('{"y":0}');
  });
});

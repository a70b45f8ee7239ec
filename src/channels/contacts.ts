/** Contacts: one person with several addresses. What a provider says belongs together is one person; an address that a stranger has now moves. */
import type pg from 'pg';
import { canonicalAddress, ownKinds } from './addresses.ts';
import type { Address } from './contract.ts';

interface Known {
  kind: Address['kind'];
  canonical: string;
  value: string;
  contact_id: string;
}

export interface Resolved {
  contact: string;
  merged: string[];
}

/** Keeps others from changing contacts of the workspace until the transaction ends. */
export async function holdContacts(client: pg.PoolClient, workspaceId: string): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`channel-contacts\n${workspaceId}`]);
}

export class Contacts {
  readonly #newId: () => string;

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  /**
   * The contact of these addresses, made or merged where need be. To be called under the lock of the workspace's contacts.
   * @returns the id of the contact, and of those that were merged into it
   */
  async resolve(
    client: pg.PoolClient,
    workspaceId: string,
    addresses: readonly Address[],
    name: string | undefined,
  ): Promise<Resolved> {
    const wanted = written(addresses);
    const known = await this.#known(client, workspaceId, wanted);
    const own = wanted.filter(({ kind }) => ownKinds.has(kind));
    // By what only this person has; a phone can have become another person's.
    const byOwn = known.filter((each) => own.some(({ kind, canonical }) => each.kind === kind && each.canonical === canonical));
    const others: string[] = [];
    for (const { contact_id: id } of known.filter((each) => !byOwn.includes(each))) {
      if (byOwn.some(({ contact_id }) => contact_id === id) || others.includes(id)) continue;
      if (own.length === 0 || !(await this.#hasAnother(client, workspaceId, id, own))) others.push(id);
    }
    const [first, ...rest] = [...new Set([...byOwn.map(({ contact_id }) => contact_id), ...others])];
    const contact = first ?? this.#newId();
    if (first === undefined) {
      await client.query('INSERT INTO channel_contacts (id, workspace_id, name) VALUES ($1, $2, $3)', [
        contact,
        workspaceId,
        name ?? null,
      ]);
    }
    for (const other of rest) await merge(client, workspaceId, contact, other);
    const settled = wanted.every(({ kind, canonical, value }) =>
      known.some(
        (each) => each.kind === kind && each.canonical === canonical && each.value === value && each.contact_id === contact,
      ),
    );
    if (!settled) await this.#write(client, workspaceId, contact, wanted);
    return { contact, merged: rest };
  }

  /** A contact has other addresses from now on: those of the same kinds are no longer its own. */
  async move(client: pg.PoolClient, workspaceId: string, from: readonly Address[], to: readonly Address[]): Promise<Resolved> {
    const { contact, merged } = await this.resolve(client, workspaceId, from, undefined);
    const kinds = to.map(({ kind }) => kind);
    await client.query('DELETE FROM channel_addresses WHERE workspace_id = $1 AND contact_id = $2 AND kind = ANY($3::text[])', [
      workspaceId,
      contact,
      kinds,
    ]);
    await this.#write(client, workspaceId, contact, written(to));
    return { contact, merged };
  }

  async #known(
    client: pg.PoolClient,
    workspaceId: string,
    wanted: readonly { kind: string; canonical: string }[],
  ): Promise<Known[]> {
    const { rows } = await client.query<Known>(
      `SELECT a.kind, a.canonical, a.value, a.contact_id FROM channel_addresses a
       JOIN unnest($2::text[], $3::text[]) AS w(kind, canonical) ON a.kind = w.kind AND a.canonical = w.canonical
       WHERE a.workspace_id = $1 ORDER BY a.created_at, a.contact_id`,
      [workspaceId, wanted.map(({ kind }) => kind), wanted.map(({ canonical }) => canonical)],
    );
    return rows;
  }

  /** Whether the contact is known by another value of a kind of which a person has one. */
  async #hasAnother(
    client: pg.PoolClient,
    workspaceId: string,
    contact: string,
    own: readonly { kind: string; canonical: string }[],
  ): Promise<boolean> {
    const { rows } = await client.query(
      `SELECT 1 FROM channel_addresses a JOIN unnest($3::text[], $4::text[]) AS w(kind, canonical) ON a.kind = w.kind AND a.canonical <> w.canonical
       WHERE a.workspace_id = $1 AND a.contact_id = $2 LIMIT 1`,
      [workspaceId, contact, own.map(({ kind }) => kind), own.map(({ canonical }) => canonical)],
    );
    return rows.length > 0;
  }

  async #write(
    client: pg.PoolClient,
    workspaceId: string,
    contact: string,
    wanted: readonly (Address & { canonical: string })[],
  ): Promise<void> {
    await client.query(
      `INSERT INTO channel_addresses (workspace_id, kind, canonical, value, contact_id)
       SELECT $1, w.kind, w.canonical, w.value, $2 FROM unnest($3::text[], $4::text[], $5::text[]) AS w(kind, canonical, value)
       ON CONFLICT (workspace_id, kind, canonical) DO UPDATE SET value = excluded.value, contact_id = excluded.contact_id`,
      [
        workspaceId,
        contact,
        wanted.map(({ kind }) => kind),
        wanted.map(({ canonical }) => canonical),
        wanted.map(({ value }) => value),
      ],
    );
  }
}

/** Each address once, with its canonical form. */
function written(addresses: readonly Address[]): (Address & { canonical: string })[] {
  const all = addresses.map((address) => ({ ...address, canonical: canonicalAddress(address) }));
  return [...new Map(all.map((each) => [`${each.kind}:${each.canonical}`, each])).values()];
}

/** Makes one contact of two. Where both have a thread on a connection, the one that was heard later goes on. */
async function merge(client: pg.PoolClient, workspaceId: string, kept: string, gone: string): Promise<void> {
  const values = [workspaceId, kept, gone];
  await client.query(
    `DELETE FROM channel_threads t USING channel_threads o
     WHERE t.workspace_id = $1 AND o.workspace_id = $1 AND t.connection_id = o.connection_id
       AND ((t.contact_id = $2 AND o.contact_id = $3 AND t.heard_at < o.heard_at) OR (t.contact_id = $3 AND o.contact_id = $2 AND t.heard_at <= o.heard_at))`,
    values,
  );
  for (const table of ['channel_threads', 'channel_addresses', 'channel_inbox', 'channel_deliveries', 'conversations'])
    await client.query(`UPDATE ${table} SET contact_id = $2 WHERE workspace_id = $1 AND contact_id = $3`, values);
  await client.query('DELETE FROM channel_contacts WHERE workspace_id = $1 AND id = $3 AND id <> $2', values);
}

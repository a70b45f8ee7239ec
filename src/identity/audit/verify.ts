/**
 * Checks a chain from its first entry to its head: each entry fits its own hash, follows the one before, and the head is the last one and
 * sealed by this installation. Reads the chain once, a page at a time, in one snapshot.
 */
import type pg from 'pg';
import type { DatabasePool } from '../../store/database.ts';
import { type AuditLog, type Head, headStatement } from './audit-log.ts';
import { type AuditEntry, entryHashOf, noHash, personalDigestOf } from './entry.ts';
import { type AuditRow, auditEntryOf, pageStatement } from './statements.ts';

/**
 * - `changed`: the entry does not fit its hash, or what is personal in it was changed, or removed without an erasure.
 * - `missing`: an entry was taken out before this place.
 * - `reordered`: an entry stands in another one's place.
 * - `inserted`: an entry that Timonel did not write.
 * - `cut`: the last entries are gone.
 * - `rewritten`: the end of the chain is not sealed by this installation: the chain was written anew, or the secret is another one.
 */
export type Breach = 'changed' | 'missing' | 'reordered' | 'inserted' | 'cut' | 'rewritten';

export type Verification =
  | { workspaceId: string; intact: true; entries: number; head: Anchor | null }
  | { workspaceId: string; intact: false; entries: number; sequence: number; breach: Breach; explanation: string };

/** The end of a chain as it was once. Kept elsewhere, it proves later that nothing up to there was cut off or rewritten. */
export interface Anchor {
  sequence: number;
  hash: string;
}

const pageSize = 1_000;

/** An erasure says which entries it took the personal part of. */
export const erasureActions: ReadonlySet<string> = new Set(['person-erased', 'retention-applied']);

/** @param anchor an earlier head, from an export or an earlier verification. */
export async function verifyChain(pool: DatabasePool, log: AuditLog, workspaceId: string, anchor?: Anchor): Promise<Verification> {
  return pool.inTransaction(async (client) => {
    // One snapshot: entries that are appended meanwhile belong to the next verification.
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await client.query<Head>(headStatement, [workspaceId]);
    const walk = new Walk(workspaceId, anchor);
    for (let after: number | undefined = 0; after !== undefined || !walk.done; ) {
      // What follows an entry tells one breach from another: some are kept in hand.
      if (after !== undefined && walk.inHand < pageSize / 2) {
        const page = await readPage(client, workspaceId, after);
        walk.add(page);
        after = page.at(-1)?.sequence;
        continue;
      }
      const found = walk.step();
      if (found !== undefined) return found;
    }
    return walk.finish(rows[0], (head) => log.sealFits(workspaceId, head));
  });
}

async function readPage(client: pg.ClientBase, workspaceId: string, after: number): Promise<AuditEntry[]> {
  const { text, values } = pageStatement(workspaceId, {}, { limit: pageSize, after, newestFirst: false });
  const { rows } = await client.query<AuditRow>(text, values);
  return rows.map(auditEntryOf);
}

class Walk {
  #entries: AuditEntry[] = [];
  #position = 0;
  #count = 0;
  #previous: AuditEntry | undefined;
  readonly #workspaceId: string;
  readonly #anchor: Anchor | undefined;
  /** Entries whose personal part is gone, as runs of numbers: an erasure further on has to account for each. */
  readonly #erased: [from: number, to: number][] = [];
  readonly #accounted: [from: number, to: number][] = [];

  constructor(workspaceId: string, anchor: Anchor | undefined) {
    this.#workspaceId = workspaceId;
    this.#anchor = anchor;
  }

  /** Entries that were read and not yet looked at. */
  get inHand(): number {
    return this.#entries.length - this.#position;
  }

  get done(): boolean {
    return this.inHand === 0;
  }

  add(entries: readonly AuditEntry[]): void {
    this.#entries = [...this.#entries.slice(this.#position), ...entries];
    this.#position = 0;
  }

  step(): Verification | undefined {
    const entry = this.#entries[this.#position];
    if (entry === undefined) return undefined;
    const expected = (this.#previous?.sequence ?? 0) + 1;
    const previousHash = this.#previous?.hash ?? noHash;
    if (entry.sequence !== expected || entry.previousHash !== previousHash || !fitsAt(entry, expected)) {
      return this.#broken(entry, expected, previousHash);
    }
    const personal = this.#personalFault(entry);
    if (personal !== undefined) return this.#fail(entry.sequence, 'changed', personal);
    if (this.#anchor?.sequence === entry.sequence && this.#anchor.hash !== entry.hash) {
      return this.#fail(entry.sequence, 'rewritten', `entry ${entry.sequence} is not the one that the anchor was taken of.`);
    }
    if (erasureActions.has(entry.action)) this.#account(entry);
    this.#previous = entry;
    this.#position++;
    this.#count++;
    return undefined;
  }

  finish(head: Head | undefined, sealFits: (head: Head) => boolean): Verification {
    const last = this.#previous?.sequence ?? 0;
    const anchored = this.#anchor?.sequence ?? 0;
    if (anchored > last) {
      return this.#fail(last + 1, 'cut', `the chain ended at ${anchored} when the anchor was taken, and ends at ${last} now.`);
    }
    if (head === undefined) {
      if (last === 0) return { workspaceId: this.#workspaceId, intact: true, entries: 0, head: null };
      return this.#fail(last, 'rewritten', `there are ${last} entries and no head: the row that seals the chain was taken away.`);
    }
    const sequence = Number(head.sequence);
    if (!sealFits(head)) {
      const reason =
        'the head is not sealed by this installation: somebody without the secret wrote it, or TIMONEL_SECRET is another one.';
      return this.#fail(sequence, 'rewritten', reason);
    }
    if (sequence > last) return this.#fail(last + 1, 'cut', `the chain ends at ${last}, and the head says ${sequence}.`);
    if (sequence < last)
      return this.#fail(sequence + 1, 'inserted', `the head says ${sequence}, and there are entries up to ${last}.`);
    if (head.hash !== this.#previous?.hash) {
      return this.#fail(last, 'rewritten', `entry ${last} is not the one that the head was sealed for.`);
    }
    const lost = this.#erased.find(([from, to]) => !this.#accounted.some(([first, final]) => first <= from && to <= final));
    if (lost !== undefined) {
      const which = lost[0] === lost[1] ? `of entry ${lost[0]}` : `of the entries ${lost[0]} to ${lost[1]}`;
      return this.#fail(lost[0], 'changed', `the personal part ${which} was removed, and no erasure accounts for it.`);
    }
    return { workspaceId: this.#workspaceId, intact: true, entries: this.#count, head: { sequence, hash: head.hash } };
  }

  /** Says how the chain is broken at this entry, from what stands around it. */
  #broken(entry: AuditEntry, expected: number, previousHash: string): Verification {
    const { sequence } = entry;
    const before = this.#previous;
    const later = this.#entries.slice(this.#position + 1);
    const [next] = later;
    if (sequence > expected) {
      const which = sequence === expected + 1 ? `entry ${expected} is` : `the entries ${expected} to ${sequence - 1} are`;
      return this.#fail(expected, 'missing', `${which} not there.`);
    }
    const place = placeOf(entry);
    if (place === undefined) {
      if (next?.previousHash === previousHash && fitsAt(next, sequence)) return this.#inserted(sequence);
      return this.#fail(sequence, 'changed', `entry ${sequence} is not what it was when it was written.`);
    }
    if (place === sequence) {
      // It fits itself and not the one before it: one of the two was written anew, and the one after tells which.
      const other = before === undefined || (next !== undefined && next.previousHash !== entry.hash) ? sequence : before.sequence;
      return this.#fail(other, 'changed', `entry ${other} is not what it was when it was written.`);
    }
    if (before !== undefined && place === before.sequence && entry.previousHash === before.previousHash) {
      return this.#inserted(before.sequence);
    }
    if (place < sequence || later.some((each) => fitsAt(each, sequence))) {
      return this.#fail(sequence, 'reordered', `entry ${sequence} was written as entry ${place}.`);
    }
    return this.#fail(sequence, 'missing', `entry ${sequence} is gone, and those after it were renumbered.`);
  }

  #inserted(sequence: number): Verification {
    return this.#fail(sequence, 'inserted', `entry ${sequence} was put between two that belong together.`);
  }

  #personalFault({ sequence, personal, personalDigest, salt }: AuditEntry): string | undefined {
    if (personal === null) {
      if (personalDigest === null) return undefined;
      const last = this.#erased.at(-1);
      if (last !== undefined && last[1] === sequence - 1) last[1] = sequence;
      else this.#erased.push([sequence, sequence]);
      return undefined;
    }
    if (personalDigest !== null && personalDigestOf(salt ?? '', personal) === personalDigest) return undefined;
    return `the personal part of entry ${sequence} is not what it was when it was written.`;
  }

  #account({ sequence, details }: AuditEntry): void {
    const ranges = Array.isArray(details['entries']) ? details['entries'] : [];
    for (const range of ranges) {
      if (!Array.isArray(range)) continue;
      const [from, to] = range;
      if (typeof from === 'number' && typeof to === 'number' && to < sequence) addRange(this.#accounted, from, to);
    }
  }

  #fail(sequence: number, breach: Breach, explanation: string): Verification {
    return { workspaceId: this.#workspaceId, intact: false, entries: this.#count, sequence, breach, explanation };
  }
}

/** Whether the entry is what its hash was taken of, were it only in that place. */
function fitsAt(entry: AuditEntry, sequence: number): boolean {
  return entryHashOf(entry.previousHash, { ...entry, sequence }) === entry.hash;
}

/** The number that the entry was written with; undefined where it fits its hash with none around. */
function placeOf(entry: AuditEntry): number | undefined {
  for (let distance = 0; distance <= pageSize; distance++) {
    for (const sequence of [entry.sequence - distance, entry.sequence + distance]) {
      if (sequence > 0 && fitsAt(entry, sequence)) return sequence;
    }
  }
  return undefined;
}

/** Keeps the runs apart and in one piece where they touch. */
function addRange(ranges: [number, number][], from: number, to: number): void {
  let merged: [number, number] = [from, to];
  for (let position = ranges.length - 1; position >= 0; position--) {
    const range = ranges[position];
    if (range === undefined || range[0] > merged[1] + 1 || merged[0] > range[1] + 1) continue;
    merged = [Math.min(range[0], merged[0]), Math.max(range[1], merged[1])];
    ranges.splice(position, 1);
  }
  ranges.push(merged);
}

import type pg from 'pg';
import type { JsonObject } from '../vocabulary.ts';
import type { Origin, Principal } from './principal.ts';

/** Something that somebody did and that others may ask about one day. */
export interface Deed {
  workspaceId: string;
  /** `system` acts on its own (a schedule, the command line); `anonymous` is whoever tried. */
  actor: Pick<Principal, 'kind' | 'id' | 'name'> | 'system' | 'anonymous';
  /** noun-verb, e.g. `session-started`. */
  action: string;
  target?: { kind: string; id: string } | undefined;
  origin?: Origin | undefined;
  /** Nothing secret, nothing personal. */
  details?: JsonObject | undefined;
}

/** Writes a deed down: within the transaction of `client` where one is given, so that neither is there without the other. */
export type RecordDeed = (deed: Deed, client?: pg.ClientBase) => Promise<void>;

import { channels, type FlagEvaluated, publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { AccessNotices } from '../identity/access.ts';
import type { AuditLog, ChangeAuthor } from '../identity/audit/audit-log.ts';
import type { DatabasePool } from '../store/database.ts';
import { KeptCopy } from '../store/kept-copy.ts';
import { type Evaluation, evaluateFlag, type FlagContext } from './evaluate.ts';
import { type Flag, type FlagDefinition, flagDefinition } from './flag.ts';

/** A stored version of a flag; without a definition, the version that removed it. */
export interface FlagVersion {
  key: string;
  version: number;
  definition: FlagDefinition | null;
  createdBy: string;
  /** ISO 8601. */
  createdAt: string;
}

/** Why a flag has no value, as OpenFeature names it: https://openfeature.dev/specification/types#error-code */
export interface FlagFault {
  errorCode: 'FLAG_NOT_FOUND' | 'PARSE_ERROR';
  errorMessage: string;
}

export interface FlagTableDependencies {
  pool: DatabasePool;
  notices: AccessNotices;
  audit: AuditLog;
}

interface Row {
  workspace_id: string;
  key: string;
  version: number;
  definition: unknown;
  created_by: string;
  created_at: Date;
}

/** The flags of all workspaces, kept in memory: to ask for one costs no statement. */
export class FlagTable {
  readonly #dependencies: FlagTableDependencies;
  readonly #listeners = new Set<(workspaceId: string, keys: string[]) => void>();
  /** By workspace and key. */
  #flags: ReadonlyMap<string, ReadonlyMap<string, Flag | Unreadable>> = new Map();
  readonly #copy: KeptCopy;

  constructor(dependencies: FlagTableDependencies) {
    this.#dependencies = dependencies;
    const { notices } = dependencies;
    this.#copy = new KeptCopy({ read: () => this.#read(), notices, kind: 'flags' });
  }

  /** Reads what is stored, and reads it again when somebody tells of a change, and now and then. */
  open(): Promise<void> {
    return this.#copy.open();
  }

  close(): void {
    this.#copy.close();
    this.#listeners.clear();
  }

  /** Hears which flags of a workspace changed, once they are in force here. */
  subscribe(listener: (workspaceId: string, keys: string[]) => void): void {
    this.#listeners.add(listener);
  }

  find(workspaceId: string, key: string): Flag | undefined {
    const found = this.#flags.get(workspaceId)?.get(key);
    return found === undefined || 'unreadable' in found ? undefined : found;
  }

  /** Whether there is one, readable or not. */
  has(workspaceId: string, key: string): boolean {
    return this.#flags.get(workspaceId)?.has(key) === true;
  }

  /** The names of the flags of a workspace, in order, with those that cannot be read. */
  keys(workspaceId: string): string[] {
    return [...(this.#flags.get(workspaceId)?.keys() ?? [])];
  }

  /** The flags in force in a workspace, by name. */
  list(workspaceId: string): Flag[] {
    const flags = [...(this.#flags.get(workspaceId)?.values() ?? [])];
    return flags.flatMap((flag) => ('unreadable' in flag ? [] : [flag]));
  }

  /** From memory, without waiting. Says why, whatever the answer. */
  evaluate(workspaceId: string, key: string, context: FlagContext): Evaluation | FlagFault {
    const flag = this.#flags.get(workspaceId)?.get(key);
    if (flag === undefined) return { errorCode: 'FLAG_NOT_FOUND', errorMessage: `There is no flag "${key}" in this workspace.` };
    if ('unreadable' in flag) {
      return { errorCode: 'PARSE_ERROR', errorMessage: `Version ${flag.version} of "${key}" cannot be read: ${flag.unreadable}` };
    }
    const evaluation = evaluateFlag(flag, context);
    if (channels.flagEvaluated.hasSubscribers) {
      const { reason, variant } = evaluation;
      channels.flagEvaluated.publish({ workspaceId, flag: key, version: flag.version, variant, reason } satisfies FlagEvaluated);
    }
    return evaluation;
  }

  /**
   * Stores a new version of a flag, which is in force at once here and in other processes as soon as they are told.
   * @param definition `null` removes the flag.
   * @param expected the version that the change was made from; 0 where none was stored.
   * @throws TimonelError `version_conflict` when somebody else was faster
   */
  async put(
    workspaceId: string,
    key: string,
    definition: FlagDefinition | null,
    { by, expected }: { by: ChangeAuthor & { asker: string }; expected: number | undefined },
  ): Promise<FlagVersion> {
    const { notices, audit } = this.#dependencies;
    const stored = await notices.change(async (client, tell) => {
      const { rows } = await client.query<Row>(
        `INSERT INTO feature_flags (workspace_id, key, version, definition, created_by)
         SELECT $1, $2, latest.version + 1, $3::jsonb, $4
           FROM (SELECT coalesce(max(version), 0) AS version FROM feature_flags WHERE workspace_id = $1 AND key = $2) latest
          WHERE $5::int IS NULL OR latest.version = $5
         ON CONFLICT DO NOTHING RETURNING *`,
        [workspaceId, key, definition === null ? null : JSON.stringify(definition), by.asker, expected ?? null],
      );
      const [row] = rows;
      if (row === undefined) return undefined;
      const action = definition === null ? 'flag-removed' : 'flag-changed';
      const target = { kind: 'flag', id: key };
      await audit.append(
        { workspaceId, actor: by.actor, origin: by.origin, action, target, details: detailsOf(row.version, definition) },
        client,
      );
      tell({ kind: 'flags', workspaceId });
      return row;
    });
    if (stored === undefined) {
      const version = await this.latestVersion(workspaceId, key);
      throw new TimonelError(
        'version_conflict',
        `The flag "${key}" is at version ${version} by now. Read it again, and send that version in If-Match.`,
        { details: { version } },
      );
    }
    // Whoever changed it finds it changed, with the next question.
    await this.#copy.settled();
    return versionOf(stored, definition);
  }

  /** Of the flags that were removed, too; 0 where none was stored. */
  async latestVersion(workspaceId: string, key: string): Promise<number> {
    const [row] = await this.#dependencies.pool.executeText<{ version: number | null }>(
      'SELECT max(version) AS version FROM feature_flags WHERE workspace_id = $1 AND key = $2',
      [workspaceId, key],
    );
    return row?.version ?? 0;
  }

  /** The latest 100 stored versions of a flag, newest first; those that this version of the program cannot read are left out. */
  async history(workspaceId: string, key: string): Promise<FlagVersion[]> {
    const rows = await this.#dependencies.pool.executeText<Row>(
      'SELECT * FROM feature_flags WHERE workspace_id = $1 AND key = $2 ORDER BY version DESC LIMIT 100',
      [workspaceId, key],
    );
    return rows.flatMap((row) => {
      if (row.definition === null) return versionOf(row, null);
      const { data } = flagDefinition.safeParse(row.definition);
      return data === undefined ? [] : versionOf(row, data);
    });
  }

  /** Reads again; who calls while it is being read gets what was stored by then, too. */
  read(): Promise<void> {
    return this.#copy.read();
  }

  async #read(): Promise<void> {
    const rows = await this.#dependencies.pool.executeText<Row>(
      `SELECT * FROM (
         SELECT DISTINCT ON (workspace_id, key) workspace_id, key, version, definition
         FROM feature_flags ORDER BY workspace_id, key, version DESC
       ) latest WHERE definition IS NOT NULL`,
    );
    const before = this.#flags;
    const flags = new Map<string, Map<string, Flag | Unreadable>>();
    for (const row of rows) {
      const ofWorkspace = flags.get(row.workspace_id) ?? new Map<string, Flag | Unreadable>();
      flags.set(row.workspace_id, ofWorkspace);
      const known = before.get(row.workspace_id)?.get(row.key);
      ofWorkspace.set(row.key, known?.version === row.version ? known : this.#parsed(row));
    }
    this.#flags = flags;
    for (const workspaceId of new Set([...before.keys(), ...flags.keys()])) {
      const changed = changedKeys(before.get(workspaceId) ?? new Map(), flags.get(workspaceId) ?? new Map());
      if (changed.length > 0) for (const listener of this.#listeners) listener(workspaceId, changed);
    }
  }

  /** Written by a newer version of this program, perhaps, which has another process already: that takes no other flag away. */
  #parsed({ workspace_id: workspaceId, key, version, definition }: Row): Flag | Unreadable {
    const { data, error } = flagDefinition.safeParse(definition);
    if (data !== undefined) return { ...data, key, version };
    publishFault(`reading version ${version} of the flag ${key} of ${workspaceId}`, error);
    const unreadable = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    return { version, unreadable };
  }
}

interface Unreadable {
  version: number;
  unreadable: string;
}

type Known = ReadonlyMap<string, { version: number }>;

function changedKeys(before: Known, now: Known): string[] {
  const keys = new Set([...before.keys(), ...now.keys()]);
  return [...keys].filter((key) => before.get(key)?.version !== now.get(key)?.version);
}

function versionOf(
  { key, version, created_by: createdBy, created_at: createdAt }: Row,
  definition: FlagDefinition | null,
): FlagVersion {
  return { key, version, definition, createdBy, createdAt: createdAt.toISOString() };
}

/** Without what conditions compare with: that may be names of people, and the audit log stays for ever. */
function detailsOf(version: number, definition: FlagDefinition | null) {
  if (definition === null) return { version };
  const { enabled, defaultVariant, rules } = definition;
  const given = rules.map(({ when, variant, split }) => ({
    attributes: when.map(({ attribute }) => attribute),
    ...(variant === undefined ? {} : { variant }),
    ...(split === undefined ? {} : { split: split.map((each) => ({ ...each })) }),
  }));
  return { version, enabled, defaultVariant, rules: given };
}

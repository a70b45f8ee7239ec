/**
 * The rows that people of a workspace manage. A change is one transaction with its entry in the audit log and its notice; the rows are read and
 * written as the role that row-level security binds to the workspace.
 */
import type { ToolArtifacts } from '../artifacts/contract.ts';
import type { ToolPlace } from '../artifacts/for-tools.ts';

import { TimonelError } from '../errors.ts';
import type { AccessNotices } from '../identity/access.ts';
import type { RecordDeed } from '../identity/deeds.ts';
import type { ReachesOutside } from '../identity/outside.ts';
import type { Permission, PermissionCatalogue } from '../identity/permissions.ts';
import type { Origin, Principal } from '../identity/principal.ts';
import type { Database, DatabasePool, RunStatement } from '../store/database.ts';
import { storableValue } from '../store/storable.ts';
import type { AsRuntime } from '../store/transaction-client.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { AgentCommand, ResourceAgent, ResourceContext, ResourceDefinition, ResourceRow, ResourceValues } from './contract.ts';
import type { FileRow } from './csv.ts';
import type { ListQuery } from './expressions.ts';
import { type ImportCounts, type ImportMode, importRows } from './import.ts';
import { ResourceRows, type RowPlace, type StoredRow } from './rows.ts';
import { checkValues, constraintFault, invalidRow, rowOfOthers, writableOf } from './validate.ts';

export interface ResourceDependencies {
  pool: DatabasePool;
  notices: AccessNotices;
  record: RecordDeed;
  permissions: PermissionCatalogue;
  agents: readonly ResourceAgent[];
  artifactsOf(place: ToolPlace, run: RunStatement): ToolArtifacts;
  reaches(workspaceId: string, agent: string): ReachesOutside;
  timeZoneOf(workspaceId: string): Promise<string>;
  now(): Date;
  newId(): string;
}

/** Who changes something, and from where. */
export interface Changer {
  principal: Principal;
  origin: Origin;
}

/** A resource with the agent whose it is. */
export interface OpenResource {
  agent: string;
  definition: ResourceDefinition;
  rows: ResourceRows;
}

type Work<T> = (place: RowPlace, context: ResourceContext) => Promise<T>;

/** Undoes a transaction whose result was only to be seen. */
class OnlyChecked<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super('The change was only to be checked.');
    this.result = result;
  }
}

export class Resources {
  readonly all: readonly OpenResource[];
  readonly commands: readonly { agent: string; command: AgentCommand }[];
  readonly #dependencies: ResourceDependencies;

  private constructor(dependencies: ResourceDependencies, all: readonly OpenResource[]) {
    this.#dependencies = dependencies;
    this.all = all;
    this.commands = dependencies.agents.flatMap(({ name, commands = [] }) => commands.map((command) => ({ agent: name, command })));
  }

  /** Checks the definitions against the permissions and the tables that there are. @throws TimonelError `config_invalid` */
  static async open(dependencies: ResourceDependencies): Promise<Resources> {
    const all = dependencies.agents.flatMap(({ name, resources = [] }) =>
      resources.map((definition) => ({ agent: name, definition, rows: new ResourceRows(definition) })),
    );
    const opened = new Resources(dependencies, all);
    const asked = [
      ...all.flatMap(({ agent, definition }) =>
        Object.values(definition.permissions).map((permission) => ({ agent, what: definition.name, permission })),
      ),
      ...opened.commands.map(({ agent, command }) => ({ agent, what: command.name, permission: command.permission })),
    ];
    for (const { agent, what, permission } of asked) {
      if (dependencies.permissions.texts.has(permission)) continue;
      throw new TimonelError(
        'config_invalid',
        `"${what}" of the agent "${agent}" asks for the permission "${permission}", which nobody declares. Declare it: permissions: { '${agent}:…': { description: '…' } }.`,
      );
    }
    for (const { agent, rows } of all) {
      const principal: Principal = { workspaceId: '-', kind: 'user', id: '-', name: '-', role: null, permissions: new Set() };
      const nobody = { workspaceId: '-', timeZone: 'UTC', today: '2000-01-01', principal };
      await dependencies.pool.inWorkspace('-', (_database, client) => rows.check({ ...nobody, client }, agent));
    }
    return opened;
  }

  /** @throws TimonelError `invalid_request` */
  list({ rows }: OpenResource, principal: Principal, query: ListQuery & { after?: string | undefined; limit: number }) {
    return this.#reading(principal, (place) => rows.list(place, query));
  }

  /** All rows of a list, page by page. */
  async *pages(resource: OpenResource, principal: Principal, query: ListQuery): AsyncGenerator<StoredRow[]> {
    for (let after: string | undefined; ; ) {
      const { rows, next } = await this.list(resource, principal, { ...query, after, limit: 1_000 });
      yield rows;
      if (next === null) return;
      after = next;
    }
  }

  /** @throws TimonelError `not_found` */
  get({ rows, definition }: OpenResource, principal: Principal, id: string): Promise<StoredRow> {
    return this.#reading(principal, async (place) => (await rows.get(place, id)) ?? notFound(definition, id));
  }

  /** @throws TimonelError `row_invalid`, `row_conflict` */
  async create({ agent, definition, rows }: OpenResource, values: JsonObject, by: Changer): Promise<StoredRow> {
    return this.#changing(agent, by, async (place, context) => {
      const complete = valid(rows, values);
      const { create } = definition.actions ?? {};
      const id = create === undefined ? context.newId() : await create(complete, context);
      if (create === undefined) {
        await this.#write(rows, place, { id, values: complete }, (each) => rows.insert(place, each));
        await requireOwn(rows, place, [id]);
        await checkWritten(definition, [{ id, values: complete }], context);
      }
      const stored = (await rows.get(place, id)) ?? notFound(definition, id);
      return { result: stored, deed: deedOf(agent, definition, 'resource-created', id, { fields: Object.keys(values) }) };
    });
  }

  /**
   * @param version the version that the change was made from; any where absent.
   * @throws TimonelError `not_found`, `version_conflict`, `row_invalid`, `row_conflict`
   */
  async update(
    { agent, definition, rows }: OpenResource,
    id: string,
    version: number | undefined,
    changes: JsonObject,
    by: Changer,
  ): Promise<StoredRow> {
    return this.#changing(agent, by, async (place, context) => {
      const before = (await rows.get(place, id, true)) ?? notFound(definition, id);
      requireVersion(before, version);
      const values = valid(rows, { ...writableOf(rows.fields, before.values), ...changes });
      const { update } = definition.actions ?? {};
      if (update === undefined) {
        await this.#write(rows, place, { id, values }, (each) => rows.update(place, each));
        await requireOwn(rows, place, [id]);
        await checkWritten(definition, [{ id, values }], context);
      } else {
        await update({ id, values: before.values }, changes, context);
      }
      const stored = (await rows.get(place, id)) ?? notFound(definition, id);
      return { result: stored, deed: deedOf(agent, definition, 'resource-changed', id, { fields: Object.keys(changes) }) };
    });
  }

  /** @throws TimonelError `not_found`, `version_conflict`, `row_conflict` */
  async remove({ agent, definition, rows }: OpenResource, id: string, version: number | undefined, by: Changer): Promise<void> {
    await this.#changing(agent, by, async (place, context) => {
      const before = (await rows.get(place, id, true)) ?? notFound(definition, id);
      requireVersion(before, version);
      const remove = definition.actions?.delete;
      if (remove === undefined) {
        const faults = (await definition.hooks?.removing?.([id], context)) ?? [];
        if (faults.length > 0) throw invalidRow(faults);
        await translated(() => rows.remove(place, [id]));
      } else {
        await remove({ id, values: before.values }, context);
      }
      return { result: undefined, deed: deedOf(agent, definition, 'resource-removed', id, {}) };
    });
  }

  /**
   * Imports rows, all or none.
   * @param options `check` undoes it in the end: to see what it would do.
   * @throws TimonelError `import_refused` with the bad rows
   */
  async import(
    { agent, definition, rows }: OpenResource,
    file: readonly FileRow[],
    options: { mode: ImportMode; check: boolean },
    by: Changer,
  ): Promise<ImportCounts> {
    try {
      return await this.#changing(agent, by, async (place, context) => {
        const counts = await importRows(rows, place, file, options.mode, context);
        if (options.check) throw new OnlyChecked(counts);
        return {
          result: counts,
          deed: { ...deedOf(agent, definition, 'resource-imported', definition.name, { mode: options.mode, ...counts }) },
        };
      });
    } catch (error) {
      if (error instanceof OnlyChecked) return error.result as ImportCounts;
      throw error;
    }
  }

  /**
   * Another change by code of an agent, in one transaction with its entry in the audit log.
   * @param by `anonymous` where anybody may do it.
   * @param work `asRuntime` runs the runtime's own statements in the transaction.
   */
  async change<T>(
    agent: string,
    by: { workspaceId: string; actor: Principal | 'anonymous'; origin: Origin },
    deed: { action: string; target: { kind: string; id: string }; details?: JsonObject },
    work: (context: Omit<ResourceContext, 'principal'>, asRuntime: AsRuntime) => Promise<T>,
  ): Promise<T> {
    return this.#transaction(agent, by, async (_place, context, asRuntime) => ({
      result: await translated(() => work(context, asRuntime)),
      deed: { details: {}, ...deed },
    }));
  }

  /** Runs a command of an agent. */
  async run(agent: string, command: AgentCommand, input: JsonObject, by: Changer): Promise<JsonObject> {
    const outside = command.asksOutside === true ? await this.#outsideOf(agent, by) : undefined;
    const answer = outside === undefined ? undefined : await translated(() => command.run(input, outside));
    return this.#changing(agent, by, async (_place, context) => ({
      result: answer ?? (await translated(() => command.run(input, context))),
      deed: { action: 'agent-command-run', target: { kind: agent, id: command.name }, details: {} },
    }));
  }

  /** What a command works with that no transaction is open around. */
  async #outsideOf(agent: string, { principal }: Changer): Promise<ResourceContext> {
    const { pool, artifactsOf, reaches, now, newId } = this.#dependencies;
    const { workspaceId } = principal;
    const { timeZone } = await this.#placeOf(workspaceId);
    const may = (permission: string) => principal.permissions.has(permission as Permission);
    return {
      ...reaches(workspaceId, agent),
      workspaceId,
      timeZone,
      principal,
      now,
      newId,
      artifacts: artifactsOf({ workspaceId, agent, may }, (text, values) => pool.executeText(text, values)),
      query: (work) => pool.inWorkspace(workspaceId, (database) => work(database)),
    };
  }

  async #write(
    rows: ResourceRows,
    place: RowPlace,
    row: ResourceRow,
    statement: (rows: { id: string; columns: JsonObject }[]) => Promise<void>,
  ) {
    const { columns, faults } = rows.columnsOf(row.values, await rows.namedIds(place, [row.values]));
    if (faults.length > 0) throw invalidRow(faults);
    await translated(() => statement([{ id: row.id, columns }]));
  }

  async #reading<T>(principal: Principal, work: (place: RowPlace) => Promise<T>): Promise<T> {
    const { workspaceId } = principal;
    const place = { ...(await this.#placeOf(workspaceId)), principal };
    return this.#dependencies.pool.inWorkspace(workspaceId, (_database, client) => work({ ...place, client }));
  }

  async #placeOf(workspaceId: string): Promise<Omit<RowPlace, 'client' | 'principal'>> {
    const { timeZoneOf, now } = this.#dependencies;
    const timeZone = await timeZoneOf(workspaceId);
    const today = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(now());
    return { workspaceId, timeZone, today };
  }

  async #changing<T>(agent: string, by: Changer, work: Work<{ result: T; deed: Deed }>): Promise<T> {
    const { principal, origin } = by;
    const { workspaceId } = principal;
    return this.#transaction(agent, { workspaceId, actor: principal, origin }, (place, context) =>
      work({ ...place, principal }, { ...context, principal }),
    );
  }

  async #transaction<T>(
    agent: string,
    { workspaceId, actor, origin }: { workspaceId: string; actor: Principal | 'anonymous'; origin: Origin },
    work: (
      place: Omit<RowPlace, 'principal'>,
      context: Omit<ResourceContext, 'principal'>,
      asRuntime: AsRuntime,
    ) => Promise<{ result: T; deed: Deed }>,
  ): Promise<T> {
    const { pool, notices, record, artifactsOf, reaches, now, newId } = this.#dependencies;
    const place = await this.#placeOf(workspaceId);
    let done: { result: T; deed: Deed } | undefined;
    return notices.change<T>(
      async (client, tell) => {
        if (done === undefined) throw new Error('Nothing was changed.');
        tell({ kind: 'resources', workspaceId, agent });
        await record({ workspaceId, actor, origin, ...done.deed }, client);
        return done.result;
      },
      (finish) =>
        pool.inWorkspace(workspaceId, async (database, client, asRuntime) => {
          const { timeZone } = place;
          const may = (permission: string) => actor !== 'anonymous' && actor.permissions.has(permission as Permission);
          const artifacts = artifactsOf({ workspaceId, agent, may }, (text, values) =>
            asRuntime(async (runtime) => (await runtime.query(text, values.map(storableValue))).rows),
          );
          const context = {
            ...reaches(workspaceId, agent),
            workspaceId,
            timeZone,
            now,
            newId,
            artifacts,
            query: <Result>(run: (handle: Database) => Promise<Result>) => run(database),
          };
          done = await work({ ...place, client }, context, asRuntime);
          // The audit log and the notices are the runtime's. Statements that a hook did not wait for are not: they are held meanwhile.
          return asRuntime(finish);
        }),
    );
  }
}

interface Deed {
  action: string;
  target: { kind: string; id: string };
  details: JsonObject;
}

/** Names of fields, never values: what is in them may tell of a person, and the audit log stays. */
function deedOf(agent: string, definition: ResourceDefinition, action: string, id: string, details: JsonObject): Deed {
  return { action, target: { kind: `${agent}/${definition.name}`, id }, details };
}

function valid(rows: ResourceRows, values: JsonObject): ResourceValues {
  const checked = checkValues(rows.definition, rows.fields, values);
  if ('faults' in checked) throw invalidRow(checked.faults);
  return checked.values;
}

async function requireOwn(rows: ResourceRows, place: RowPlace, ids: readonly string[]): Promise<void> {
  if ((await rows.foreign(place, ids)).length > 0) throw invalidRow([{ reason: rowOfOthers }]);
}

async function checkWritten(definition: ResourceDefinition, rows: readonly ResourceRow[], context: ResourceContext): Promise<void> {
  const faults = (await definition.hooks?.written?.(rows, context)) ?? [];
  if (faults.length > 0) throw invalidRow(faults);
}

/** What a constraint refuses is a fault of the row, not of Timonel. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const fault = constraintFault(error);
    if (fault === undefined) throw error;
    throw new TimonelError(fault.code, `The row was not changed: ${fault.reason}.`, { cause: error });
  }
}

function requireVersion(row: StoredRow, version: number | undefined): void {
  if (version === undefined || version === row.version) return;
  throw new TimonelError(
    'version_conflict',
    `The row has version ${row.version}, and your change was made from version ${version}. Read it again, and make the change anew.`,
    { details: { version: row.version } },
  );
}

function notFound({ name }: ResourceDefinition, id: string): never {
  throw new TimonelError('not_found', `There is no row ${id} of ${name} in this workspace.`);
}

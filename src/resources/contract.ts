/**
 * Resources: rows of an agent that people of a workspace manage. One definition gives the HTTP API, CSV, the command line, audit entries, and
 * a description from which a console draws a table and a form.
 */

import type { ZodObject } from 'zod';
import type { ToolArtifacts } from '../artifacts/contract.ts';
import type { ReachesOutside } from '../identity/outside.ts';
import type { Permission } from '../identity/permissions.ts';
import type { Principal } from '../identity/principal.ts';
import type { Database } from '../store/database.ts';
import type { JsonObject, JsonValue, LocalizedText } from '../vocabulary.ts';

/** What hooks and commands of an agent work with: one transaction that sees the rows of one workspace. */
export interface ResourceContext extends ReachesOutside {
  readonly workspaceId: string;
  /** IANA time zone of the workspace. */
  readonly timeZone: string;
  now(): Date;
  newId(): string;
  /** Runs `work` in the transaction of the request; the whole is undone where it throws. */
  query<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** Who asks. */
  readonly principal: Principal;
  /** The agent's artifacts, in the transaction of the request. */
  readonly artifacts: ToolArtifacts;
}

/** The values of a row by field, as the API has them. */
export type ResourceValues = JsonObject;

/** A row that was written, or is about to be removed. */
export interface ResourceRow {
  id: string;
  values: ResourceValues;
}

/** Something that keeps a row from being stored. */
export interface RowFault {
  /** The row; absent where it is not one row's. */
  id?: string | undefined;
  field?: string | undefined;
  /** What is wrong, and what would be right. */
  reason: string;
}

/** How one field is stored and shown, where its name and its schema do not say all of it. */
export interface ResourceField {
  /** What people call it. */
  label?: LocalizedText;
  /** What people have to know to fill it in; the description of the schema where absent, which is for those who call the API. */
  hint?: LocalizedText;
  /** What its values are called, where they are numbers or words of the API: `{ '1': { es: 'lunes', en: 'Monday' } }`. */
  names?: Readonly<Record<string, LocalizedText>>;
  /** The column; the field's name in snake_case where absent. */
  column?: string;
  /**
   * SQL of a value that is computed from the row (`t`), instead of a column; the field is then shown and never written. `:timeZone` is the workspace's.
   */
  sql?: string;
  /** The field names a row of another table, which is stored by its id: people write "Ana", the column has her id. A list where the field is one. */
  reference?: {
    /** Table of the agent, with `id`. */
    table: string;
    /** Column by which people name its rows. */
    by: string;
    /** Link table, where many refer to many: its columns for this row's id and for the other's. */
    through?: { table: string; own: string; other: string };
  };
  /** How a value that is no text, number, date or list of those is written in a cell of CSV. */
  cell?: { read(text: string): JsonValue; write(value: JsonValue): string };
}

export type ResourceOperation = 'create' | 'update' | 'delete' | 'import';

/** What people may ask of a resource in place of writing its table: for rows whose changes follow rules of their own. */
export interface ResourceActions {
  /** @returns the id of the new row. @throws TimonelError via {@link rejectRow} */
  create?(values: ResourceValues, context: ResourceContext): Promise<string>;
  /** @param changes fields that were sent. @param row the row as it is. */
  update?(row: ResourceRow, changes: ResourceValues, context: ResourceContext): Promise<void>;
  delete?(row: ResourceRow, context: ResourceContext): Promise<void>;
}

export interface ResourceDefinition {
  /** Plural, kebab-case; part of the URL. */
  name: string;
  title: LocalizedText;
  /** One sentence for the documentation of the API. */
  description: string;
  /** Fields that people write. Defaults are those of new rows. */
  // biome-ignore lint/suspicious/noExplicitAny: an object schema of any shape
  schema: ZodObject<any>;
  /** Fields that are shown and not written. */
  // biome-ignore lint/suspicious/noExplicitAny: an object schema of any shape
  readOnly?: ZodObject<any>;
  /** Table of the agent's migrations with `id uuid NOT NULL` and `version integer NOT NULL DEFAULT 1`. */
  table: string;
  fields?: Readonly<Record<string, ResourceField>>;
  permissions: { read: Permission; write: Permission };
  /** Fields by which people know a row: an import changes the row that has the same. None: each workspace has one row at most. */
  key: readonly string[];
  /** Fields that a list can be narrowed by: `?field=`, and `?field.from=`, `?field.to=` for numbers, dates and times. */
  filters?: readonly string[];
  /** Fields that a list can be sorted by; the first is the order of a list that asks for none. Their columns are NOT NULL. */
  order: readonly string[];
  /** Text fields in which `?q=` looks for words, without regard to case and accents. */
  search?: readonly string[];
  /** SQL condition on the rows (`t`) that are shown. */
  where?: string;
  /**
   * SQL condition on the rows (`t`) that somebody sees and changes, beside {@link where}; `:asker` is "user:" and the id of who asks, of a personal API
   * key its owner's. `undefined`: all of them. A row that its writer would not see afterwards is refused. Never put a value of the principal into
   * the text.
   */
  whose?(principal: Principal): string | undefined;
  /** What people can do beside reading; all of it where absent. */
  operations?: readonly ResourceOperation[];
  actions?: ResourceActions;
  hooks?: {
    /** Checks rows that were just written, in their transaction: overlaps, rows that others need. Any fault undoes it all. */
    written?(rows: readonly ResourceRow[], context: ResourceContext): Promise<RowFault[]>;
    /** Runs before rows are removed. */
    removing?(ids: readonly string[], context: ResourceContext): Promise<RowFault[]>;
  };
}

/** Something else that people of a workspace can have an agent do: `timonel <agent> <command>`, `POST …/commands/<command>`. */
export interface AgentCommand {
  /** kebab-case. */
  name: string;
  description: string;
  permission: Permission;
  /** Shape of what it is given; nothing where absent. */
  // biome-ignore lint/suspicious/noExplicitAny: an object schema of any shape
  input?: ZodObject<any>;
  /**
   * It asks a system of somebody else: no transaction is open while it waits for the answer, and each `query` is one of its own. The audit log has it
   * either way.
   */
  asksOutside?: true;
  /** Runs in one transaction. @returns what to tell, as JSON */
  run(input: JsonObject, context: ResourceContext): Promise<JsonObject>;
}

/** An agent, as far as resources are concerned. */
export interface ResourceAgent {
  name: string;
  resources?: readonly ResourceDefinition[];
  commands?: readonly AgentCommand[];
}

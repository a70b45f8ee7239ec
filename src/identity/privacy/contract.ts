/**
 * Where the data of people is, table by table. Every table of the schema is in exactly this form somewhere, which a test holds it to: a new
 * table says whose data it has, and how it is given out and erased, or why it has none.
 */

/** Kinds of data that are kept for a time of their own. */
export const retentionKinds = ['conversations', 'sessions', 'audit'] as const;
export type RetentionKind = (typeof retentionKinds)[number];

/** A table without data of people, and why that is so. */
export interface ImpersonalTable {
  table: string;
  personal: false;
  because: string;
  sealed?: readonly string[];
}

/**
 * A table with data of people. Its SQL may use `:workspace`, `:user` (id, or null), `:asker` ("user:" and the id, or null), `:emails`
 * (lower case; text[]), `:conversations` (ids of the conversations that are the person's; uuid[]) and `:found`
 * (what the agent found; uuid[]). A table with a `workspace_id` is narrowed to the workspace by itself.
 */
export interface PersonalTable {
  table: string;
  personal: true;
  /** Columns that tell of a person; for the reader, and for the test that they are there. */
  columns: readonly string[];
  /** Condition on the rows that belong to the person. */
  whose: string;
  /** Columns that an export leaves out: secrets, and hashes of them. */
  withheld?: readonly string[];
  /** Columns with texts that are sealed for the `id` of their row: they are sealed anew when the secret of the installation is replaced. */
  sealed?: readonly string[];
  /** What erasing does: takes the row away, or gives columns another value (SQL) so that money and counts stay. */
  erase: 'delete' | Readonly<Record<string, string>>;
  /** Erased by itself when it is this old; `at` and `when` are SQL on the row. */
  ages?: { kind: RetentionKind; at: string; when?: string };
}

export type TableOfData = ImpersonalTable | PersonalTable;

/** Somebody, by anything that is known of them. At least one is given. */
export interface PersonQuery {
  userId?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
}

/** What an agent finds of a person in its own tables. */
export interface FoundByAgent {
  /** Ids of rows, for `:found`. */
  ids: string[];
  /** Conversations in which the person spoke. */
  conversationIds: string[];
}

/** Data of people in an agent's tables. */
export interface AgentData {
  agent: string;
  tables: readonly TableOfData[];
  find?(workspaceId: string, person: PersonQuery, conversationIds: readonly string[]): Promise<FoundByAgent>;
}

/**
 * Backups: the whole of a store as one file that either kind of store can be restored from. A file holds the rows of every table as they
 * stood in one snapshot, and the bytes of artifacts that lie outside of the database.
 *
 * The file is a tar, compressed with gzip and encrypted with age where there is a recipient: `header.json`, `tables/<table>/<part>` in the
 * text form of COPY, `artifacts/<location>`, and `manifest.json` at its end. A file without a manifest is not whole.
 */

import type { Readable, Writable } from 'node:stream';

export const backupFormat = 1;

/** First entry of a file: what is needed to make the schema that its rows fit. JSON. */
export interface BackupHeader {
  format: number;
  /** Version of Timonel that wrote it. */
  timonel: string;
  store: 'embedded' | 'postgres';
  /** When the snapshot was taken; ISO 8601. */
  takenAt: string;
  migrations: {
    /** Tags of the core's migrations, in order. */
    core: string[];
    agents: { agent: string; name: string; hash: string }[];
  };
  /** Columns of every table, in the order in which its rows have them. */
  tables: { name: string; columns: string[] }[];
}

/** What became of a table. */
export interface TableDigest {
  name: string;
  rows: number;
  /** Sum of the SHA-256 of its rows, modulo 2^256, in hexadecimal: the same whatever order they come in. */
  digest: string;
}

/** Last entry of a file. JSON. */
export interface BackupManifest {
  tables: TableDigest[];
  /** Artifacts whose bytes lie outside of the database. */
  artifacts: {
    count: number;
    bytes: number;
    /** Locations of bytes that were deleted between the snapshot and the copy. */
    missing: string[];
  };
}

/** A file of a backup, and what is known of it. */
export interface BackupFile {
  /** Name of the file within its folder or bucket. */
  name: string;
  /** Size in bytes. */
  bytes: number;
  takenAt: Date;
  encrypted: boolean;
  /** When it was last restored into an empty store and compared; absent where it never was, or where the file was changed since. */
  verifiedAt?: Date;
}

/** A file as it is at its place. */
export interface PlacedBackup extends BackupFile {
  /** Is another one when the bytes are others. */
  revision: string;
}

/** Where backups are: a folder, or a bucket. */
export interface BackupTarget {
  /** For people: the path of the folder, or the address of the bucket. */
  readonly description: string;
  /** All whole files, the newest first. @throws TimonelError `backup_target_unavailable` */
  list(): Promise<PlacedBackup[]>;
  /** Takes a new file, whose name is seen only once it is whole. @throws TimonelError `backup_target_unavailable` */
  write(name: string): Promise<BackupSink>;
  /** The bytes of a file that is there. @throws TimonelError `backup_target_unavailable` */
  read(file: PlacedBackup): Promise<Readable>;
  /** Says of a file that it was restored and compared, as it was then. */
  markVerified(file: PlacedBackup, verifiedAt: Date): Promise<void>;
  /** Removes a file and what was said of it; one that is not there is removed already. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/** A file that is being written. */
export interface BackupSink {
  readonly content: Writable;
  /** After the end of the content: gives the file its name. */
  commit(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/** What a verification or a restore read and compared. */
export interface RestoredBackup {
  header: BackupHeader;
  /** Rows of all tables. */
  rows: number;
  tables: number;
  artifacts: number;
  /** Runs that were under way, and go on when a process opens the store. */
  unfinishedRuns: number;
}

import { join } from 'node:path';
import type { Drill, Probe } from './contract.ts';
import { Customers } from './customers.ts';
import { answers, isReady, lives, losesNothing, namesDown, refusesMessages } from './probes.ts';
import { Rehearsal, type RehearsedProcess } from './rehearsal.ts';
import { lacksSmallDisk, SmallDisk } from './small-disk.ts';

/** Room for a new store, its log, and what the turns of a drill write. */
const storeMegabytes = 400;
const folderMegabytes = 200;

export const databaseFull: Drill = {
  name: 'database-full',
  summary: 'the disk of the database is full: messages are refused before anything is lost, and taken again once there is space',
  lacks: async ({ databaseUrl }) =>
    databaseUrl === undefined
      ? lacksSmallDisk()
      : 'the disk of a PostgreSQL server is not for a drill to fill. On the embedded store: timonel drill database-full, without DATABASE_URL.',
  async prepare(place, random) {
    const disk = await SmallDisk.mount(storeMegabytes, place.scope);
    const rehearsal = await Rehearsal.open(place, { TIMONEL_HOME: join(disk.path, 'home') });
    const process = () => rehearsal.process;
    const customers = new Customers(process);
    return {
      before: [isReady(process), answers(customers, 'model')],
      async fault() {
        const left = random.between(20, 30);
        await disk.fill(left);
        return `The disk of the store was filled up to ${left} MB.`;
      },
      felt: disk.isFull(40),
      during: [namesDown(process, 'disk', 503), refusesMessages(customers, 'disk_full')],
      throughout: [lives(process)],
      undo: () => disk.free(),
      recoveryMs: 90_000,
      after: [isReady(process), answers(customers, 'any'), losesNothing(customers)],
    };
  },
};

interface BackupPage {
  code?: string;
  underWay?: boolean;
  backups?: { name: string; verifiedAt: string | null }[];
}

export const diskFull: Drill = {
  name: 'disk-full',
  summary: 'the disk of backups and artifacts is full: a backup says so and leaves no half behind, and customers are answered',
  lacks: lacksSmallDisk,
  async prepare(place) {
    const disk = await SmallDisk.mount(folderMegabytes, place.scope);
    const rehearsal = await Rehearsal.open(place, {
      TIMONEL_BACKUP_FOLDER: join(disk.path, 'backups'),
      TIMONEL_ARTIFACT_FOLDER: join(disk.path, 'artifacts'),
    });
    const process = () => rehearsal.process;
    const customers = new Customers(process);
    return {
      before: [isReady(process), answers(customers, 'model'), backupIsTaken(process)],
      async fault() {
        await disk.fill(0);
        return 'The disk was filled to its last byte.';
      },
      felt: disk.isFull(1),
      during: [backupIsRefused(process), answers(customers, 'model'), isReady(process)],
      throughout: [lives(process)],
      undo: () => disk.free(),
      recoveryMs: 90_000,
      after: [backupIsTaken(process), isReady(process), losesNothing(customers)],
    };
  },
};

function backupIsRefused(process: () => RehearsedProcess): Probe {
  return {
    name: 'a backup is refused with "disk_full", and leaves nothing behind',
    withinMs: 60_000,
    async look() {
      const before = await process().call<BackupPage>('GET', '/api/v1/backups');
      const { status, body } = await process().call<BackupPage>('POST', '/api/v1/backups', { withinMs: 60_000 });
      const after = await process().call<BackupPage>('GET', '/api/v1/backups');
      const more = (after.body.backups?.length ?? 0) - (before.body.backups?.length ?? 0);
      return { ok: body.code === 'disk_full' && more === 0, said: `It answers ${status} ${body.code ?? ''}; ${more} files more.` };
    },
  };
}

/** One more than before. */
export function backupIsTaken(process: () => RehearsedProcess): Probe {
  return {
    name: 'a backup is taken',
    withinMs: 90_000,
    async look() {
      const before = await process().call<BackupPage>('GET', '/api/v1/backups');
      const { status, body } = await process().call<BackupPage>('POST', '/api/v1/backups', { withinMs: 60_000 });
      const taken = (body.backups?.length ?? 0) > (before.body.backups?.length ?? 0);
      return {
        ok: status === 202 && taken,
        said: `It answers ${status} ${body.code ?? ''}; there are ${body.backups?.length ?? 0}.`,
      };
    },
  };
}

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Drill, Probe } from './contract.ts';
import { Customers } from './customers.ts';
import { backupIsTaken } from './disk-drills.ts';
import { answers, isReady, lives } from './probes.ts';
import { Rehearsal, type RehearsedProcess } from './rehearsal.ts';

const nothing = async () => undefined;

interface ListedBackup {
  name: string;
  bytes: number;
  verifiedAt: string | null;
}

async function newest(process: RehearsedProcess): Promise<ListedBackup> {
  const { body } = await process.call<{ backups?: ListedBackup[] }>('GET', '/api/v1/backups');
  const [first] = body.backups ?? [];
  if (first === undefined) throw new Error('There is no backup.');
  return first;
}

/** Restores it into a store of its own and compares. */
function verification(process: () => RehearsedProcess, refused: boolean): Probe {
  return {
    name: refused ? 'the verification refuses the backup, and does not count it as verified' : 'the backup is verified',
    withinMs: 120_000,
    async look() {
      const { name } = await newest(process());
      const { status, body } = await process().call<{ code?: string; rows?: number }>('POST', `/api/v1/backups/${name}/verify`, {
        withinMs: 120_000,
      });
      const { verifiedAt } = await newest(process());
      const ok = refused ? body.code === 'backup_invalid' && verifiedAt === null : status === 200 && verifiedAt !== null;
      const marked = verifiedAt === null ? 'it does not count as verified' : 'it counts as verified';
      return { ok, said: `It answers ${status} ${body.code ?? `with ${body.rows ?? 0} rows`}; ${marked}.` };
    },
  };
}

export const backupCorrupt: Drill = {
  name: 'backup-corrupt',
  summary: 'bytes of the newest backup change on its disk: its verification refuses it, and takes the whole one',
  lacks: nothing,
  async prepare(place, random) {
    const rehearsal = await Rehearsal.open(place);
    const process = () => rehearsal.process;
    const customers = new Customers(process);
    const folder = join(rehearsal.folder, 'home', 'backups');
    let whole: { path: string; at: number; bytes: Buffer } | undefined;
    let altered = false;
    return {
      before: [isReady(process), answers(customers, 'model'), backupIsTaken(process), verification(process, false)],
      async fault() {
        const { name, bytes } = await newest(rehearsal.process);
        const length = random.between(4, 64);
        // Anywhere after the header of gzip, whose time stamp no checksum covers.
        const at = random.between(10, bytes - length);
        const path = join(folder, name);
        whole = { path, at, bytes: await readAt(path, at, length) };
        const changed = Buffer.from(whole.bytes.map((byte) => byte ^ random.between(1, 255)));
        await writeAt(path, at, changed);
        altered = !(await readAt(path, at, length)).equals(whole.bytes);
        return `${length} of ${bytes} bytes of the backup were changed, from byte ${at} on.`;
      },
      felt: {
        name: 'the file is another one',
        withinMs: 5_000,
        look: async () => ({ ok: altered, said: altered ? 'Its bytes changed.' : 'Its bytes are the same.' }),
      },
      during: [verification(process, true), answers(customers, 'model')],
      throughout: [lives(process)],
      async undo() {
        if (whole !== undefined) await writeAt(whole.path, whole.at, whole.bytes);
      },
      recoveryMs: 180_000,
      after: [verification(process, false), isReady(process)],
    };
  },
};

async function readAt(path: string, at: number, length: number): Promise<Buffer> {
  await using file = await open(path, 'r');
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer;
}

async function writeAt(path: string, at: number, bytes: Buffer): Promise<void> {
  await using file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, at);
}

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplyJournal, JournalledFile } from './contract.ts';

/** A journal in files of a folder, for tests with processes that are killed: each entry is there whole, or not at all. */
export function fileJournal(folder: string): ApplyJournal {
  const place = (id: string) => join(folder, `${id}.json`);
  return {
    async begin(id, files) {
      if (existsSync(place(id))) return;
      mkdirSync(folder, { recursive: true });
      const packed = files.map(({ path, before, after }) => ({ path, before: pack(before), after: pack(after) }));
      const text = JSON.stringify(packed);
      writeFileSync(`${place(id)}.new`, text);
      renameSync(`${place(id)}.new`, place(id));
    },
    async find(id) {
      if (!existsSync(place(id))) return undefined;
      const packed = JSON.parse(readFileSync(place(id), 'utf8')) as { path: string; before?: Packed; after?: Packed }[];
      return packed.map(({ path, before, after }) => ({ path, before: unpack(before), after: unpack(after) }));
    },
    async end(id) {
      rmSync(place(id), { force: true });
    },
  };
}

interface Packed {
  base64: string;
  mode: number;
}

function pack(side: JournalledFile['before']): Packed | undefined {
  return side === undefined ? undefined : { base64: Buffer.from(side.content).toString('base64'), mode: side.mode };
}

function unpack(side: Packed | undefined): JournalledFile['before'] {
  return side === undefined ? undefined : { content: Buffer.from(side.base64, 'base64'), mode: side.mode };
}

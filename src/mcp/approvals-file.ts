/** Which servers of a project somebody said yes to: hashes of how they are started, in the user's data directory. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface McpApprovals {
  has(launch: string): boolean;
  add(launch: string): void;
}

/** @param path absolute; written with mode 0600 */
export function approvalsInFile(path: string): McpApprovals {
  const read = (): string[] => {
    try {
      const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
      return Array.isArray(found) ? found.filter((each) => typeof each === 'string') : [];
    } catch {
      // None yet; a file that cannot be read approves of nothing.
      return [];
    }
  };
  return {
    has: (launch) => read().includes(launch),
    add(launch) {
      const all = read();
      if (all.includes(launch)) return;
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const temporary = `${path}.${randomUUID()}`;
      writeFileSync(temporary, `${JSON.stringify([...all, launch])}\n`, { mode: 0o600, flag: 'wx' });
      renameSync(temporary, path);
    },
  };
}

/** Kept while the process lives. */
export function approvalsInMemory(): McpApprovals {
  const all = new Set<string>();
  return { has: (launch) => all.has(launch), add: (launch) => void all.add(launch) };
}

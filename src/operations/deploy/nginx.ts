/** nginx in front of two processes: which one is live, and how the other one becomes it. */
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { DeploySettings, SlotName } from './contract.ts';
import { runToEnd } from './programs.ts';

type Nginx = DeploySettings['nginx'];

/** The process that the upstream file names; `undefined` where there is none yet. @throws Error for a file that somebody else wrote */
export async function liveSlot({ upstream }: Nginx): Promise<SlotName | undefined> {
  const text = await readFile(upstream, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const [, name] = /^# timonel deploy: (blue|green)$/m.exec(text) ?? [];
  if (name === 'blue' || name === 'green') return name;
  throw new Error(`${upstream} was not written by timonel deploy. Move it away, and deploy again.`);
}

/** The lines that lead nginx to a process. */
export function upstreamText(name: string, slot: SlotName, url: string): string {
  const { hostname, port, protocol } = new URL(url);
  const address = `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
  // One failed connection is no reason to refuse everybody: there is no other process to send them to.
  return `# timonel deploy: ${slot}\nupstream ${name} {\n  server ${address} max_fails=0;\n  keepalive 32;\n}\n`;
}

/**
 * Leads new requests to another process. Where nginx refuses the file, the former one is put back and nothing has changed.
 * @param text `undefined` takes the file away
 */
export async function switchTo({ upstream, test, reload }: Nginx, text: string | undefined, seconds: number): Promise<void> {
  const before = await readFile(upstream, 'utf8').catch(() => undefined);
  await replace(upstream, text);
  try {
    await runToEnd(test, seconds);
    await runToEnd(reload, seconds);
  } catch (error) {
    await replace(upstream, before);
    throw error;
  }
}

async function replace(path: string, text: string | undefined): Promise<void> {
  if (text === undefined) return rm(path, { force: true });
  const beside = `${path}.new`;
  await writeFile(beside, text, { mode: 0o644 });
  await rename(beside, path);
}

/** Pids of nginx's workers; `undefined` where this user cannot tell. */
export async function workersOf({ pidFile }: Nginx): Promise<ReadonlySet<number> | undefined> {
  const master = Number((await readFile(pidFile, 'utf8').catch(() => '')).trim());
  if (!Number.isInteger(master) || master <= 0) return undefined;
  const names = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(names.map(async (name) => [Number(name), await parentOf(name)] as const));
  return new Set(parents.filter(([, parent]) => parent === master).map(([pid]) => pid));
}

async function parentOf(pid: string): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name of the program, in brackets, may have blanks and brackets in it; the state and the parent follow it.
  const [, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return parent === undefined ? undefined : Number(parent);
}

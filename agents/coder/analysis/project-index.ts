/**
 * Keeps what is known of a project's files. A file is read again where its size, times or number changed, and parsed again where its content did; so a
 * second look at a project costs its listing and one `lstat` a file.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnalysisCache, ParsedFile, Project, SkipReason, Snapshot } from './contract.ts';
import { languageOfPath } from './languages.ts';
import { listFiles } from './listing.ts';
import { parseFile } from './parse-file.ts';
import { decodeParsedFile, encodeParsedFile, parsedKey } from './parsed-files.ts';

export interface ProjectIndex {
  /** What is known now. Concurrent calls share one look. */
  snapshot(signal?: AbortSignal): Promise<Snapshot>;
  /** Forgets all, in memory and in the cache. */
  clear(): Promise<void>;
  /** What is kept. */
  size(): { files: number; symbols: number; names: number };
}

const largest = 1_000_000;
/** Files read at once. */
const atOnce = 16;

type Known = ({ kind: 'parsed'; file: ParsedFile } | { kind: 'skipped'; reason: SkipReason }) & {
  stamp: string;
  hash: string | undefined;
};

export function createProjectIndex(project: Project, cache?: AnalysisCache): ProjectIndex {
  let known = new Map<string, Known>();
  let byHash = new Map<string, ParsedFile>();
  let flight: Promise<Snapshot> | undefined;

  const look = async (signal: AbortSignal | undefined): Promise<Snapshot> => {
    const listing = await listFiles(project, { signal });
    const paths = listing.paths.filter((path) => languageOfPath(path) !== undefined);
    const stamps = await inBatches(paths, atOnce, (path) => stampOf(join(project.root, path)));
    const next = new Map<string, Known>();
    const changed: { path: string; stamp: string; bytes: number }[] = [];
    for (const [at, path] of paths.entries()) {
      const stamp = stamps[at];
      // Gone meanwhile, or no file.
      if (stamp === undefined) continue;
      const before = known.get(path);
      if (before?.stamp === stamp.text) next.set(path, before);
      else changed.push({ path, stamp: stamp.text, bytes: stamp.bytes });
    }
    const parsed = await readChanged(changed, next, signal);
    known = next;
    byHash = new Map(
      [...next.values()].flatMap((each) => (each.kind === 'parsed' && each.hash !== undefined ? [[each.hash, each.file]] : [])),
    );
    const order = paths.filter((path) => next.has(path));
    return {
      listing,
      files: new Map(order.flatMap((path) => filesOf(path, next.get(path)))),
      skipped: order.flatMap((path) => {
        const each = next.get(path);
        return each?.kind === 'skipped' ? [{ path, reason: each.reason }] : [];
      }),
      parsed,
    };
  };

  /** @returns how many had to be parsed */
  const readChanged = async (
    changed: readonly { path: string; stamp: string; bytes: number }[],
    next: Map<string, Known>,
    signal: AbortSignal | undefined,
  ): Promise<number> => {
    const texts: { path: string; stamp: string; text: string; key: string; hash: string }[] = [];
    await inBatches(changed, atOnce, async ({ path, stamp, bytes }) => {
      signal?.throwIfAborted();
      const skip = (reason: SkipReason) => next.set(path, { kind: 'skipped', reason, stamp, hash: undefined });
      if (bytes > largest) return skip('large');
      const read = await project.read(path).catch(() => undefined);
      if (read === undefined) return skip('unreadable');
      if (read.encoding === 'binary' || read.text.includes('\0')) return skip('binary');
      if (isMinified(path, read.text)) return skip('minified');
      const language = languageOfPath(path) ?? 'javascript';
      return texts.push({ path, stamp, text: read.text, hash: `${language}:${read.hash}`, key: parsedKey(language, read.hash) });
    });
    const missing = texts.filter(({ hash }) => !byHash.has(hash));
    const stored = (await cache?.get(missing.map(({ key }) => key)).catch(() => undefined)) ?? new Map<string, string>();
    const fresh = new Map<string, string>();
    let parsed = 0;
    for (const { path, stamp, text, key, hash } of texts) {
      signal?.throwIfAborted();
      let file = byHash.get(hash) ?? decodeParsedFile(stored.get(key));
      if (file === undefined) {
        file = await parseFile(languageOfPath(path) ?? 'javascript', text).catch(() => undefined);
        parsed += 1;
        if (file !== undefined) fresh.set(key, encodeParsedFile(file));
      }
      next.set(
        path,
        file === undefined
          ? { kind: 'skipped', reason: 'unreadable', stamp, hash: undefined }
          : { kind: 'parsed', file, stamp, hash },
      );
    }
    if (fresh.size > 0) await cache?.set(fresh).catch(() => undefined);
    return parsed;
  };

  return {
    snapshot(signal) {
      flight ??= look(signal).finally(() => {
        flight = undefined;
      });
      return flight;
    },
    async clear() {
      known = new Map();
      byHash = new Map();
      await cache?.clear();
    },
    size() {
      const files = [...known.values()].flatMap((each) => (each.kind === 'parsed' ? [each.file] : []));
      return {
        files: files.length,
        symbols: files.reduce((sum, { symbols }) => sum + symbols.length, 0),
        names: files.reduce((sum, { names }) => sum + names.size, 0),
      };
    },
  };
}

function filesOf(path: string, known: Known | undefined): [string, ParsedFile][] {
  return known?.kind === 'parsed' ? [[path, known.file]] : [];
}

async function stampOf(path: string): Promise<{ text: string; bytes: number } | undefined> {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await lstat(path, { bigint: true });
    return { text: `${size}-${mtimeNs}-${ctimeNs}-${ino}`, bytes: Number(size) };
  } catch {
    return undefined;
  }
}

/** A line of 5,000 characters, or lines of 300 and more on average, are no person's. */
function isMinified(path: string, text: string): boolean {
  if (/[.-]min\.\w+$/.test(path)) return true;
  if (text.length < 5_000) return false;
  let longest = 0;
  let lines = 1;
  for (let from = 0; ; lines += 1) {
    const end = text.indexOf('\n', from);
    longest = Math.max(longest, (end === -1 ? text.length : end) - from);
    if (end === -1) break;
    from = end + 1;
  }
  return longest > 5_000 || text.length / lines > 300;
}

/** Does `work` for all, so many at once; results in order. */
async function inBatches<T, R>(items: readonly T[], size: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(size, items.length) }, worker));
  return results;
}

/** Files that belong to one: those that it imports, that import it, that test it, and that are changed with it. */
import type { Project, Snapshot } from './contract.ts';
import { isTestPath } from './languages.ts';
import type { ImportGraph } from './resolve-imports.ts';

export interface RelatedFile {
  path: string;
  /** Why, each once: it `imports` that file, is `imported-by` it, `tests` it, or was committed with it. */
  reasons: readonly ('imports' | 'imported-by' | 'tests' | 'changed-together')[];
  /** Commits that have both. */
  commits: number;
  score: number;
}

const mostCommits = 500;
/** A commit of more files says little of each pair. */
const mostFilesOfCommit = 30;

export async function relatedFiles(project: Project, snapshot: Snapshot, graph: ImportGraph, path: string): Promise<RelatedFile[]> {
  const found = new Map<string, { reasons: Set<RelatedFile['reasons'][number]>; commits: number; score: number }>();
  const add = (other: string, reason: RelatedFile['reasons'][number], score: number) => {
    if (other === path) return;
    const each = found.get(other) ?? { reasons: new Set(), commits: 0, score: 0 };
    if (reason === 'changed-together') each.commits += 1;
    if (reason === 'changed-together' || !each.reasons.has(reason)) each.score += score;
    found.set(other, each);
    each.reasons.add(reason);
  };
  for (const { from, to } of graph.dependencies) {
    if (from === path) add(to, 'imports', 3);
    if (to === path) add(from, isTestPath(from) ? 'tests' : 'imported-by', isTestPath(from) ? 4 : 3);
  }
  const stem = stemOf(path);
  for (const other of snapshot.listing.paths)
    if (isTestPath(other) && !isTestPath(path) && stemOf(other) === stem) add(other, 'tests', 4);
  const existing = new Set(snapshot.listing.paths);
  for (const paths of await commitsOf(project, path)) {
    if (paths.length > mostFilesOfCommit) continue;
    for (const other of paths) if (existing.has(other)) add(other, 'changed-together', 4 / paths.length);
  }
  return [...found]
    .map(([other, { reasons, commits, score }]) => ({
      path: other,
      reasons: [...reasons],
      commits,
      score: Math.round(score * 100) / 100,
    }))
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
}

/** Of `src/pricing.test.ts` and `tests/test_pricing.py`: `pricing`. */
function stemOf(path: string): string {
  const name = path.split('/').at(-1) ?? path;
  return name
    .replace(/\.(test|spec)(?=\.)/, '')
    .replace(/\.\w+$/, '')
    .replace(/^test_|_test$|(Test|Tests|IT)$/, '')
    .toLowerCase();
}

/** Paths of the last commits that touched the file. */
async function commitsOf(project: Project, path: string): Promise<string[][]> {
  const hashes = await project.git(['log', `--max-count=${mostCommits}`, '--format=%H', '--', path]);
  const wanted = new Set(hashes?.split('\n').filter((hash) => hash !== ''));
  if (wanted.size === 0) return [];
  const log = await project.git(['log', '--max-count=3000', '--format=%x00%H', '--name-only']);
  return (log ?? '').split('\0').flatMap((commit) => {
    const [hash = '', ...paths] = commit.split('\n').filter((line) => line !== '');
    return wanted.has(hash) ? [paths] : [];
  });
}

/** Which files a project has, as `.gitignore` and its like leave them. */
import { sep } from 'node:path';
import type { Listing, Project } from './contract.ts';
import { ripgrepLines } from './ripgrep.ts';

export interface ListingOptions {
  /** Only below this folder, or this file alone. */
  under?: string | undefined;
  /** With the files that are ignored. */
  ignored?: boolean | undefined;
  /** Says how many files are ignored, which costs a second look at the whole folder. */
  count?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export async function listFiles(project: Project, options: ListingOptions = {}): Promise<Listing> {
  const counts = options.count === true && options.ignored !== true;
  const [kept, all] = await Promise.all([
    filesOf(project, options, options.ignored ?? false),
    counts ? filesOf(project, options, true) : undefined,
  ]);
  const shown = (paths: readonly string[]) => paths.filter((path) => !project.isSecret(path));
  const paths = shown(kept).sort();
  const open = all === undefined ? undefined : shown(all).length;
  return {
    paths,
    ignored: open === undefined ? undefined : open - paths.length,
    secrets: all === undefined ? kept.length - paths.length : all.length - shown(all).length,
  };
}

async function filesOf(project: Project, { under, signal }: ListingOptions, ignored: boolean): Promise<string[]> {
  const below = isBelow(under);
  const paths: string[] = [];
  for await (const line of ripgrepLines(project.root, ['--files', ...(ignored ? ['--no-ignore'] : [])], signal)) {
    const path = plainPath(line);
    if (below(path)) paths.push(path);
  }
  return paths;
}

/** As ripgrep writes a path: with `./` where a folder was named, and the system's separators. */
export function plainPath(path: string): string {
  return (sep === '/' ? path : path.replaceAll(sep, '/')).replace(/^(?:\.\/)+/, '');
}

/**
 * Whether paths are in a folder, or are the one file that is named. The folder is not handed to ripgrep, which would follow a link that is named to
 * it, also one that leads out of the project.
 */
export function isBelow(under: string | undefined): (path: string) => boolean {
  const folder = plainPath(under ?? '').replace(/\/+$/, '');
  if (folder === '' || folder === '.') return () => true;
  return (path) => path === folder || path.startsWith(`${folder}/`);
}

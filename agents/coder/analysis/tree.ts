/** The folders and files of a project as a drawing. */
import type { Project } from './contract.ts';
import { listFiles } from './listing.ts';

export interface TreeOptions {
  /** How many levels are shown, 3 where absent. */
  depth?: number | undefined;
  under?: string | undefined;
  ignored?: boolean | undefined;
  /** At most so many lines, 500 where absent. */
  limit?: number | undefined;
}

export interface Tree {
  text: string;
  folders: number;
  files: number;
  ignored: number | undefined;
  /** There are more lines than the limit. */
  more: boolean;
}

interface Folder {
  folders: Map<string, Folder>;
  files: string[];
}

export async function tree(project: Project, options: TreeOptions = {}): Promise<Tree> {
  const { depth = 3, under, limit = 500 } = options;
  const base = (under ?? '').replace(/^\.?\/*|\/+$/g, '');
  const { paths, ignored } = await listFiles(project, { under, ignored: options.ignored, count: true });
  const root: Folder = { folders: new Map(), files: [] };
  let folders = 0;
  for (const path of paths) {
    const parts = (base === '' || path === base ? path : path.slice(base.length + 1)).split('/');
    const name = parts.pop() ?? path;
    let at = root;
    for (const part of parts) {
      let next = at.folders.get(part);
      if (next === undefined) {
        next = { folders: new Map(), files: [] };
        at.folders.set(part, next);
        folders += 1;
      }
      at = next;
    }
    at.files.push(name);
  }
  const lines = draw(root, depth, '');
  return {
    text: [base === '' ? '.' : base, ...lines.slice(0, limit)].join('\n'),
    folders,
    files: paths.length,
    ignored,
    more: lines.length > limit,
  };
}

function draw(folder: Folder, depth: number, indent: string): string[] {
  const entries = [
    ...[...folder.folders].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => ({ name: `${name}/`, inner })),
    ...folder.files.map((name) => ({ name, inner: undefined })),
  ];
  return entries.flatMap(({ name, inner }, at) => {
    const last = at === entries.length - 1;
    const hidden = inner !== undefined && depth <= 1;
    return [
      `${indent}${last ? '└── ' : '├── '}${name}${hidden ? ` (${filesIn(inner)})` : ''}`,
      ...(inner === undefined || hidden ? [] : draw(inner, depth - 1, `${indent}${last ? '    ' : '│   '}`)),
    ];
  });
}

function filesIn({ folders, files }: Folder): number {
  return files.length + [...folders.values()].reduce((sum, each) => sum + filesIn(each), 0);
}

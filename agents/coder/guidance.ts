/** AGENTS.md of a project, by folder: it guides the model, within bounds, and is never policy. */
import { PathRefused, type ProjectFiles } from '../../src/files.ts';

/** Characters of one file. */
const mostText = 12_000;
const name = 'AGENTS.md';

export interface Guidance {
  path: string;
  hash: string;
  text: string;
}

/** Those of the folders below the project's own on the way to a path, from the outside in. */
export function guidanceFiles(path: string): string[] {
  const folders = path.split('/').slice(0, -1);
  return folders.map((_folder, at) => `${folders.slice(0, at + 1).join('/')}/${name}`).filter((each) => each !== path);
}

export async function readGuidance(files: ProjectFiles, paths: readonly string[] = [name]): Promise<Guidance[]> {
  const found: Guidance[] = [];
  for (const path of paths) {
    try {
      const { text, hash, encoding } = await files.read(path);
      if (encoding === 'binary') continue;
      const cut =
        text.length > mostText ? `${text.slice(0, mostText)}\n[${text.length - mostText} more characters: read ${path}]` : text;
      found.push({ path, hash, text: cut });
    } catch (error) {
      if (!(error instanceof PathRefused)) throw error;
    }
  }
  return found;
}

/** Reads the documents of the repository: their links, their anchors, and the files that they show. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { slugOf } from '../site/slug.ts';

/** Every document that people read, by its path from the root with forward slashes. */
export function documents(root: string): string[] {
  return (
    globSync(['*.md', 'docs/**/*.md', 'agents/*/README.md', 'examples/**/*.md', 'deploy/README.md'], {
      cwd: root,
      exclude: (name) => String(name).includes('node_modules'),
    })
      .map((path) => path.replaceAll('\\', '/'))
      // Made for the site, whose build checks them.
      .filter((path) => !path.startsWith('docs/reference/types/'))
      .sort()
  );
}

/** The text without code, where a link or a heading is only an example of one. */
function prose(text: string): string {
  return text
    .replaceAll(/^( *)(`{3,}).*\n[\s\S]*?^\1\2`*$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()#]/g, ' '));
}

/** Anchors of a document, as GitHub and the site make them of its headings, and those that it sets itself. */
export function anchors(text: string): Set<string> {
  const found = new Set<string>();
  const headings = text.replaceAll(/^( *)(`{3,}).*\n[\s\S]*?^\1\2`*$/gm, '').matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm);
  for (const [, heading = ''] of headings) {
    const slug = slugOf(heading.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1'));
    let unique = slug;
    for (let again = 1; found.has(unique); again += 1) unique = `${slug}-${again}`;
    found.add(unique);
  }
  for (const [, id = ''] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) found.add(id);
  return found;
}

/** Links of a document that lead nowhere, each as it is written. `exists` answers for a path from the root. */
export function brokenLinks(root: string, page: string, exists: (path: string) => boolean): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const links = [
    ...prose(text).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g),
    ...prose(text).matchAll(/^ *\[[^\]]+\]:\s+(\S+)/gm),
  ].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z][a-z+.-]*:/i.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : posix.normalize(posix.join(dirname(page), decodeURIComponent(path)));
    if (!exists(target)) return true;
    if (anchor === undefined || !target.endsWith('.md')) return false;
    return !anchors(readFileSync(join(root, target), 'utf8')).has(decodeURIComponent(anchor));
  });
}

/** A file that a document shows: a block whose first line is a comment with the path. */
export interface ShownFile {
  path: string;
  text: string;
}

/**
 * Files that a document shows, in order: each fenced block of TypeScript begins with `// <path>`.
 * @throws Error where a block of TypeScript names no file: it would not be tried.
 */
export function shownFiles(root: string, page: string): ShownFile[] {
  const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^```(ts|typescript)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, , text = '']) => {
    const path = /^\/\/ ([\w./-]+\.ts)\n/.exec(text)?.[1];
    if (path === undefined || path.startsWith('/') || path.includes('..'))
      throw new Error(
        `${page}: a block of TypeScript has no file name. Begin it with a comment, e.g. "// agents/desk/tools.ts":\n${text}`,
      );
    return { path, text: text.slice(text.indexOf('\n') + 1).replace(/^\n/, '') };
  });
}

import { GitFailed, type OpenGit } from '../../../src/shell.ts';
import type { ChangedFiles } from './contract.ts';
import { shownPath } from './path-fault.ts';
import type { GitProject } from './repository.ts';

const attributes = ['filter', 'working-tree-encoding', 'text', 'eol'];

/** What a person should know of where changed files go: ones that the repository ignores, and ones that its attributes would have converted. */
export async function remarksOn({ repository }: GitProject, changes: ChangedFiles): Promise<string[]> {
  const { prefix } = repository;
  const written = Object.entries(changes).flatMap(([path, change]) =>
    change === null ? [] : [[prefix + path, change.content] as const],
  );
  if (written.length === 0) return [];
  const opened = await repository.open();
  // Nothing that begins so is taken for a pattern.
  const input = written.map(([path]) => `./${path}\0`).join('');
  const [ignored, told] = await Promise.all([
    ignoredOf(opened, input),
    opened.text(['check-attr', '-z', '--stdin', ...attributes], { input }),
  ]);
  const remarks = ignored.map(
    (path) =>
      `${shownPath(path.slice(2 + prefix.length))} is ignored by the repository (.gitignore). It is committed all the same.`,
  );
  const contents = new Map(written);
  const fields = told.split('\0');
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = '', attribute, value = ''] = fields.slice(at, at + 3);
    const shown = shownPath(path.slice(2 + prefix.length));
    const set = !['unspecified', 'unset', ''].includes(value);
    if (set && (attribute === 'filter' || attribute === 'working-tree-encoding'))
      remarks.push(
        `${shown} has ${attribute}=${value} in .gitattributes. It is committed as it was approved, without that conversion.`,
      );
    const returns = contents.get(path.slice(2))?.includes(13) === true;
    if (set && returns && ((attribute === 'text' && value !== 'auto') || attribute === 'eol'))
      remarks.push(`${shown} has carriage returns, and .gitattributes takes it for text. Git will show it as changed.`);
  }
  return [...new Set(remarks)];
}

async function ignoredOf(opened: OpenGit, input: string): Promise<string[]> {
  const { exitCode, stdout, stderr } = await opened.run(['check-ignore', '-z', '--stdin'], { input });
  // It ends with 1 where nothing is ignored.
  if (exitCode > 1) throw new GitFailed(`git check-ignore: ${stderr.trim()}`, exitCode);
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '');
}

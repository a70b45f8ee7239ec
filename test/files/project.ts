/** A folder with files, for tests: bytes in, bytes out, and nothing of ours between. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openProjectFiles, type PlannedFile, type ProjectFiles, type TextEdit } from '../../src/files.ts';

export interface TestProject {
  root: string;
  /** Beside the root: what no path may reach. */
  outside: string;
  files: ProjectFiles;
  put(path: string, content: string | Uint8Array, mode?: number): void;
  text(path: string): string;
  bytes(path: string): Buffer;
  mode(path: string): number;
}

export async function testProject(contents: Record<string, string | Uint8Array> = {}): Promise<TestProject> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'timonel-files-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'project');
  const outside = join(folder, 'outside');
  mkdirSync(root);
  mkdirSync(outside);
  const put = (path: string, content: string | Uint8Array, mode?: number) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, mode === undefined ? {} : { mode });
  };
  for (const [path, content] of Object.entries(contents)) put(path, content);
  return {
    root,
    outside,
    files: await openProjectFiles(root),
    put,
    text: (path) => readFileSync(join(root, path), 'utf8'),
    bytes: (path) => readFileSync(join(root, path)),
    mode: (path) => statSync(join(root, path)).mode & 0o7777,
  };
}

/** Plans and applies edits of one file; the refusal's messages where there is one. */
export async function editFile(
  { files }: { files: ProjectFiles },
  path: string,
  ...edits: TextEdit[]
): Promise<string | PlannedFile> {
  const plan = await files.plan([{ kind: 'edit', path, edits }]);
  if (plan.kind === 'refused') return plan.refusals.map(({ reason, message }) => `${reason}: ${message}`).join('\n');
  await files.apply(plan.files);
  const [file] = plan.files;
  if (file === undefined) throw new Error('A plan has files.');
  return file;
}

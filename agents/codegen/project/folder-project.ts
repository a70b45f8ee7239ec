import { ChangeRefused, PathRefused, type ProjectFiles } from '../../../src/files.ts';
import type { ApplyJournal, ApplyResult, ChangedFiles, JournalledFile, ProjectState, ProjectTree } from './contract.ts';
import { fileDiff } from './difference.ts';
import { applyJournalled, conflict, executable, isDone, keptMode, rollOn, sha256, stateAt } from './journalled-files.ts';
import { emptyFolder, putFile } from './materialise.ts';
import { shownPath } from './path-fault.ts';
import { faultOfPaths, listingOf } from './place-fault.ts';
import { ProjectRefused } from './project-refused.ts';
import { treeOver } from './project-tree.ts';

export type FolderState = Extract<ProjectState, { kind: 'folder' }>;

/** Folders whose files are another's. */
const foreignFolders = new Set(['node_modules', '.venv', 'venv', '__pycache__', '.hg', '.svn', '.timonel', 'site-packages']);
const mostFiles = 50_000;

/** @throws ProjectRefused where a state is none of a folder without git */
export function folderState(state: ProjectState): FolderState {
  if (state.kind !== 'folder')
    throw new ProjectRefused('The state is one of a repository, and the project is a folder without git. Take its state anew.');
  return state;
}

/** A folder without git, by functions of the contract. */
export class FolderProject {
  readonly folder: string;
  readonly #files: ProjectFiles;

  constructor(files: ProjectFiles) {
    this.#files = files;
    this.folder = files.root;
  }

  async state(paths: readonly string[] = []): Promise<FolderState> {
    const hashes: Record<string, string | undefined> = Object.create(null);
    for (const path of paths) hashes[path] = (await stateAt(this.#files, path))?.hash;
    return { kind: 'folder', hashes: { ...hashes } };
  }

  async fault(path: string): Promise<string | undefined> {
    return (await this.#faultOf([path]))?.fault;
  }

  /** A control character in a name is bearable where the file is there. */
  async #faultOf(paths: readonly string[]): Promise<{ path: string; fault: string } | undefined> {
    return faultOfPaths(this.folder, paths, listingOf(new Map()));
  }

  async #judge(changes: ChangedFiles): Promise<void> {
    const found = await this.#faultOf(Object.keys(changes));
    if (found !== undefined) throw new ProjectRefused(found.fault, found.path);
  }

  tree(given: ProjectState, changes: ChangedFiles): ProjectTree {
    const { hashes } = folderState(given);
    const files = this.#files;
    return treeOver(
      {
        paths: () => this.#paths(),
        async mode(path) {
          // What cannot be read is not there for a generation.
          const found = await stateAt(files, path).catch((error: unknown) => {
            if (error instanceof PathRefused) return undefined;
            throw error;
          });
          return found === undefined ? undefined : executable(found.mode) ? 0o755 : 0o644;
        },
        read: async (path) => {
          const found = await stateAt(this.#files, path);
          if (Object.hasOwn(hashes, path) && found?.hash !== hashes[path])
            throw new ProjectRefused(`${shownPath(path)} changed since the generation began. Generate over what it is now.`, path);
          return found?.bytes;
        },
      },
      changes,
    );
  }

  async #paths(): Promise<string[]> {
    const found: string[] = [];
    const open = [''];
    for (let folder = open.pop(); folder !== undefined; folder = open.pop())
      for (const { name, kind } of await this.#files.list(folder)) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (kind === 'folder' && !foreignFolders.has(name)) open.push(path);
        if (kind === 'file') found.push(path);
        if (found.length > mostFiles)
          throw new ProjectRefused(`${this.folder} has more than ${mostFiles} files. Take a folder in it.`);
      }
    return found;
  }

  async treeOf(given: ProjectState, changes: ChangedFiles): Promise<string> {
    const { hashes } = folderState(given);
    await this.#judge(changes);
    const lines = Object.entries(changes).map(([path, change]) => [
      path,
      Object.hasOwn(hashes, path) ? (hashes[path] ?? null) : null,
      change === null ? null : [executable(change.mode) ? 0o755 : 0o644, sha256(change.content)],
    ]);
    lines.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    return sha256(Buffer.from(JSON.stringify(lines)));
  }

  async diff(given: ProjectState, changes: ChangedFiles): Promise<string> {
    folderState(given);
    await this.#judge(changes);
    const parts: string[] = [];
    for (const path of Object.keys(changes).sort()) {
      const found = await stateAt(this.#files, path);
      const change = changes[path];
      const before = found === undefined ? undefined : { content: found.bytes, executable: executable(found.mode) };
      const after =
        change === null || change === undefined ? undefined : { content: change.content, executable: executable(change.mode) };
      parts.push(fileDiff(path, before, after));
    }
    return parts.join('');
  }

  async materialise(given: ProjectState, changes: ChangedFiles, folder: string): Promise<void> {
    folderState(given);
    await this.#judge(changes);
    const root = await emptyFolder(folder);
    for (const [path, change] of Object.entries(changes))
      if (change !== null) await putFile(root, path, change.content, executable(change.mode));
    for (const path of await this.#paths()) {
      if (Object.hasOwn(changes, path)) continue;
      const found = await stateAt(this.#files, path).catch((error: unknown) => {
        // What cannot be read, such as a key under another name, is not in the copy.
        if (error instanceof PathRefused) return undefined;
        throw error;
      });
      if (found !== undefined) await putFile(root, path, found.bytes, executable(found.mode));
    }
  }

  async write(given: ProjectState, changes: ChangedFiles, run: string, journal: ApplyJournal): Promise<ApplyResult> {
    try {
      return await this.#write(folderState(given), changes, run, journal);
    } catch (error) {
      if (error instanceof ChangeRefused) return conflict(error.refusals.map(({ path }) => path));
      if (error instanceof ProjectRefused || error instanceof PathRefused) return { kind: 'refused', message: error.message };
      throw error;
    }
  }

  async #write({ hashes }: FolderState, changes: ChangedFiles, run: string, journal: ApplyJournal): Promise<ApplyResult> {
    await this.recover(run, journal);
    await this.#judge(changes);
    const files: JournalledFile[] = [];
    for (const [path, change] of Object.entries(changes)) files.push(await this.#journalled(path, change));
    const paths = files.map(({ path }) => path);
    if (files.every(isDone)) return { kind: 'applied', files: paths, commit: undefined, again: true };
    // A file that the state does not name was not there when it was taken.
    const wrong = (path: string, hash: string | undefined) => (Object.hasOwn(hashes, path) ? hashes[path] : undefined) !== hash;
    const own = files.filter(({ path, before }) => wrong(path, before && sha256(before.content))).map(({ path }) => path);
    if (own.length > 0) return conflict(own);
    for (const path of Object.keys(hashes))
      if (!Object.hasOwn(changes, path) && wrong(path, (await stateAt(this.#files, path))?.hash))
        return { kind: 'stale', message: `${shownPath(path)} changed since the generation read it. Generate over what it is now.` };
    await journal.begin(run, files);
    const refusal = await applyJournalled(this.#files, files);
    await journal.end(run);
    return refusal ?? { kind: 'applied', files: paths, commit: undefined, again: false };
  }

  async #journalled(path: string, change: ChangedFiles[string] | undefined): Promise<JournalledFile> {
    const found = await stateAt(this.#files, path);
    const before = found === undefined ? undefined : { content: found.bytes, mode: found.mode };
    const after =
      change === null || change === undefined ? undefined : { content: change.content, mode: keptMode(change.mode, found?.mode) };
    return { path, before, after };
  }

  async recover(run: string, journal: ApplyJournal): Promise<void> {
    const files = await journal.find(run);
    if (files === undefined) return;
    await rollOn(this.#files, files);
    await journal.end(run);
  }
}

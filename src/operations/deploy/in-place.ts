/**
 * Updates the one process of an embedded store where it is: it is stopped, a backup is taken and proven, a link is moved to the new version, and that is
 * started and tried. Whatever fails goes back: the link, and the rows of the backup.
 */
import { existsSync } from 'node:fs';
import { lstat, readlink, realpath, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../errors.ts';
import { type Asked, commandShape } from './contract.ts';
import { runToEnd } from './programs.ts';

/** `update.json`: paths are absolute. */
export const updateSchema = z.strictObject({
  /** Where the process listens, for this host alone. */
  url: z.url({ protocol: /^https?$/ }),
  /** Its `TIMONEL_HOME`. */
  home: z.string().startsWith('/'),
  /** A symbolic link to the folder of the version that runs; the start command goes through it. */
  current: z.string().startsWith('/'),
  /** Starts the process, and returns. */
  start: commandShape,
  /** Stops it by SIGTERM, and returns once it has ended. */
  stop: commandShape,
  /** Longest time until the new version is ready. */
  readySeconds: z.number().min(1).max(3_600).default(300),
  /** Longest time of a start or stop command, of a backup, its verification and its restore, each. */
  commandSeconds: z.number().min(1).max(14_400).default(3_600),
});
export type UpdateSettings = z.infer<typeof updateSchema>;

/** A step of an update as it went. */
export interface UpdateStep {
  name: 'checks' | 'stop' | 'backup' | 'verify' | 'activate' | 'start' | 'ready' | 'smoke' | 'back';
  status: 'pass' | 'fail';
  /** What happened; of a failure the answer that failed, with its body. */
  said: string;
  milliseconds: number;
}

export interface UpdateReport {
  /** `unchanged`: the old version was not touched. `back`: it runs again, on what the backup has. `broken`: it does not. */
  status: 'updated' | 'unchanged' | 'back' | 'broken';
  /** Folders of the versions. */
  from: string;
  to: string;
  /** Name of the backup that was taken. */
  backup: string | undefined;
  steps: readonly UpdateStep[];
}

/** What the update asks, and does not know how. */
export interface UpdateQuestions {
  /** Whether an update may begin, as the process that serves sees it. */
  checks(): Promise<Asked>;
  ready(withinSeconds: number): Promise<Asked>;
  /** Tries it as a customer would. */
  smoke(): Promise<Asked>;
}

class UpdateStepFailed extends Error {}

export class InPlaceUpdate {
  readonly #settings: UpdateSettings;
  readonly #ask: UpdateQuestions;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #told: (step: UpdateStep) => void;
  readonly #steps: UpdateStep[] = [];

  /** @param environment of the process: the settings by which its store is backed up; @param told hears of each step when it has ended */
  constructor(
    settings: UpdateSettings,
    ask: UpdateQuestions,
    environment: Readonly<Record<string, string | undefined>>,
    told: (step: UpdateStep) => void,
  ) {
    this.#settings = settings;
    this.#ask = ask;
    this.#environment = environment;
    this.#told = told;
  }

  /** @param folder of the new version; @param signal aborted, everything is taken back */
  async to(folder: string, signal: AbortSignal): Promise<UpdateReport> {
    const { start, stop, readySeconds, commandSeconds } = this.#settings;
    let from = '';
    let backup: string | undefined;
    const report = (status: UpdateReport['status']): UpdateReport => ({ status, from, to: folder, backup, steps: this.#steps });
    const run = (command: UpdateSettings['start']) => runToEnd(command, commandSeconds);
    let touched = false;
    let stopped = false;
    try {
      await this.#step('checks', signal, async () => {
        from = await this.#currentVersion();
        programOf(folder);
        if ((await realpath(folder)) === from) return { ok: false, said: `${folder} is the version that runs already.` };
        return this.#ask.checks();
      });
      await this.#step('stop', signal, async () => {
        stopped = true;
        return { ok: true, said: (await run(stop)) || 'The process has answered what it had begun, and has ended.' };
      });
      await this.#step('backup', signal, async () => {
        const taken = JSON.parse(await this.#timonel(from, 'backup', '--json')) as { name: string };
        backup = taken.name;
        return { ok: true, said: taken.name };
      });
      await this.#step('verify', signal, async () => {
        const { rows } = JSON.parse(await this.#timonel(from, 'backup', 'verify', backup ?? '', '--json')) as { rows: number };
        return { ok: true, said: `${rows} rows came back as they were.` };
      });
      await this.#step('activate', signal, async () => {
        touched = true;
        await this.#lead(folder);
        return { ok: true, said: `${this.#settings.current} is ${folder}.` };
      });
      await this.#step('start', signal, async () => ({ ok: true, said: (await run(start)) || 'The new version was started.' }));
      await this.#step('ready', signal, () => this.#ask.ready(readySeconds));
      await this.#step('smoke', signal, () => this.#ask.smoke());
      return report('updated');
    } catch (error) {
      if (!(error instanceof UpdateStepFailed)) throw error;
      if (!stopped) return report('unchanged');
      const back = await this.#step('back', undefined, () => this.#back(from, touched ? backup : undefined)).then(
        () => true,
        () => false,
      );
      return report(back ? (touched ? 'back' : 'unchanged') : 'broken');
    }
  }

  /** The old version again; on the rows of the backup where the new one may have written. */
  async #back(from: string, backup: string | undefined): Promise<Asked> {
    const { home, start, stop, readySeconds, commandSeconds } = this.#settings;
    let left = '';
    if (backup !== undefined) {
      await runToEnd(stop, commandSeconds).catch(() => '');
      await this.#lead(from);
      if (existsSync(join(home, 'data'))) {
        const aside = join(home, `data.of-${backup.replace(/\.backup.*$/, '')}`);
        await rename(join(home, 'data'), aside);
        left = ` What the new one left is in ${aside}: delete it once it was looked at.`;
      }
      await this.#timonel(from, 'restore', backup, '--json');
    }
    await runToEnd(start, commandSeconds);
    const { ok, said } = await this.#ask.ready(readySeconds);
    if (!ok) return { ok, said: `The old version does not become ready: ${said}` };
    if (backup === undefined) return { ok, said: 'The old version runs again, on its store as it was.' };
    return { ok, said: `The old version runs again, on ${backup}.${left}` };
  }

  async #currentVersion(): Promise<string> {
    const { current } = this.#settings;
    const found = await lstat(current).catch(() => undefined);
    if (found?.isSymbolicLink() !== true)
      throw new Error(
        `${current} is no symbolic link. Make it one to the folder of the version that runs: ln -s <folder> ${current}`,
      );
    const folder = await realpath(current);
    programOf(folder);
    return folder;
  }

  /** Moves the link in one step: nobody sees it missing. */
  async #lead(folder: string): Promise<void> {
    const { current } = this.#settings;
    if ((await readlink(current).catch(() => undefined)) === folder) return;
    await rm(`${current}.new`, { force: true });
    await symlink(folder, `${current}.new`);
    await rename(`${current}.new`, current);
  }

  /** A command of a version, on the store of the process. @returns the last line that it printed, which is JSON */
  async #timonel(folder: string, ...args: string[]): Promise<string> {
    const { home, commandSeconds } = this.#settings;
    const place = { cwd: folder, env: { ...this.#environment, TIMONEL_HOME: home } };
    const said = await runToEnd([process.execPath, programOf(folder), ...args], commandSeconds, place);
    return said.split('\n').findLast((line) => line.startsWith('{')) ?? '{}';
  }

  /** @throws UpdateStepFailed */
  async #step(name: UpdateStep['name'], signal: AbortSignal | undefined, work: () => Promise<Asked>): Promise<void> {
    const started = performance.now();
    const { ok, said } =
      signal?.aborted === true
        ? { ok: false, said: 'Interrupted.' }
        : await work().catch((error: unknown): Asked => ({ ok: false, said: messageOf(error) }));
    const step: UpdateStep = { name, status: ok ? 'pass' : 'fail', said, milliseconds: Math.round(performance.now() - started) };
    this.#steps.push(step);
    this.#told(step);
    if (!ok) throw new UpdateStepFailed(said);
  }
}

/** The program of a version: of a checkout, or of a folder that it was installed into. @throws Error */
function programOf(folder: string): string {
  const found = ['bin/timonel.mjs', 'node_modules/timonel/bin/timonel.mjs'].map((path) => join(folder, path)).find(existsSync);
  if (found !== undefined) return found;
  throw new Error(`There is no Timonel in ${folder}. Install it there: npm install --prefix ${folder} timonel@latest`);
}

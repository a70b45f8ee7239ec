/** Drills of one installation: the last result of each, and starts of new ones. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { publishFault } from '../../diagnostics.ts';
import { TimonelError } from '../../errors.ts';
import { orAfter } from '../../run/or-after.ts';
import type { DrillReport } from './contract.ts';
import { timonelProgram } from './rehearsal.ts';

const reportSchema = z.object({
  name: z.string(),
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  said: z.string(),
  seed: z.number(),
  store: z.enum(['embedded', 'postgres']),
  startedAt: z.string(),
  milliseconds: z.number(),
  fault: z.string().nullable(),
  recoveryMs: z.number().nullable(),
  probes: z.array(
    z.object({
      name: z.string(),
      phase: z.enum(['before', 'fault', 'during', 'throughout', 'after']),
      ok: z.boolean(),
      said: z.string(),
      milliseconds: z.number(),
    }),
  ),
}) satisfies z.ZodType<DrillReport>;

/** A folder with the last report of each drill: `<name>.json`. */
export class DrillReports {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps a report in place of the one before. */
  async keep(report: DrillReport): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, `${report.name}.json`);
    // A reader never sees half a file.
    await writeFile(`${path}.new`, `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  /** The last report; `undefined` where there is none, or none that can be read. */
  async find(name: string): Promise<DrillReport | undefined> {
    const text = await readFile(join(this.#folder, `${name}.json`), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return reportSchema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }
}

export interface DrillsDependencies {
  /** Folder of the reports. */
  folder: string;
  /** Whether drills may be started from here. */
  startable: boolean;
}

export interface ListedDrill {
  name: string;
  summary: string;
  last: DrillReport | null;
}

/** How long one that is interrupted may take to undo its fault, in milliseconds. */
const undoMs = 20_000;

export class Drills {
  readonly startable: boolean;
  readonly #folder: string;
  readonly #reports: DrillReports;
  #running: { name: string; child: ChildProcess } | undefined;

  constructor({ folder, startable }: DrillsDependencies) {
    this.startable = startable;
    this.#folder = folder;
    this.#reports = new DrillReports(folder);
  }

  /** The drill that was started here and has not ended. */
  get underWay(): string | undefined {
    return this.#running?.name;
  }

  async list(): Promise<ListedDrill[]> {
    const { drills } = await import('./catalogue.ts');
    return Promise.all(
      drills.map(async ({ name, summary }) => ({ name, summary, last: (await this.#reports.find(name)) ?? null })),
    );
  }

  /**
   * Starts a drill in a process of its own: `timonel drill`, with the environment of this one.
   * @throws TimonelError `forbidden` where it is not allowed here, `not_found`, `overloaded` where one is under way
   */
  async start(name: string, seed: number | undefined): Promise<void> {
    if (!this.startable)
      throw new TimonelError(
        'forbidden',
        'Drills are not started from here: they take memory and time of this machine. Set TIMONEL_DRILLS=true, or use the command line: timonel drill --report',
      );
    const { drillOf, drills } = await import('./catalogue.ts');
    if (drillOf(name) === undefined)
      throw new TimonelError('not_found', `There is no drill "${name}". There are: ${drills.map((each) => each.name).join(', ')}.`);
    if (this.#running !== undefined)
      throw new TimonelError('overloaded', `The drill "${this.#running.name}" is under way. Start the next one when it has ended.`);
    const given = seed === undefined ? [] : ['--seed', String(seed)];
    const child = spawn(process.execPath, [timonelProgram(), 'drill', name, '--json', '--report', this.#folder, ...given], {
      stdio: 'ignore',
    });
    this.#running = { name, child };
    child.on('error', (error) => publishFault('starting a drill', error));
    child.on('close', () => {
      this.#running = undefined;
    });
  }

  /** Interrupts the one that is under way, which undoes its fault. */
  async close(): Promise<void> {
    const child = this.#running?.child;
    if (child === undefined) return;
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    if ((await orAfter(ended, undoMs)) === undefined) child.kill('SIGKILL');
  }
}

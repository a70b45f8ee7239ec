/** Random histories of the agent and of a person in one project, and then everything is undone: not a byte of the person's may be lost. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coder } from '../../agents/coder/agent.ts';
import { readSettings } from '../../src/config.ts';
import { defaultWorkspace, openTimonel } from '../../src/main.ts';
import { type ApiCaller, apiCallerOf } from '../../src/testing/api-caller.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { generator } from './random.ts';

const paths = ['one.ts', 'two.ts', 'crlf.ts', 'new.ts'];
const lineEnd = (path: string) => (path === 'crlf.ts' ? '\r\n' : '\n');

interface UndoReport {
  files: { path: string; result: string }[];
}

export interface HistoryFigures {
  histories: number;
  undone: Record<string, number>;
  /** What was lost or changed that should not have been; empty where all is well. */
  losses: string[];
}

/** @param onDone is told after each history */
export async function playHistories(
  count: number,
  seed: number,
  onDone: (done: number) => void = () => undefined,
): Promise<HistoryFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-histories-'));
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? 'Done.');
  const home = mkdtempSync(join(tmpdir(), 'timonel-home-'));
  const settings = readSettings({ TIMONEL_HOME: home, TIMONEL_PORT: '0', TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0' });
  const timonel = await openTimonel(settings, { agents: [coder({ folder })], models: { default: model } });
  const figures: HistoryFigures = { histories: 0, undone: {}, losses: [] };
  try {
    const id = crypto.randomUUID();
    const apiKey = await timonel.apiKeys.create({ id, workspaceId: defaultWorkspace, name: 'histories', role: 'admin' });
    const api = apiCallerOf(timonel.app, apiKey);
    for (; figures.histories < count; figures.histories++) {
      const history = new History(folder, generator(seed + figures.histories), api, (lines) => {
        script = lines;
      });
      figures.losses.push(...(await history.play(figures.undone)).map((loss) => `history ${seed + figures.histories}: ${loss}`));
      onDone(figures.histories + 1);
    }
  } finally {
    await timonel.close();
    for (const each of [folder, home]) rmSync(each, { recursive: true, force: true });
  }
  return figures;
}

class History {
  readonly #folder: string;
  readonly #random: () => number;
  readonly #api: ApiCaller;
  readonly #says: (lines: Line[]) => void;
  #written = 0;

  constructor(folder: string, random: () => number, api: ApiCaller, says: (lines: Line[]) => void) {
    this.#folder = folder;
    this.#random = random;
    this.#api = api;
    this.#says = says;
  }

  #read(path: string): string | undefined {
    const file = join(this.#folder, path);
    return existsSync(file) ? readFileSync(file, 'latin1') : undefined;
  }

  #write(path: string, text: string): void {
    writeFileSync(join(this.#folder, path), text, 'latin1');
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)];
  }

  async play(undone: Record<string, number>): Promise<string[]> {
    for (const path of paths) rmSync(join(this.#folder, path), { force: true });
    for (const path of paths.slice(0, 3))
      this.#write(path, Array.from({ length: 12 }, (_line, at) => `${path} line ${at}${lineEnd(path)}`).join(''));
    const original = new Map(paths.map((path) => [path, this.#read(path)]));
    const touched = new Set<string>();
    const { body } = await this.#api.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'coder' });
    const base = `/api/v1/agents/coder/sessions/${body.id}`;
    await this.#api.call('PUT', base, { mode: 'edit' });
    const turns = 1 + Math.floor(this.#random() * 3);
    for (let turn = 0; turn < turns; turn++) {
      if (this.#random() < 0.6) this.#userWrites(touched);
      const plan = this.#agentPlans();
      this.#says([{ calls: plan }, 'Done.']);
      await this.#api.say(body.id, 'go on');
    }
    if (this.#random() < 0.8) this.#userWrites(touched);
    const losses: string[] = [];
    const before = new Map(paths.map((path) => [path, this.#read(path)]));
    for (let round = 0; round <= turns + 1; round++) {
      const { body: report } = await this.#api.call<UndoReport>('POST', `${base}/undo`, { direction: 'undo' });
      if (report.files.length === 0) break;
      for (const { result } of report.files) undone[result] = (undone[result] ?? 0) + 1;
    }
    const lost = (what: string, known: ReadonlyMap<string, string | undefined>) => {
      for (const [path, was = ''] of known)
        for (const line of was.match(/user \d+ [^\r\n]*\r?\n/g) ?? [])
          if (this.#read(path)?.includes(line) !== true) losses.push(`${what}: ${path} lost ${JSON.stringify(line)}`);
    };
    lost('undo', before);
    for (const path of paths)
      if (!touched.has(path) && this.#read(path) !== original.get(path))
        losses.push(`${path} is not as it was, though only the agent had changed it`);
    // The person goes on, and all of it is made anew.
    const writesMore = this.#random() < 0.5;
    if (writesMore) this.#userWrites(touched);
    const between = new Map(paths.map((path) => [path, this.#read(path)]));
    for (let round = 0; round <= turns + 1; round++) {
      const { body: report } = await this.#api.call<UndoReport>('POST', `${base}/undo`, { direction: 'redo' });
      if (report.files.length === 0) break;
      undone['redone'] = (undone['redone'] ?? 0) + report.files.length;
    }
    lost('redo', between);
    for (const path of paths)
      if (!touched.has(path) && this.#read(path) !== before.get(path)) losses.push(`${path} is not as it was before it was undone`);
    return losses;
  }

  /** Lines of the person: put in somewhere, or in place of one that is there. Never in place of their own. */
  #userWrites(touched: Set<string>): void {
    const path = this.#pick(paths.filter((each) => this.#read(each) !== undefined));
    if (path === undefined) return;
    touched.add(path);
    const lines = (this.#read(path) ?? '').split(/(?<=\n)/);
    const line = `user ${++this.#written} ${'ñ'.repeat(Math.floor(this.#random() * 4))}${lineEnd(path)}`;
    const at = Math.floor(this.#random() * (lines.length + 1));
    const replaced = this.#random() < 0.3 && lines[at]?.startsWith('user') === false ? 1 : 0;
    lines.splice(at, replaced, line);
    this.#write(path, lines.join(''));
  }

  /** One to five calls. The agent does not touch lines of the person: those are theirs to lose. */
  #agentPlans(): { tool: string; args: object }[] {
    return Array.from({ length: 1 + Math.floor(this.#random() * 5) }, () => {
      const path = this.#pick(paths) ?? 'one.ts';
      const text = this.#read(path);
      if (text === undefined) return { tool: 'write', args: { path, text: `agent ${++this.#written}\nagent end\n` } };
      const own = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('user'));
      const old = this.#pick(own) ?? 'nothing';
      const next = this.#random() < 0.3 ? '' : `agent ${++this.#written}`;
      return {
        tool: 'edit',
        args: { path, edits: [{ old, new: this.#random() < 0.4 ? `${old}\nagent ${++this.#written}` : next }] },
      };
    });
  }
}

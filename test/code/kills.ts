/** A process is killed in the middle of a turn that edits files, another one goes on: every edit is there, and none is there twice. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const child = new URL('./kill-child.ts', import.meta.url).pathname;
/** Edits of one turn. */
const editsOfTurn = 8;

export interface KillFigures {
  kills: number;
  /** Turns in which the kill came before the end. */
  inTurn: number;
  faults: string[];
}

/** @param environment names the store, which both processes share */
export async function killInTurns(
  count: number,
  environment: Record<string, string>,
  random: () => number,
  onDone: (done: number) => void = () => undefined,
): Promise<KillFigures> {
  const figures: KillFigures = { kills: 0, inTurn: 0, faults: [] };
  const folder = mkdtempSync(join(tmpdir(), 'timonel-kills-'));
  const file = join(folder, 'log.txt');
  const start = () =>
    spawn(process.execPath, [child, folder, String(editsOfTurn)], {
      env: { ...process.env, ...environment, TIMONEL_LEASE_MS: '500' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  let running = await ready(start());
  try {
    for (; figures.kills < count; figures.kills++) {
      writeFileSync(file, 'end\n');
      const conversation = crypto.randomUUID();
      running.process.stdin?.write(`say ${conversation}\n`);
      // Anywhere in the turn: it says when each edit begins.
      const after = Math.floor(random() * editsOfTurn);
      await running.until((line) => line === `edit ${after}` || line.startsWith('ended'));
      await new Promise((resolve) => setTimeout(resolve, random() * 12));
      running.process.kill('SIGKILL');
      await once(running.process, 'exit');
      const before = readFileSync(file, 'utf8');
      if (!before.includes(`edit ${editsOfTurn - 1}\n`)) figures.inTurn++;
      running = await ready(start());
      const ended = await running.until((line) => line.startsWith('ended'));
      const text = readFileSync(file, 'utf8');
      const wanted = `${Array.from({ length: editsOfTurn }, (_edit, at) => `edit ${at}\n`).join('')}end\n`;
      if (text !== wanted) figures.faults.push(`${ended}: ${JSON.stringify(before)} became ${JSON.stringify(text)}`);
      onDone(figures.kills + 1);
    }
  } finally {
    running.process.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

/** A started process, and what it says line by line. */
async function ready(process: ChildProcess) {
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  if (process.stdout === null) throw new Error('It has no output.');
  createInterface({ input: process.stdout }).on('line', (line) => {
    lines.push(line);
    for (const wake of waiting.splice(0)) wake();
  });
  process.once('exit', () => {
    lines.push('ended by itself');
    for (const wake of waiting.splice(0)) wake();
  });
  const until = async (fits: (line: string) => boolean): Promise<string> => {
    for (;;) {
      const line = lines.shift();
      if (line === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      else if (fits(line)) return line;
    }
  };
  await until((line) => line === 'ready');
  return { process, until };
}

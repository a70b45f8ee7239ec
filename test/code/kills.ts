/**
 * A process is killed in the middle of a turn that edits files and commits, another one goes on: every edit is there, none is there twice, the commit is
 * made once, and the repository is sound.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linesOf } from '../crash/lines-of-process.ts';

const child = new URL('./kill-child.ts', import.meta.url).pathname;
/** Edits of one turn; the turn has two steps more, `git add` and `git commit`. */
const editsOfTurn = 8;
const stepsOfTurn = editsOfTurn + 2;

export interface KillFigures {
  kills: number;
  /** Turns in which the kill came before the end. */
  inTurn: number;
  /** Kills that also took git in the middle of its work and left its lock, which git itself never removes. */
  locksLeft: number;
  faults: string[];
}

/** @param environment names the store, which both processes share */
export async function killInTurns(
  count: number,
  environment: Record<string, string>,
  random: () => number,
  onDone: (done: number, faults: number) => void = () => undefined,
): Promise<KillFigures> {
  const figures: KillFigures = { kills: 0, inTurn: 0, locksLeft: 0, faults: [] };
  const folder = mkdtempSync(join(tmpdir(), 'timonel-kills-'));
  const file = join(folder, 'log.txt');
  const lock = join(folder, '.git', 'index.lock');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Ana');
  git('config', 'user.email', 'ana@example.test');
  writeFileSync(file, 'end\n');
  git('add', '.');
  git('commit', '--quiet', '--message=begin');
  const start = () =>
    spawn(process.execPath, [child, folder, String(editsOfTurn)], {
      env: { ...process.env, ...environment, TIMONEL_LEASE_MS: '500' },
      stdio: ['pipe', 'pipe', 'inherit'],
      // A group of its own, to be killed with what it started.
      detached: true,
    });
  let running = await linesOf(start());
  try {
    for (; figures.kills < count; figures.kills++) {
      const turn = `turn ${figures.kills}`;
      writeFileSync(file, `${turn}\nend\n`);
      running.process.stdin?.write(`${turn}\n`);
      // Anywhere in the turn: it says when each step begins.
      const after = Math.floor(random() * stepsOfTurn);
      await running.until((line) => line === `step ${after}` || line.startsWith('ended'));
      await new Promise((resolve) => setTimeout(resolve, random() * 12));
      const whole = random() < 0.5;
      const { pid } = running.process;
      if (pid === undefined) throw new Error('It has no process.');
      process.kill(whole ? -pid : pid, 'SIGKILL');
      await once(running.process, 'exit');
      const before = readFileSync(file, 'utf8');
      if (!before.includes(`edit ${editsOfTurn - 1}\n`)) figures.inTurn++;
      const lockLeft = whole && existsSync(lock);
      if (lockLeft) {
        figures.locksLeft++;
        rmSync(lock);
      }
      running = await linesOf(start());
      const ended = await running.until((line) => line.startsWith('ended'));
      const text = readFileSync(file, 'utf8');
      const wanted = `${turn}\n${Array.from({ length: editsOfTurn }, (_edit, at) => `edit ${at}\n`).join('')}end\n`;
      const fault = (said: string) => figures.faults.push(`${turn}, killed in step ${after}, ${ended}: ${said}`);
      if (text !== wanted) fault(`${JSON.stringify(before)} became ${JSON.stringify(text)}`);
      const commits = git('log', '--format=%s')
        .split('\n')
        .filter((subject) => subject === turn).length;
      if (commits !== 1) fault(`${commits} commits`);
      const { status, stdout, stderr } = spawnSync('git', ['-C', folder, 'fsck', '--strict', '--no-dangling'], {
        encoding: 'utf8',
      });
      if (status !== 0 || `${stdout}${stderr}`.trim() !== '') fault(`git fsck: ${stdout}${stderr}`);
      onDone(figures.kills + 1, figures.faults.length);
    }
  } finally {
    running.process.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

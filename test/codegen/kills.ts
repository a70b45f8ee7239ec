/**
 * A process is killed anywhere between a request and its commit, another one goes on: the generation ends committed, by one commit, with every task done
 * once, and the folder of its owner is as it was.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linesOf } from '../crash/lines-of-process.ts';

const child = new URL('./kill-child.ts', import.meta.url).pathname;
const files = ['greeting.py', 'page.md', 'test_greeting.py'];
/** What the process says on its way: six roles, and the approval. */
const stepsOfGeneration = 7;

export interface GenerationKills {
  kills: number;
  /** Kills before the generation had ended. */
  inGeneration: number;
  faults: string[];
}

/** @param environment names the store, which all processes share */
export async function killGenerations(
  count: number,
  environment: Record<string, string>,
  random: () => number,
  onDone: (done: number, faults: number) => void = () => undefined,
): Promise<GenerationKills> {
  const figures: GenerationKills = { kills: 0, inGeneration: 0, faults: [] };
  const top = mkdtempSync(join(tmpdir(), 'timonel-codegen-kills-'));
  const start = () =>
    spawn(process.execPath, [child, top], {
      env: { ...process.env, ...environment, TIMONEL_LEASE_MS: '500' },
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
  mkdirSync(join(top, 'code'));
  let running = await linesOf(start());
  try {
    for (; figures.kills < count; figures.kills++) {
      const name = `p${figures.kills}`;
      const git = beginProject(join(top, 'code', name));
      running.process.stdin?.write(`${name}\n`);
      const after = Math.floor(random() * stepsOfGeneration);
      let ended = '';
      const steps = { seen: -1 };
      await running.until((line) => {
        if (line.startsWith('step ')) steps.seen++;
        if (line.startsWith(`ended ${name} `)) ended = line;
        return steps.seen === after || ended !== '';
      });
      await new Promise((resolve) => setTimeout(resolve, random() * 200));
      if (ended === '') figures.inGeneration++;
      const { pid } = running.process;
      if (pid === undefined) throw new Error('It has no process.');
      process.kill(random() < 0.5 ? -pid : pid, 'SIGKILL');
      await once(running.process, 'exit');
      running = await linesOf(start());
      ended = await running.until((line) => line.startsWith(`ended ${name} `));
      const fault = (said: string) => figures.faults.push(`${name}, killed in step ${after}, ${ended}: ${said}`);
      if (ended !== `ended ${name} committed`) fault('not committed');
      const branches = git('for-each-ref', '--format=%(refname)', 'refs/heads/timonel').split('\n').filter(Boolean);
      if (branches.length !== 1) fault(`branches: ${branches.join(' ')}`);
      const commits = git('rev-list', '--count', '--all', '^main').trim();
      if (commits !== '1') fault(`${commits} commits`);
      const changed = git('diff', '--name-only', 'main', branches[0] ?? 'main')
        .trim()
        .split('\n');
      if (changed.join() !== files.join()) fault(`changed: ${changed.join()}`);
      const status = git('status', '--porcelain').trim();
      if (status !== 'M README.md\n?? mine.txt') fault(`the owner's folder: ${status}`);
      const sound = spawnSync('git', ['-C', join(top, 'code', name), 'fsck', '--strict', '--no-dangling'], { encoding: 'utf8' });
      if (sound.status !== 0) fault(`git fsck: ${sound.stdout}${sound.stderr}`);
      onDone(figures.kills + 1, figures.faults.length);
    }
  } finally {
    running.process.kill('SIGKILL');
    rmSync(top, { recursive: true, force: true });
  }
  return figures;
}

/** A repository with work of its owner that is not committed. */
function beginProject(folder: string): (...args: string[]) => string {
  mkdirSync(folder);
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=Owner', '-c', 'user.email=owner@example.com', ...args], {
      encoding: 'utf8',
    });
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(folder, 'README.md'), '# Project\n');
  git('add', '.');
  git('commit', '--quiet', '--message=begin');
  writeFileSync(join(folder, 'README.md'), '# Project, changed\n');
  writeFileSync(join(folder, 'mine.txt'), 'mine\n');
  return git;
}

/** Judged by effect: what is let through is run, in a project that starts a program wherever it can, and nothing is different afterwards. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeCommand, runCommand } from '../../src/shell.ts';
import { needs } from '../needs.ts';
import { doubtful, harmless } from './command-lines.ts';
import { chanceOf, faithful, mutated } from './mutations.ts';
import { type ProjectFolder, projectFolder } from './project-folder.ts';

describe.skipIf(!needs('Git', 'bubblewrap'))('what is let through', () => {
  let project: ProjectFolder;
  beforeAll(() => {
    project = projectFolder({ planted: true });
    // A repository within, that git is told to look into, with a monitor of its own.
    const inner = join(project.root, 'inner');
    const git = (folder: string, ...args: string[]) =>
      execFileSync('git', ['-c', 'core.fsmonitor=false', ...args], { cwd: folder, stdio: 'pipe' });
    mkdirSync(inner);
    git(inner, 'init', '-q');
    git(inner, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--allow-empty', '-qm', 'x');
    writeFileSync(join(project.root, '.gitmodules'), '[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n\tignore = none\n');
    git(
      project.root,
      '-c',
      'core.hooksPath=/dev/null',
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${git(inner, 'rev-parse', 'HEAD').toString().trim()},inner`,
    );
    git(inner, 'config', 'core.fsmonitor', join(project.root, 'lib/fsmonitor'));
    writeFileSync(join(inner, 'new'), 'x');
    for (const trap of readdirSync(project.trap)) rmSync(join(project.trap, trap));
  });
  afterAll(() => project.remove());

  it('changes nothing and starts nothing of the project', async () => {
    const chance = chanceOf(9);
    const made = Array.from({ length: 40 }, () =>
      mutated(harmless[Math.floor(chance() * harmless.length)] ?? '', chance, faithful),
    );
    const lines = [...harmless, ...doubtful, ...made].filter(
      (line) => judgeCommand(line, { root: project.root }).verdict === 'allow' && !/\bsleep\b|:; done/.test(line),
    );
    expect(lines.length).toBeGreaterThan(harmless.length);
    const before = project.contents();
    const faults: string[] = [];
    let shown = '';
    // Half of them on the host, where a fault would count, half in the sandbox.
    for (const [at, line] of lines.entries()) {
      const where = at % 3 === 0 ? 'sandboxed' : 'host';
      const { output } = await runCommand({
        command: { line },
        root: project.root,
        where,
        environment: process.env,
        wallMs: 20_000,
      });
      shown += output;
      const traps = readdirSync(project.trap);
      if (traps.length > 0) faults.push(`${line}: ${traps.join(', ')}`);
      if (faults.length > 0) break;
    }
    expect(faults).toEqual([]);
    expect([...project.contents()].filter(([path, hash]) => before.get(path) !== hash)).toEqual([]);
    expect(project.contents().size).toBe(before.size);
    expect(shown).not.toContain('canary-value');
  }, 120_000);

  it('would start it, were git not told otherwise: the traps work', () => {
    execFileSync('git', ['status'], { cwd: project.root, stdio: 'pipe' });
    expect(existsSync(`${project.trap}/fsmonitor`) || existsSync(`${project.trap}/worktree`)).toBe(true);
  });
});

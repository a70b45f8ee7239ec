import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCredentials } from '../src/cli/credentials.ts';
import { commandIn } from './command.ts';
import { startReleases } from './releases.ts';

// Each command is a process that starts.
describe('timonel release', { timeout: 240_000 }, () => {
  let at: Awaited<ReturnType<typeof startReleases>>;
  const home = mkdtempSync(join(tmpdir(), 'timonel-releases-'));
  beforeAll(async () => {
    at = await startReleases('embedded');
    writeCredentials(home, { url: await at.timonel.listen(), apiKey: at.apiKey });
  });
  afterAll(async () => {
    await at.close();
    rmSync(home, { recursive: true, force: true });
  });

  const release = commandIn(home, 'release');
  const file = (name: string, content: string) => {
    const path = join(home, name);
    writeFileSync(path, content);
    return path;
  };

  it('makes, starts, shows, ramps, takes back and tells what was done', async () => {
    expect((await release('list')).out).toBe('No releases. Make one: timonel release create <agent>\n');
    const steps = [10, 30, 100].map((percentage) => ({ percentage, bakeMinutes: 5 }));
    const plan = file('plan.json', JSON.stringify({ steps, slowAfterMs: 600_000 }));
    const made = await release('create', 'notes', '--prompt-file', file('prompt.md', 'You are POLITE.'), '--plan', plan);
    expect(made).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^notes: 1\.0\.0\+\w{12} → 1\.0\.0\+\w{12}\n[\s\S]*status {3}draft[\s\S]*Start it:/),
    });
    expect((await release('start', 'notes')).out).toContain('canary   10 % of people');
    await at.talk(10);
    await at.look();
    const shown = (await release('show', 'notes')).out;
    expect(shown).toMatch(/verdict {2}inconclusive: The step of 10 % is watched for \d+ more min/);
    expect(shown).toMatch(/success +inconclusive +0\.0 % of \d+ +\S+( %)? of \d+/);
    expect((await release('ramp', 'notes')).out).toContain('canary   30 % of people');
    expect((await release('ramp', 'notes', '--percentage', '45')).out).toContain('canary   45 % of people');
    expect(await release('promote', 'notes')).toMatchObject({ code: 1, err: expect.stringContaining('It is not shown') });
    expect((await release('rollback', 'notes', '--reason', 'Not today.')).out).toContain('rolled-back: Not today.');
    const told = (await release('history', 'notes')).out.trim().split('\n');
    expect(told.map((line) => line.split('  ')[1]?.split(' by ')[0])).toEqual([
      'release-created',
      'release-started to 10 %',
      'release-ramped to 30 %',
      'release-changed to 45 %',
      'release-rolled-back',
    ]);
    expect(JSON.parse((await release('list', 'notes', '--json')).out)).toMatchObject([{ status: 'rolled-back' }]);
  });

  it('says what would have worked', async () => {
    expect(await release('create', 'notes')).toMatchObject({ code: 1, err: expect.stringContaining('which notes is already') });
    expect(await release('create', 'notes', '--prompt-file', 'nowhere.md')).toMatchObject({
      code: 2,
      err: expect.stringContaining('nowhere.md'),
    });
    expect(await release('create', 'notes', '--limits', '{')).toMatchObject({ code: 2, err: expect.stringContaining('not JSON') });
    expect(await release('show', 'nobody')).toMatchObject({
      code: 2,
      err: expect.stringContaining('timonel release create nobody'),
    });
    expect(await release('promote', 'notes', '--force')).toMatchObject({ code: 2, err: expect.stringContaining('--reason') });
    expect(await release('rollback', 'notes')).toMatchObject({ code: 2, err: expect.stringContaining('--reason') });
  });
});

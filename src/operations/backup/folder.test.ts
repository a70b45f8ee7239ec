import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BackupFolder } from './folder.ts';
import { backupName } from './names.ts';
import { pruneBackups } from './retention.ts';

const day = 86_400_000;

describe('the folder of backups', () => {
  const path = mkdtempSync(join(tmpdir(), 'timonel-folder-'));
  const folder = new BackupFolder(path);
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  const made = (at: Date) => {
    const name = backupName(at, false);
    writeFileSync(join(path, name), 'x');
    return name;
  };
  const verify = async (name: string) => {
    const file = (await folder.list()).find((each) => each.name === name);
    if (file !== undefined) await folder.markVerified(file, new Date());
  };

  it('keeps the newest of days, weeks and months, of those that were verified', async () => {
    const newest = Date.UTC(2026, 10, 30, 3);
    for (let age = 0; age < 100; age++) await verify(made(new Date(newest - age * day)));
    // Newer, and never verified: counts for nothing, and stays.
    made(new Date(newest + day));
    const gone = await pruneBackups(folder, { days: 7, weeks: 4, months: 3 });
    const kept = (await folder.list()).map(({ takenAt }) => takenAt.toISOString().slice(0, 10));
    expect(kept).toEqual([
      ...['2026-12-01', '2026-11-30', '2026-11-29', '2026-11-28', '2026-11-27', '2026-11-26', '2026-11-25', '2026-11-24'],
      // The ends of the weeks before (they begin on Mondays), and of the months.
      ...['2026-11-22', '2026-11-15', '2026-10-31', '2026-09-30'],
    ]);
    expect(gone).toHaveLength(101 - kept.length);
  });

  it('takes a file that was changed after it was verified for one that was not', async () => {
    const name = made(new Date(Date.UTC(2027, 0, 1)));
    await verify(name);
    expect((await folder.list())[0]?.verifiedAt).toBeInstanceOf(Date);
    writeFileSync(join(path, name), 'changed');
    expect((await folder.list())[0]?.verifiedAt).toBeUndefined();
  });

  it('lists what has the name of a backup, and nothing else', async () => {
    for (const name of ['x.backup', 'timonel-2026-01-01T00-00-00Z.backup.partial']) writeFileSync(join(path, name), 'x');
    expect((await folder.list()).every(({ name }) => /^timonel-[\dTZ-]+\.backup$/.test(name))).toBe(true);
  });
});

import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { agesOf } from '../secrets/report.ts';
import type { Check, Finding } from './contract.ts';

const execute = promisify(execFile);

const leastBytes = 512 * 1_048_576;
const leastShare = 0.1;

const oldMs = 366 * 86_400_000;
const dayOf = (date: Date) => date.toISOString().slice(0, 10);

export const secrets: Check = {
  name: 'secrets',
  async run({ settings, now }) {
    const { current, previous, next, previousSince } = settings.secrets;
    if (current === undefined)
      return {
        status: 'warning',
        said: 'TIMONEL_SECRET is not set: the database keeps the secret that tokens are signed with.',
        advice: 'For production: timonel secrets generate',
      };
    if (previous !== undefined || next !== undefined)
      return {
        status: 'warning',
        said: `A rotation of TIMONEL_SECRET is under way${previousSince === undefined ? '' : ` since ${dayOf(previousSince)}`}: two secrets are accepted.`,
        advice:
          next === undefined
            ? 'After a week: timonel secrets rotate TIMONEL_SECRET --finish'
            : 'Let the new one sign: timonel secrets rotate TIMONEL_SECRET',
      };
    const old = (await agesOf(settings)).filter(
      ({ changedAt }) => changedAt !== null && now().getTime() - changedAt.getTime() > oldMs,
    );
    if (old.length > 0)
      return {
        status: 'warning',
        said: `Older than a year: ${old.map(({ name, changedAt }) => `${name} (${changedAt === null ? '' : dayOf(changedAt)})`).join(', ')}.`,
        advice: `timonel secrets rotate ${old[0]?.name ?? ''}`,
      };
    return {
      status: 'pass',
      said: `Set, and ${settings.environment === 'production' ? 'fit for production' : `used in ${settings.environment}`}.`,
    };
  },
};

export const disk: Check = {
  name: 'disk',
  async run({ settings }) {
    const { folder, s3 } = settings.backups;
    const folders = [...new Set([settings.home, ...(s3 === undefined ? [folder] : [])])];
    const found = await Promise.all(folders.map(spaceOf));
    return (
      found.find(({ status }) => status === 'fail') ?? found.find(({ status }) => status === 'warning') ?? (found[0] as Finding)
    );
  },
};

/** Of a folder that is not there yet, the space of the one in which it will be made. */
async function spaceOf(folder: string): Promise<Finding> {
  const space = await statfs(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(folder) !== folder) return undefined;
    throw error;
  });
  if (space === undefined) return spaceOf(dirname(folder));
  return spaceFinding(folder, space.bavail * space.bsize, space.blocks * space.bsize);
}

export function spaceFinding(folder: string, free: number, all: number): Finding {
  const said = `${(free / 1_073_741_824).toFixed(1)} GiB of ${(all / 1_073_741_824).toFixed(1)} are free for ${folder}.`;
  if (free < leastBytes)
    return { status: 'fail', said, advice: 'Make room: at least 512 MiB. Old backups go by: timonel backup prune' };
  if (free < all * leastShare)
    return { status: 'warning', said, advice: 'Less than a tenth is free: make room before it is less.' };
  return { status: 'pass', said };
}

export const gitProgram: Check = {
  name: 'git',
  async run() {
    const version = await execute('git', ['--version'], { timeout: 5_000 }).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
    if (version === undefined)
      return {
        status: 'warning',
        said: 'There is no git here.',
        advice: 'Agents that write code need it. On Debian: apt-get install git',
      };
    const email = await execute('git', ['config', '--global', 'user.email'], { timeout: 5_000 }).then(
      ({ stdout }) => stdout.trim(),
      () => '',
    );
    if (email !== '') return { status: 'pass', said: `${version}, with a user.` };
    return {
      status: 'warning',
      said: `${version}, without a user.`,
      advice: 'Commits need one: git config --global user.name … and user.email …',
    };
  },
};

export const sandbox: Check = {
  name: 'sandbox',
  async run({ running, settings }) {
    if (settings.sandbox.mode === 'off') return { status: 'skipped', said: 'TIMONEL_SANDBOX is off.' };
    if (running === undefined) return { status: 'skipped', said: 'A running process tells which languages it can run.' };
    const languages = await running.sandbox.languages();
    const off = languages.filter(({ backend }) => backend === undefined);
    const on = languages.flatMap(({ language, backend }) => (backend === undefined ? [] : [`${language} (${backend})`]));
    if (on.length === 0)
      return { status: 'fail', said: 'No language can be run safely here.', advice: off.map(({ reason }) => reason).join(' ') };
    const said = `${on.join(', ')}${off.length === 0 ? '' : `; off: ${off.map(({ language }) => language).join(', ')}`}.`;
    return { status: 'pass', said };
  },
};

/** Secrets whose next value comes from their owner: the steps, a trial of both, and the new one in the place of the old. */
import type { Settings } from '../config.ts';
import { readSettings } from '../config.ts';
import { messageOf } from '../errors.ts';
import type { KnownSecret } from '../operations/secrets/catalogue.ts';
import { readSecretFile, replaceFile } from './secret-place.ts';
import { UsageError } from './usage-error.ts';

/** @param newFile holds the new value */
export async function rotateForeign({ name, before = '', meanwhile }: KnownSecret, newFile: string | undefined): Promise<void> {
  if (name === 'channel') return console.log(`${before} Then: timonel channels rotate <connection> --secrets -\n${meanwhile}`);
  if (newFile === undefined) {
    console.log(
      [
        `1. ${before}`,
        `2. Write it into a file that only you can read, and run: timonel secrets rotate ${name} --new <file>`,
        '   Both are tried, and the new one is put where the old one is.',
        '3. Restart the processes one after the other: timonel deploy, or what runs them.',
        `4. End the old one at its owner. ${meanwhile}`,
      ].join('\n'),
    );
    return;
  }
  const value = readSecretFile(newFile).replace(/\r?\n$/, '');
  if (value === '') throw new UsageError(`${newFile} is empty: write the new secret into it.`);
  const { path, old } = present(name);
  if (old === value) throw new UsageError(`${newFile} holds the secret that there is.`);
  // The new one has to be one that a process starts with.
  const settings = readSettings({ ...process.env, [`${name}_FILE`]: undefined, [name]: value });
  await accepted(name, value, settings, 'new');
  if (old !== undefined) await accepted(name, old, settings, 'old');
  if (path === undefined) {
    console.log(
      `Put the new one in the place of ${name} where the environment of the processes is made, and restart them one after the other.`,
    );
    return;
  }
  replaceFile(path, `${value}\n`);
  console.log(`${path} has the new one. Restart the processes one after the other, then end the old one at its owner.`);
}

function present(name: string): { path: string | undefined; old: string | undefined } {
  const path = process.env[`${name}_FILE`];
  if (path !== undefined && path !== '') return { path, old: readSecretFile(path).replace(/\r?\n$/, '') };
  const old = process.env[name];
  return { path: undefined, old: old === '' ? undefined : old };
}

async function accepted(name: string, value: string, settings: Settings, which: 'new' | 'old'): Promise<void> {
  const { tryForeignSecret } = await import('../operations/secrets/probes.ts');
  try {
    const tried = await tryForeignSecret(name, value, settings);
    console.log(
      tried ? `The ${which} one is accepted.` : `The ${which} one cannot be tried alone: see that processes start with it.`,
    );
  } catch (error) {
    const said = messageOf(error).replaceAll(value, '…');
    throw new UsageError(
      which === 'new'
        ? `The new one is refused (${said}). Nothing was changed.`
        : `The old one is refused already (${said}), and processes that run have it. Nothing was changed: put it in force again, or replace ${name} by hand and restart all at once.`,
    );
  }
}

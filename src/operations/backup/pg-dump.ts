/** A copy by PostgreSQL's own program, for those whose tools read its form. */
import { open, rename, rm } from 'node:fs/promises';
import { messageOf, TimonelError } from '../../errors.ts';
import { runToEnd } from '../deploy/programs.ts';

const longestSeconds = 86_400;

/**
 * Runs `pg_dump --format=custom` into a file, which has its name only when it is whole.
 * @param url of the database; its password is in no argument, where other users of the machine would see it
 * @param serverMajor version of the server; an older `pg_dump` cannot read it
 * @param environment of the program: where it is found, and what libpq reads
 * @throws TimonelError `config_invalid` where the program is not there, or its version does not fit
 */
export async function dumpByPostgres(
  url: string,
  serverMajor: number,
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const printed = await runToEnd(['pg_dump', '--version'], 10).catch((error: unknown) => {
    throw new TimonelError(
      'config_invalid',
      `pg_dump does not run here (${messageOf(error)}). On Debian: apt-get install postgresql-client-${serverMajor}. \`timonel backup\` needs no other program.`,
      { cause: error },
    );
  });
  const major = Number(/\) (\d+)/.exec(printed)?.[1]);
  if (!(major >= serverMajor))
    throw new TimonelError(
      'config_invalid',
      `pg_dump is of version ${major} and the server of ${serverMajor}, which it cannot read. On Debian: apt-get install postgresql-client-${serverMajor}. \`timonel backup\` needs no other program.`,
    );
  const address = new URL(url);
  const password = decodeURIComponent(address.password);
  address.password = '';
  const partial = `${file}.partial`;
  await (await open(partial, 'wx', 0o600)).close();
  try {
    const env = { ...environment, ...(password === '' ? {} : { PGPASSWORD: password }) };
    const command = ['pg_dump', '--format=custom', '--no-owner', `--file=${partial}`, `--dbname=${address.href}`] as const;
    await runToEnd([...command], longestSeconds, { env });
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

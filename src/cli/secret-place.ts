/** Files that hold a secret: read, and replaced as a whole, so that nobody reads half of one and who may read it stays as it was. */
import { existsSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { parseGenerations, type WrittenGenerations, writeGenerations } from '../secret-generations.ts';
import { UsageError } from './usage-error.ts';

/** Where `TIMONEL_SECRET` is written. */
export interface SecretPlace {
  path: string;
  /** Of a file of its own that processes follow; a line of an .env file is read at a start. */
  followed: boolean;
  read(): WrittenGenerations;
  write(generations: WrittenGenerations): void;
}

const line = /^((?:export )?TIMONEL_SECRET=)(.*)$/m;
const lineBefore = /^(?:export )?TIMONEL_SECRET_PREVIOUS=.*\n?/m;

/** @throws UsageError where the file is not there, or holds no secret */
export function secretPlaceOf(path: string): SecretPlace {
  const text = readSecretFile(path);
  const isEnvironment = /^(?:export )?[A-Za-z_]\w*=/m.test(text);
  return {
    path,
    followed: !isEnvironment,
    read() {
      const content = readSecretFile(path);
      const value = isEnvironment
        ? line
            .exec(content)?.[2]
            ?.trim()
            .replace(/^(["'])(.*)\1$/, '$2')
        : content;
      if (value === undefined || value.trim() === '')
        throw new UsageError(`${path} has no TIMONEL_SECRET to rotate. Make a first one: timonel secrets generate`);
      const found = parseGenerations(value);
      if (found === undefined) throw new UsageError(`${path} has no secret as \`timonel secrets generate\` makes it.`);
      return found;
    },
    write(generations) {
      const content = readSecretFile(path);
      replaceFile(
        path,
        isEnvironment
          ? // The value names the one before itself.
            content
              .replace(lineBefore, '')
              .replace(line, (_whole, start: string) => `${start}${writeGenerations(generations, ',')}`)
          : `${writeGenerations(generations, '\n')}\n`,
      );
    },
  };
}

/** @throws UsageError */
export function readSecretFile(path: string): string {
  if (!existsSync(path)) throw new UsageError(`There is no file ${path}.`);
  return readFileSync(path, 'utf8');
}

/** A link keeps leading to its file. @param mode of a file that is not there yet */
export function replaceFile(path: string, text: string, mode = 0o600): void {
  const there = existsSync(path);
  const target = there ? realpathSync(path) : path;
  writeFileSync(`${target}.new`, text, { mode: there ? statSync(target).mode & 0o777 : mode });
  renameSync(`${target}.new`, target);
}

/** Who answers for a commit: the person who approved it. */
import type { Answerable, ToolContext } from '../../../src/index.ts';
import { type Environment, gitText } from '../../../src/shell.ts';

export interface Author {
  name: string;
  email: string;
}

/** A key has no address; `.invalid` reaches nobody. */
export function authorOf(who: Answerable | undefined): Author {
  const name = (who?.name ?? '').replaceAll(/[<>\n\r\0]/g, ' ').trim() || 'Timonel';
  const email = who?.email ?? `${who === undefined ? 'nobody' : `${who.kind}-${who.id}`}@timonel.invalid`;
  return { name, email: email.replaceAll(/[<>\s\0]/g, '') };
}

export function idOf(who: Pick<Answerable, 'kind' | 'id'>): string {
  return `${who.kind}:${who.id}`;
}

export async function answerable(context: ToolContext): Promise<Answerable | undefined> {
  return context.answerable?.();
}

/** The author of what this call commits: who approved it; for a key of a machine with one user that user, as git knows them. */
export async function authorIn(
  { gitUser }: { gitUser(folder: string): Promise<Author | undefined> },
  folder: string,
  context: ToolContext,
): Promise<Author> {
  const who = await answerable(context);
  const known = who?.kind === 'api-key' && who.email === undefined ? await gitUser(folder) : undefined;
  return known ?? authorOf(who);
}

/** @returns `undefined` where git does not know who its user is */
export async function userOfGit(folder: string, environment: Environment | undefined): Promise<Author | undefined> {
  const options = environment === undefined ? {} : { environment };
  const identity = await gitText(folder, ['var', 'GIT_AUTHOR_IDENT'], options).catch(() => '');
  const [, name = '', email = ''] = /^(.+) <([^<>]+)> \d+ [+-]\d{4}$/.exec(identity.trim()) ?? [];
  return name === '' || email === '' ? undefined : { name, email };
}

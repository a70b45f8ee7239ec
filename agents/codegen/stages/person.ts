/** Who answers for a commit: the person who approved it. */
import type { Answerable, ToolContext } from '../../../src/index.ts';

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

/** The screens that there are: every folder beside this file that has a `screen.ts`. */
import { type Me, mayAny } from '../session/session.tsx';
import type { Group, Screen } from './screen.ts';

const found = import.meta.glob<{ screen: Screen }>('./*/screen.ts', { eager: true });
const groups: readonly Group[] = ['work', 'build', 'run', 'admin'];

export const screens: readonly Screen[] = Object.values(found)
  .map(({ screen }) => screen)
  .sort((one, other) => groups.indexOf(one.group) - groups.indexOf(other.group) || one.order - other.order);

export function maySee(me: Me, { permissions, shows }: Screen): boolean {
  return (permissions === 'signed-in' || mayAny(me, permissions)) && shows?.(me) !== false;
}

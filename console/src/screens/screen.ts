/** What a screen is: a folder beside this file with a `screen.ts` that exports one as `screen`. `console/README.md` says how to add one. */
import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';
import type { Me } from '../session/session.tsx';
import type { Words } from '../words/language.ts';

export type Group = 'work' | 'build' | 'run' | 'admin';

export interface ScreenAddress {
  /** Below `/console`, with its parameters: `/inbox/$id`. */
  path: string;
  /** Loaded when it is first shown. */
  load(): Promise<{ default: ComponentType }>;
}

export interface Screen {
  /** That of its folder. */
  name: string;
  title: Words<{ title: string }>;
  group: Group;
  /** Its place in the group. */
  order: number;
  icon: LucideIcon;
  /** Any of these lets somebody see it. */
  permissions: readonly string[] | 'signed-in';
  /** Where the sidebar leads, e.g. `/inbox`. */
  home: string;
  addresses: readonly [ScreenAddress, ...ScreenAddress[]];
  /** Says more than permissions can. */
  shows?: (me: Me) => boolean;
  /** How many wait for somebody to act; a hook. Not called for those who may not see the screen. */
  useWaiting?: () => number | undefined;
}

/** What the folder of a screen says about its test: `console/src/screens/<name>/walk.ts` exports one as `walk`. */
import type { Page } from 'playwright-core';
import type { TestTimonel } from '../timonel.ts';

/** Ids and the like that `prepare` made. */
export type Made = Readonly<Record<string, string>>;

export interface WalkContext {
  /** Signed in as the administrator, in Spanish, 1280 × 800. */
  page: Page;
  api: TestTimonel;
  made: Made;
  /** Goes to an address below `/console`. */
  go(address: string): Promise<void>;
  /** Keeps a picture in `console/artifacts`, where that is asked for. */
  shot(name: string): Promise<void>;
}

export interface ScreenWalk {
  /** What the walk shows, after "the screen <name>". */
  title: string;
  /** Makes what the screen shows, by the API. Other screens' rows are there too: look for your own. */
  prepare(api: TestTimonel): Promise<Made>;
  /** Addresses that are held to axe in both languages and themes, on a desk and on a phone, and pictured. */
  addresses(made: Made): readonly string[];
  walk(context: WalkContext): Promise<void>;
  /** Buttons (in Spanish) that those have who hold the permission, and nobody else; on the first address, before anything was done there. */
  acts?: readonly {
    button: string;
    permission: string;
    /** It is there in another state only: without the permission it is never seen. */
    elsewhere?: true;
  }[];
}

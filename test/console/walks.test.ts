/** Each screen of the console in a real browser: what is done there, and what every role may. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInRoles } from '../../src/identity/permissions.ts';
import { needs } from '../needs.ts';
import { newWorkspace } from '../new-workspace.ts';
import { type ConsoleTest, type Opened, openConsole, picture, screenNames, screenWalks } from './console-test.ts';
import type { Made } from './screen-walk.ts';

/** Roles that go to every address; the others to the first one of each screen. */
const thorough: ReadonlySet<string> = new Set(['operator', 'member']);
const walks = await screenWalks();

it('has a walk for each screen', () => {
  expect(walks.map(([name]) => name)).toEqual(screenNames());
});

describe.runIf(needs('Chromium'))('the console', () => {
  let test: ConsoleTest;
  let own: Opened;
  const made = new Map<string, Made>();
  beforeAll(async () => {
    test = await openConsole();
    own = await test.signedIn();
    for (const [name, { prepare }] of walks) made.set(name, await prepare(test.api));
  }, 120_000);
  afterAll(() => test?.[Symbol.asyncDispose]());

  // Before anything is done on the screens: what a button needs is there.
  it.each(Object.keys(builtInRoles))(
    'shows %s what they may see, with the buttons that they may press and no other',
    async (role) => {
      const { page, go, faults, context } = await test.signedInAs(role);
      const held = test.api.timonel.identity.permissions.roles[role] ?? new Set<string>();
      const wrong: string[] = [];
      let answers: { status: number; what: string }[] = [];
      page.on('response', (response) => {
        const status = response.status();
        if (status >= 400)
          answers.push({ status, what: `${status} ${response.request().method()} ${new URL(response.url()).pathname}` });
      });
      for (const [name, { addresses, acts = [] }] of walks) {
        const [address, ...others] = addresses(made.get(name) ?? {});
        if (address === undefined) continue;
        answers = [];
        await go(address);
        const [, screen] = /^\/([a-z-]+)/.exec(address) ?? [];
        const listed = (await page.locator(`.sidebar a[href^="/console/${screen}"]`).count()) > 0;
        // A row of somebody else is not there for those who see their own.
        const there = answers.every(({ status }) => status !== 404);
        for (const { button, permission, elsewhere } of acts) {
          const shown = (await page.getByRole('button', { name: button }).count()) > 0;
          if (shown && !held.has(permission as never)) wrong.push(`${role} at ${address}: "${button}" without ${permission}`);
          if (!shown && elsewhere !== true && held.has(permission as never) && listed && there)
            wrong.push(`${role} at ${address}: no "${button}" with ${permission}`);
        }
        if (thorough.has(role)) for (const other of others) await go(other);
        wrong.push(
          ...answers.filter(({ status }) => status === 403 || status >= 500).map(({ what }) => `${role} at ${address}: ${what}`),
        );
      }
      expect(wrong).toEqual([]);
      expect(faults).toEqual([]);
      await context.close();
    },
  );

  it('shows nothing of this workspace to an administrator of another one', async () => {
    await newWorkspace(test.api, 'other');
    const { page, go, context } = await test.signedInAs('admin', { workspace: 'other' });
    const read: string[] = [];
    for (const [name, { addresses }] of walks) {
      const ids = Object.values(made.get(name) ?? {}).filter((value) => /^[0-9a-f]{8}-/.test(value));
      const listen = (response: { ok(): boolean; url(): string }) => {
        if (response.ok() && ids.some((id) => new URL(response.url()).pathname.includes(id))) read.push(response.url());
      };
      page.on('response', listen);
      for (const address of addresses(made.get(name) ?? {})) if (ids.some((id) => address.includes(id))) await go(address);
      page.off('response', listen);
    }
    expect(read).toEqual([]);
    await context.close();
  });

  it.each(walks)('the screen %s $title', async (name, { walk }) => {
    const { page, faults, go } = own;
    const shot = (picture_: string) => picture(page, picture_);
    await walk({ page, api: test.api, made: made.get(name) ?? {}, go, shot });
    expect(faults).toEqual([]);
  });
});

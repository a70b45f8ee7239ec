/** Each screen of the console in a real browser: what is done there, and what every role may. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInRoles } from '../../src/identity/permissions.ts';
import { addUser, goodPassword } from '../identity/people.ts';
import { needs } from '../needs.ts';
import { type ConsoleTest, type Opened, openConsole, patient, picture, screenNames, screenWalks, settled } from './console-test.ts';
import type { Made } from './screen-walk.ts';

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

  it.each(walks)('the screen %s $title', async (name, { walk }) => {
    const { page, faults, go } = own;
    const shot = (picture_: string) => picture(page, picture_);
    await walk({ page, api: test.api, made: made.get(name) ?? {}, go, shot });
    expect(faults).toEqual([]);
  });

  it.each(Object.keys(builtInRoles))('shows %s what they may see, and no button that they may not press', async (role) => {
    const { page, go, refused, faults, context } = await test.open();
    const { email } = await addUser(test.api, { role });
    await page.goto(`${test.url}/console`);
    await page.getByLabel('Correo electrónico o nombre de usuario').fill(email);
    await page.getByLabel('Contraseña', { exact: true }).fill(goodPassword);
    await page.getByRole('button', { name: 'Entrar' }).click();
    await page.locator('.sidebar').waitFor(patient);
    await settled(page);
    const held = test.api.timonel.identity.permissions.roles[role] ?? new Set<string>();
    for (const [name, { addresses, acts = [] }] of walks) {
      const [address] = addresses(made.get(name) ?? {});
      if (address === undefined) continue;
      refused.length = 0;
      await go(address);
      expect(refused, `${role} at ${address}`).toEqual([]);
      for (const { button, permission } of acts) {
        if (!held.has(permission as never))
          expect(await page.getByRole('button', { name: button }).count(), `${role}: ${button}`).toBe(0);
      }
    }
    expect(faults).toEqual([]);
    await context.close();
  });
});

/** A launch in a real browser, in a frame of another site, with third-party cookies blocked. */
import { randomUUID } from 'node:crypto';
import { type BrowserContext, type Browser as Chromium, chromium, type FrameLocator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Campus, eva, openCampus } from '../../../test/lti/campus.ts';
import { instructor, type PlatformUser } from '../../../test/lti/platform.ts';
import { needs } from '../../../test/needs.ts';
import { findProgram } from '../../../test/programs.ts';

const claim = (name: string) => `https://purl.imsglobal.org/spec/lti/claim/${name}`;
const patient = { timeout: 20_000 };

/** The page of a course: the tool in a frame, and what LTI calls storage of the platform. */
const storage = `<script>
const kept = {};
addEventListener('message', ({ data, source, origin }) => {
  const { subject, message_id, key, value } = data ?? {};
  if (subject === 'lti.put_data') kept[origin + key] = value;
  if (subject === 'lti.put_data' || subject === 'lti.get_data')
    source.postMessage({ subject: subject + '.response', message_id, key, value: kept[origin + key] }, origin);
});
</script>`;

describe.runIf(needs('Chromium'))('a launch in Chromium without third-party cookies', () => {
  let campus: Campus;
  let browser: Chromium;
  beforeAll(async () => {
    [campus, browser] = await Promise.all([
      openCampus('embedded'),
      chromium.launch({
        executablePath: findProgram('chromium') ?? '',
        args: ['--no-sandbox', '--disable-gpu', '--test-third-party-cookie-phaseout'],
      }),
    ]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await campus?.[Symbol.asyncDispose]();
  });

  /** @param cookies kept by the browser until it comes back from the platform */
  async function openCourse(
    user: PlatformUser,
    { cookies, storageTarget, claims = { [claim('custom')]: { exercise: 'doble' } } }: CourseWish,
  ): Promise<{ frame: FrameLocator; context: BrowserContext; posted: string[] }> {
    const { platform, login, launchAddress } = campus;
    const hint = randomUUID();
    platform.launches.set(hint, { user, loginAddress: login, launchAddress, claims });
    const asked = new URLSearchParams({
      iss: platform.url,
      client_id: platform.clientId,
      login_hint: hint,
      target_link_uri: launchAddress,
      ...(storageTarget === undefined ? {} : { lti_storage_target: storageTarget }),
    });
    const frame = `<iframe width="900" height="700" src="${login}?${asked}"></iframe>`;
    platform.pages.set(`/course/${hint}`, `<!doctype html>${storage}<h1>Curso</h1>${frame}`);
    const context = await browser.newContext();
    const page = await context.newPage();
    const posted: string[] = [];
    context.on(
      'request',
      (request) => request.method() === 'POST' && posted.push(new URL(request.url()).pathname.split('/').at(-1) ?? ''),
    );
    if (!cookies)
      await page.route('**/lti/launch', async (route) => {
        await context.clearCookies();
        await route.continue();
      });
    await page.goto(`${platform.url}/course/${hint}`);
    return { frame: page.frameLocator('iframe'), context, posted };
  }
  const works = async (at: FrameLocator | Page) => {
    const log = at.locator('#log');
    await expect.poll(() => log.textContent(), patient).toMatch(/El doble/);
    await at.locator('#text').fill('no sé por dónde empezar');
    await at.locator('#say button').click();
    await expect.poll(() => log.locator('.said').count(), patient).toBeGreaterThanOrEqual(3);
  };

  it('goes by a cookie that is partitioned', async () => {
    const { frame, context, posted } = await openCourse(eva, { cookies: true });
    await works(frame);
    expect(posted.slice(0, 2)).not.toContain('enter');
    const kept = await context.cookies(campus.url);
    expect(kept.filter(({ name }) => name.includes('tutor.lti'))).toEqual([]);
    await context.close();
  }, 60_000);

  it('goes by the storage of the platform where no cookie is kept', async () => {
    const { frame, context, posted } = await openCourse(eva, { cookies: false, storageTarget: '_parent' });
    await works(frame);
    expect(posted.slice(0, 2)).toEqual(['launch', 'enter']);
    await context.close();
  }, 60_000);

  it('goes on in a window of its own where nothing is kept', async () => {
    const { frame, context } = await openCourse(eva, { cookies: false });
    const [window] = await Promise.all([context.waitForEvent('page'), frame.locator('#anew button').click()]);
    await works(window);
    await context.close();
  }, 60_000);

  it('shows a teacher the class, and posts the chosen exercise back', async () => {
    const teacher = { sub: 'prof-9', name: 'Profe <Gil>', roles: [instructor] };
    const { frame, context } = await openCourse(teacher, { cookies: true });
    await expect.poll(() => frame.locator('#class').textContent(), patient).toMatch(/Eva RíosEl dobletrabajando/);
    await context.close();
    const settings = 'https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings';
    campus.platform.pages.set('/return', '<p id="back">De vuelta</p>');
    const chosen = await openCourse(teacher, {
      cookies: true,
      claims: {
        [claim('message_type')]: 'LtiDeepLinkingRequest',
        [settings]: { deep_link_return_url: `${campus.platform.url}/return` },
      },
    });
    await chosen.frame.locator('input[value="doble"]').check();
    await chosen.frame.getByRole('button', { name: 'Elegir' }).click();
    await expect.poll(() => chosen.frame.locator('#back').textContent(), patient).toBe('De vuelta');
    await chosen.context.close();
  }, 60_000);
});

interface CourseWish {
  cookies: boolean;
  storageTarget?: string;
  claims?: Record<string, unknown>;
}

/** Launches from a learning platform by the front door, judged by a platform that was written from the specification. */
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, type Campus, eva, openCampus } from '../../../test/lti/campus.ts';
import { instructor, learner } from '../../../test/lti/platform.ts';
import { storeKinds } from '../../../test/stores.ts';

const claim = (name: string) => `https://purl.imsglobal.org/spec/lti/claim/${name}`;
const toExercise = { [claim('custom')]: { exercise: 'doble' } };
const prof = { sub: 'prof-1', name: 'Profe Gil', roles: [instructor] };

describe.each(storeKinds)('launches (%s)', (kind) => {
  let campus: Campus;
  beforeAll(async () => {
    campus = await openCampus(kind);
  }, 60_000);
  afterAll(() => campus?.[Symbol.asyncDispose]());

  it('let a student in, who works on the exercise and is seen in the class of a teacher', async () => {
    const page = await campus.launch({ user: eva, claims: toExercise });
    expect([page.status, page.data['exercise']]).toEqual([200, 'doble']);
    expect(page.headers.get('content-security-policy')).toContain(`frame-ancestors 'self' ${campus.platform.url}`);
    expect(page.headers.get('x-frame-options')).toBeNull();
    const { conversation, text } = await campus.say(page, undefined, 'doble');
    expect(text).toMatch(/El doble/);
    const again = await campus.launch({ user: eva, claims: toExercise });
    expect(again.data['conversation']).toBe(conversation);
    const teacher = await campus.launch({ user: prof });
    expect(teacher.data['course']).toBe('LTI1');
    const headers = { authorization: `Bearer ${teacher.data.session?.accessToken}` };
    const { body } = await campus.timonel.call('GET', '/api/v1/agents/tutor/class?course=LTI1', undefined, headers);
    expect(body).toMatchObject({ students: [{ name: 'Eva Ríos', exercise: 'doble', state: 'working' }] });
    const own = { authorization: `Bearer ${page.data.session?.accessToken}` };
    expect((await campus.timonel.call('GET', '/api/v1/agents/tutor/class', undefined, own)).status).toBe(403);
    // Somebody else at another platform of the same name is somebody else; and demoted there they are demoted here.
    const students = `SELECT role FROM tutor_enrolments WHERE name = 'Profe Gil'`;
    await campus.launch({ user: { ...prof, roles: [learner] } });
    expect(await campus.rows(students)).toEqual([{ role: 'student' }]);
    await campus.launch({ user: prof });
    expect(await campus.rows(students)).toEqual([{ role: 'teacher' }]);
  });

  it('are good once, for the browser that began, and as long as they say', async () => {
    const browser = new Browser();
    const begun = await campus.begin(browser, { user: eva });
    const { address, form } = await campus.platform.authorize(begun.headers.get('location') ?? '');
    expect((await browser.open(address, form)).status).toBe(200);
    expect((await browser.open(address, form)).html).toContain('used already');
    // The state of another launch, and none at all.
    const other = await campus.begin(browser, { user: eva });
    const fresh = await campus.platform.authorize(other.headers.get('location') ?? '');
    expect((await browser.open(address, { ...fresh.form, state: `${fresh.form['state']}x` })).status).toBe(400);
    expect((await browser.open(address, { ...fresh.form, id_token: form['id_token'] ?? '' })).html).toContain('(nonce)');
    // A stranger's browser gets no session: it is asked to show what the other one was given.
    const stolen = await campus.begin(browser, { user: eva });
    const post = await campus.platform.authorize(stolen.headers.get('location') ?? '');
    const stranger = await new Browser().open(post.address, post.form);
    expect(stranger.data.session).toBeUndefined();
    const enterAddress = `${campus.url}/api/v1/agents/tutor/lti/enter`;
    const guessed = await new Browser().open(enterAddress, { state: post.form['state'] ?? '', browser: 'guessed' });
    expect(guessed.html).toContain('did not begin');
    expect((await new Browser().open(enterAddress, { state: post.form['state'] ?? '', browser: 'guessed' })).html).toContain(
      'used already',
    );
    await campus.begin(browser, { user: eva });
    await campus.rows(`UPDATE tutor_lti_launches SET expires_at = now() - interval '1 second'`);
    const late = await campus.platform.authorize((await campus.begin(browser, { user: eva })).headers.get('location') ?? '');
    await campus.rows(`UPDATE tutor_lti_launches SET expires_at = now() - interval '1 second'`);
    expect((await browser.open(late.address, late.form)).html).toContain('took too long');
  });

  it('are refused where anything about them does not hold', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const now = Math.floor(Date.now() / 1000);
    const refusals: [string, Parameters<Campus['launch']>[0], RegExp][] = [
      ['another key', { user: eva, forge: { key: privateKey } }, /the signature/],
      ['an unknown kid', { user: eva, forge: { kid: 'made-up' } }, /the signature/],
      ['over', { user: eva, forge: { exp: now - 120 } }, /\(exp\)/],
      ['old', { user: eva, forge: { iat: now - 3_600 } }, /\(exp\)/],
      ['from tomorrow', { user: eva, forge: { iat: now + 3_600, exp: now + 7_200 } }, /\(iat\)/],
      ['another client', { user: eva, claims: { aud: 'client-x' } }, /\(aud\)/],
      ['several addressees', { user: eva, claims: { aud: [campus.platform.clientId, 'x'] } }, /\(azp\)/],
      ['another party', { user: eva, claims: { azp: 'x' } }, /\(azp\)/],
      ['another issuer', { user: eva, claims: { iss: 'https://other.example' } }, /\(iss\)/],
      ['another version', { user: eva, claims: { [claim('version')]: '1.1' } }, /claim\/version/],
      ['another message', { user: eva, claims: { [claim('message_type')]: 'Other' } }, /message_type/],
      ['no subject', { user: eva, claims: { sub: undefined } }, /\(sub\)/],
      ['no link', { user: eva, claims: { [claim('resource_link')]: undefined } }, /resource_link/],
      ['another target', { user: eva, claims: { [claim('target_link_uri')]: 'https://evil.example/x' } }, /target_link_uri/],
      ['a deployment that nobody registered', { user: eva, deployment: '9' }, /deployment 9/],
      [
        'an exercise of no course',
        { user: eva, claims: { [claim('custom')]: { exercise: 'nothing' } } },
        /no exercise &quot;nothing/,
      ],
      ['no context', { user: eva, claims: { [claim('context')]: undefined } }, /no course of the platform/],
    ];
    for (const [what, wish, message] of refusals) {
      const page = await campus.launch(wish);
      expect([what, page.status, page.html]).toEqual([what, 400, expect.stringMatching(message)]);
    }
    const unsigned = await campus.begin(new Browser(), { user: eva });
    const { address, form } = await campus.platform.authorize(unsigned.headers.get('location') ?? '');
    const [, payload] = (form['id_token'] ?? '').split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    expect((await new Browser().open(address, { ...form, id_token: none })).html).toContain('the signature');
    const strange = await campus.begin(new Browser(), { user: eva }, { iss: 'https://<b>other' });
    expect([strange.status, strange.html]).toEqual([400, expect.stringContaining('https://&lt;b&gt;other')]);
    expect((await campus.begin(new Browser(), { user: eva }, { client_id: 'other' })).status).toBe(400);
    expect((await campus.begin(new Browser(), { user: eva }, { target_link_uri: 'https://evil.example' })).status).toBe(400);
    expect((await campus.begin(new Browser(), { user: eva }, { login_hint: '' })).html).toContain('login_hint');
  });

  it('go on when the platform changes its key, and ask for keys no oftener than that', async () => {
    const { platform } = campus;
    await campus.launch({ user: eva });
    const asked = platform.keysAsked;
    for (let time = 0; time < 3; time += 1) await campus.launch({ user: eva, forge: { kid: `made-up-${time}` } });
    expect(platform.keysAsked - asked).toBeLessThanOrEqual(1);
    await platform.rotate();
    // Made-up keys are looked for every ten seconds, and so is a new one.
    campus.skip(11_000);
    expect((await campus.launch({ user: eva })).status).toBe(200);
  });

  it('of a second deployment wait for somebody to link its course', async () => {
    await campus.created('lti-deployments', { platform: 'Campus', deployment: '2' });
    const wish = {
      user: { ...eva, sub: 'eva-2' },
      deployment: '2',
      claims: { [claim('context')]: { id: 'c-7', title: 'Otra <i>' } },
    };
    expect((await campus.launch(wish)).html).toContain('&quot;Otra &lt;i&gt;&quot; is not linked');
    const at = '/api/v1/agents/tutor/lti-contexts';
    const { body } = await campus.timonel.call<{
      items: { id: string; title: string; course: string | null; deployment: string }[];
    }>('GET', at);
    const waiting = body.items.find(({ title }) => title === 'Otra <i>');
    expect(waiting).toMatchObject({ course: null, deployment: 'Campus / 2' });
    expect(await campus.command('lti-link', { context: waiting?.id, course: 'LTI1' })).toEqual({ linked: 'LTI1' });
    // The same person at the platform is one account, whichever deployment they come by.
    await campus.launch({ ...wish, deployment: '1' });
    expect(await campus.rows(`SELECT count(DISTINCT person)::int AS n FROM tutor_lti_people WHERE subject = 'eva-2'`)).toEqual([
      { n: 1 },
    ]);
  });

  it('are told in metrics, and leave no secret where people look', async () => {
    await expect
      .poll(async () => (await campus.timonel.call<string>('GET', '/metrics')).body, { timeout: 20_000 })
      .toMatch(/timonel_agent_tutor_lti_launches_total\{outcome="refused"\} [1-9]/);
    const kept = JSON.stringify(await campus.rows(`SELECT * FROM tutor_lti_launches`));
    expect(kept).not.toContain('Eva');
    const { body } = await campus.timonel.call('GET', '/api/v1/agents/tutor/lti/keys', undefined, { authorization: undefined });
    expect(Object.keys((body as { keys: object[] }).keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });
});

/** Grades, rosters, links that teachers choose, registration and keys, judged by a strict platform. */
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, type Campus, eva, openCampus, type Page, rightProgram, wrongProgram } from '../../../test/lti/campus.ts';
import { instructor, learner } from '../../../test/lti/platform.ts';
import { storeKinds } from '../../../test/stores.ts';

const lti = 'https://purl.imsglobal.org/spec/lti/claim';
const ags = 'https://purl.imsglobal.org/spec/lti-ags';
const patient = { timeout: 30_000, interval: 100 };
const fenced = (program: string) => `entregar\n\`\`\`python\n${program}\n\`\`\``;
const prof = { sub: 'prof-1', name: 'Profe Gil', roles: [instructor] };

describe.each(storeKinds)('services of a platform (%s)', (kind) => {
  let campus: Campus;
  beforeAll(async () => {
    campus = await openCampus(kind);
  }, 60_000);
  afterAll(() => campus?.[Symbol.asyncDispose]());

  /** A link with grades: with a line item of its own, or where it has to be found. */
  const toLink = (link: string, endpoint: object, scopes = ['lineitem', 'result.readonly', 'score']) => ({
    [`${lti}/custom`]: { exercise: 'doble' },
    [`${lti}/resource_link`]: { id: link, title: 'El doble' },
    [`${ags}/claim/endpoint`]: { scope: scopes.map((each) => `${ags}/scope/${each}`), ...endpoint },
  });
  const lineItem = (id: string) => ({ lineitem: `${campus.platform.url}/lineitems/${id}/lineitem?type_id=1` });
  const student = async (sub: string, claims: Record<string, unknown>): Promise<Page> =>
    campus.launch({ user: { ...eva, sub }, claims });
  const submit = async (page: Page, program: string) => {
    const { conversation } = await campus.say(page, undefined, 'doble');
    return (await campus.say(page, conversation, fenced(program))).text;
  };
  const grade = async (sub: string) =>
    (await campus.rows(`SELECT state, fault, points::float8 AS points FROM tutor_lti_scores WHERE subject = '${sub}'`))[0];
  const posts = (sub: string) => campus.platform.grades.posts.filter(({ userId }) => userId === sub);

  it('get a grade after each better submission, once, to a line item with a query', async () => {
    const page = await student('g-1', toLink('l-1', lineItem('a')));
    expect(await submit(page, wrongProgram)).toMatch(/Falla|pasan/i);
    await expect.poll(() => posts('g-1').length, patient).toBe(1);
    expect(await submit(page, wrongProgram)).toMatch(/Falla|pasan/i);
    expect(await submit(page, rightProgram)).toMatch(/Aprobado/);
    await expect.poll(() => posts('g-1').length, patient).toBe(2);
    expect(posts('g-1')).toMatchObject([
      { scoreGiven: 1, scoreMaximum: 2, activityProgress: 'Submitted', gradingProgress: 'FullyGraded' },
      { scoreGiven: 2, scoreMaximum: 2, activityProgress: 'Completed' },
    ]);
    expect(campus.platform.tokens.map(({ fault }) => fault).filter((fault) => fault !== undefined)).toEqual([]);
    await expect.poll(() => grade('g-1'), patient).toMatchObject({ state: 'sent', points: 2 });
    // A teacher has no grade, and nothing of hidden tests leaves.
    await campus.launch({ user: prof, claims: toLink('l-1', lineItem('a')) });
    expect(JSON.stringify([campus.platform.grades.posts, campus.platform.tokens])).not.toMatch(/canary/);
  }, 60_000);

  it.each([
    ['the answer was cut off', 'cut', 'g-cut'],
    ['it failed after it had stored it', 'error-after', 'g-after'],
    ['it failed before', 'error-before', 'g-before'],
    ['the connection broke before', 'lose', 'g-lose'],
    ['it had too much to do', 'busy', 'g-busy'],
    ['the token was none any more', 'no-token', 'g-token'],
  ] as const)(
    'have a grade exactly once where %s',
    async (_what, fault, sub) => {
      const page = await student(sub, toLink(`l-${sub}`, lineItem(sub)));
      campus.platform.grades.faults.push(fault);
      await submit(page, rightProgram);
      await expect
        .poll(async () => {
          await campus.work('lti-scores');
          return grade(sub);
        }, patient)
        .toMatchObject({ state: 'sent' });
      expect(posts(sub)).toMatchObject([{ scoreGiven: 2 }]);
    },
    60_000,
  );

  it('are asked what became of a grade whose sender died, and a later grade of a teacher there stays', async () => {
    const page = await student('g-dead', toLink('l-dead', lineItem('dead')));
    await submit(page, rightProgram);
    await expect.poll(() => grade('g-dead'), patient).toMatchObject({ state: 'sent' });
    // As a kill leaves it, after the platform had stored it.
    await campus.rows(`UPDATE tutor_lti_scores SET state = 'sending', next_at = '2000-01-01' WHERE subject = 'g-dead'`);
    await campus.work('lti-scores');
    await expect.poll(() => grade('g-dead'), patient).toMatchObject({ state: 'sent' });
    // And before it had.
    await campus.rows(`UPDATE tutor_lti_scores SET state = 'sending', next_at = '2000-01-01' WHERE subject = 'g-dead'`);
    campus.platform.grades.scores.delete('dead g-dead');
    campus.platform.grades.posts.length = 0;
    await campus.work('lti-scores');
    await expect.poll(() => posts('g-dead').length, patient).toBe(1);
    const later = { userId: 'g-dead', scoreGiven: 1, scoreMaximum: 2, timestamp: '2100-01-01T00:00:00Z' };
    campus.platform.grades.scores.set('dead g-dead', { ...later, activityProgress: '', gradingProgress: '' });
    await campus.rows(`UPDATE tutor_lti_scores SET state = 'waiting', next_at = '2000-01-01' WHERE subject = 'g-dead'`);
    await campus.work('lti-scores');
    await expect.poll(() => grade('g-dead'), patient).toMatchObject({ state: 'refused', fault: 'Campus has a later grade.' });
    const { body } = await campus.timonel.call<{ items: object[] }>('GET', '/api/v1/agents/tutor/lti-scores?state=refused');
    expect(body.items).toMatchObject([{ exercise: 'doble', fault: 'Campus has a later grade.' }]);
    expect(await campus.command('lti-send-again')).toMatchObject({ grades: expect.any(Number) });
  }, 60_000);

  it('get a line item where a link comes without one', async () => {
    const page = await student('g-made', toLink('l-made', { lineitems: `${campus.platform.url}/lineitems` }));
    await submit(page, rightProgram);
    await expect.poll(() => posts('g-made').length, patient).toBe(1);
    const other = await student('g-found', toLink('l-made', { lineitems: `${campus.platform.url}/lineitems` }));
    await submit(other, rightProgram);
    await expect.poll(() => posts('g-found').length, patient).toBe(1);
    expect(campus.platform.grades.items).toMatchObject([{ resourceLinkId: 'l-made', label: 'El doble', scoreMaximum: 2 }]);
  }, 60_000);

  it('say who is in a course, page by page', async () => {
    await campus.launch({ user: prof });
    campus.platform.members.push(
      { user_id: 'prof-1', name: 'Profe Gil', roles: [instructor] },
      { user_id: 'r-1', name: 'Uno', roles: [learner], status: 'Active' },
      { user_id: 'r-2', name: 'Dos', roles: ['Learner'] },
      { user_id: 'r-3', name: 'Tres', roles: [learner], status: 'Inactive' },
      { user_id: 'r-5', name: 'Cinco', roles: [learner] },
    );
    const roster = () =>
      campus.rows(`SELECT n.name, n.role FROM tutor_enrolments n JOIN tutor_lti_people p ON p.person = n.person ORDER BY n.name`);
    await campus.command('lti-roster');
    await campus.work('lti-rosters');
    // Those of the other tests are not in it, and go.
    await expect.poll(roster, patient).toEqual([
      { name: 'Cinco', role: 'student' },
      { name: 'Dos', role: 'student' },
      { name: 'Profe Gil', role: 'teacher' },
      { name: 'Uno', role: 'student' },
    ]);
    campus.platform.members.splice(1, 1);
    await campus.command('lti-roster');
    await campus.work('lti-rosters');
    await expect.poll(async () => (await roster()).map(({ name }) => name), patient).toEqual(['Cinco', 'Dos', 'Profe Gil']);
  }, 60_000);

  it('get a link that a teacher chose, signed by this tool', async () => {
    const deep = {
      [`${lti}/message_type`]: 'LtiDeepLinkingRequest',
      [`${lti}/resource_link`]: undefined,
      'https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings': {
        deep_link_return_url: `${campus.platform.url}/return?a=1`,
        accept_types: ['ltiResourceLink'],
        accept_presentation_document_targets: ['iframe'],
        data: 'opaque "data"',
      },
    };
    const browser = new Browser();
    const page = await campus.launch({ user: prof, claims: deep }, browser);
    expect(page.html).toContain('value="doble"');
    const choose = `${campus.url}/api/v1/agents/tutor/lti/choose`;
    const ticket = page.fields['ticket'] ?? '';
    const back = await browser.open(choose, { ticket, exercise: 'doble' });
    expect(back.headers.get('content-security-policy')).toContain(`form-action 'self' ${campus.platform.url}`);
    expect(back.html).toContain(`action="${campus.platform.url}/return?a=1"`);
    const answer = await campus.platform.verify(back.fields['JWT'] ?? '');
    expect(answer).toMatchObject({
      aud: campus.platform.url,
      [`${lti}/deployment_id`]: '1',
      [`${lti}/message_type`]: 'LtiDeepLinkingResponse',
      'https://purl.imsglobal.org/spec/lti-dl/claim/data': 'opaque "data"',
      'https://purl.imsglobal.org/spec/lti-dl/claim/content_items': [
        {
          type: 'ltiResourceLink',
          title: 'El doble',
          custom: { exercise: 'doble' },
          lineItem: { scoreMaximum: 2, resourceId: 'doble', label: 'El doble' },
        },
      ],
    });
    expect((await browser.open(choose, { ticket, exercise: 'doble' })).html).toContain('used already');
    const second = await campus.launch({ user: prof, claims: deep }, browser);
    const cancelled = await browser.open(choose, { ticket: second.fields['ticket'] ?? '', cancel: '1' });
    expect(await campus.platform.verify(cancelled.fields['JWT'] ?? '')).toMatchObject({
      'https://purl.imsglobal.org/spec/lti-dl/claim/content_items': [],
    });
    expect((await campus.launch({ user: eva, claims: deep })).html).toContain('chosen by teachers');
  });

  it('know a new key of this tool before it signs, and none that was taken back', async () => {
    const kids = async () => {
      const answer = await fetch(`${campus.url}/api/v1/agents/tutor/lti/keys`);
      return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    };
    const [first] = await kids();
    await campus.command('lti-new-key');
    expect(await kids()).toHaveLength(2);
    const signedBy = async () => {
      const browser = new Browser();
      const page = await campus.launch(
        {
          user: prof,
          claims: {
            [`${lti}/message_type`]: 'LtiDeepLinkingRequest',
            'https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings': {
              deep_link_return_url: `${campus.platform.url}/return`,
            },
          },
        },
        browser,
      );
      const form = { ticket: page.fields['ticket'] ?? '', exercise: 'doble' };
      const { fields } = await browser.open(`${campus.url}/api/v1/agents/tutor/lti/choose`, form);
      return decodeProtectedHeader(fields['JWT'] ?? '').kid;
    };
    expect(await signedBy()).toBe(first);
    await campus.command('lti-new-key', { compromised: true });
    const [only, ...others] = await kids();
    expect([await signedBy(), others, only === first]).toEqual([only, [], false]);
    const kept = JSON.stringify(await campus.rows('SELECT private_key FROM tutor_lti_keys'));
    expect(kept).not.toMatch(/"d":|"kty"/);
  });

  it('register themselves, once for an invitation', async () => {
    const { url } = await campus.command<{ url: string }>('lti-invite');
    const configuration = `${campus.platform.url}/configuration`;
    const asked = `${url}&openid_configuration=${encodeURIComponent(configuration)}&registration_token=of-the-platform`;
    await campus.rows(`DELETE FROM tutor_lti_platforms`);
    const done = await new Browser().open(asked);
    expect([done.status, done.html]).toEqual([200, expect.stringContaining('org.imsglobal.lti.close')]);
    expect(campus.platform.registrations).toMatchObject([
      {
        application_type: 'web',
        response_types: ['id_token'],
        grant_types: ['implicit', 'client_credentials'],
        initiate_login_uri: campus.login,
        redirect_uris: [campus.launchAddress],
        token_endpoint_auth_method: 'private_key_jwt',
      },
    ]);
    expect((await new Browser().open(asked)).html).toContain('used already');
    expect((await new Browser().open(url)).html).toContain('where tools are registered');
    await campus.rows(`UPDATE tutor_lti_deployments SET course_id = (SELECT id FROM tutor_courses WHERE code = 'LTI1')`);
    expect((await campus.launch({ user: eva })).status).toBe(200);
    const { body } = await campus.timonel.call('GET', '/api/v1/agents/tutor/lti/canvas', undefined, { authorization: undefined });
    expect(body).toMatchObject({ oidc_initiation_url: campus.login, target_link_uri: campus.launchAddress });
  });
});

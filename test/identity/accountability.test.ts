import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booking } from '../../agents/booking/agent.ts';
import { installation } from '../../src/identity/audit/audit-log.ts';
import { newWorkspace } from '../new-workspace.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { addUser, newPerson, type Person, type Problem, post, signIn } from './people.ts';

interface Entry {
  sequence: number;
  action: string;
  actor: { kind: string; id: string | null };
  target: { kind: string; id: string } | null;
  requestId: string | null;
  personal: Record<string, string> | null;
}

describe.each(storeKinds)('accountability (%s)', (kind) => {
  let at: TestTimonel;
  let clock = 0;
  let admin: Person;
  beforeAll(async () => {
    at = await startTimonel(kind, { agents: [booking] }, { now: () => new Date(Date.now() + clock) });
    admin = await newPerson(at, { role: 'admin' });
  });
  afterAll(() => at.close());

  const entries = async (query = '', headers: Record<string, string> = admin.headers) =>
    (await at.call<{ entries: Entry[]; next: number | null }>('GET', `/api/v1/audit${query}`, undefined, headers)).body;

  describe('GET /api/v1/audit', () => {
    it('tells who signed in, from where and in which request', async () => {
      const person = await newPerson(at);
      const [entry] = (await entries(`?actor=${person.id}`)).entries;
      expect(entry).toMatchObject({
        action: 'session-started',
        actor: { kind: 'user', id: person.id },
        target: { kind: 'session', id: person.sessionId },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        personal: { name: 'Ana Prueba', address: '127.0.0.1' },
      });
    });

    it('tells of a sign-in that was refused, without the password', async () => {
      const user = await addUser(at);
      await post(at, '/api/v1/auth/login', { email: user.email, password: 'not the password of anybody' });
      await expect
        .poll(async () => (await entries(`?target=${user.id}`)).entries)
        .toEqual([expect.objectContaining({ action: 'sign-in-refused', actor: { kind: 'anonymous', id: null } })]);
      expect(JSON.stringify(await entries('?limit=500'))).not.toContain('not the password of anybody');
    });

    it('tells of what was refused: once per principal and minute, with the number of those left out', async () => {
      const [member, other] = [await newPerson(at), await newPerson(at)];
      const refused = async () => (await entries('?action=access-refused&limit=500')).entries;
      for (let nth = 0; nth < 5; nth++) await at.call('GET', '/api/v1/audit', undefined, member.headers);
      await at.call('POST', '/api/v1/invitations', { email: 'x@example.com' }, other.headers);
      await expect.poll(async () => (await refused()).length).toBe(2);
      clock += 61_000;
      await at.call('GET', '/api/v1/users', undefined, member.headers);
      await expect.poll(async () => (await refused()).length).toBe(3);
      const [last, , first] = await refused();
      expect(first).toMatchObject({
        actor: { kind: 'user', id: member.id },
        target: { kind: 'route', id: '/api/v1/audit' },
        details: { method: 'GET', code: 'forbidden', permission: 'audit:read' },
        personal: { address: '127.0.0.1' },
      });
      expect(last).toMatchObject({ target: { id: '/api/v1/users' }, details: { permission: 'users:read', unwritten: 4 } });
    });

    it('tells of what was refused to a program that asks for an answer', async () => {
      const { body } = await at.call<{ apiKey: string }>('POST', '/api/v1/api-keys', { name: 'k', scopes: ['agents:read'] });
      const headers = { authorization: `Bearer ${body.apiKey}` };
      const base = await at.timonel.listen();
      const request = { model: 'smart', messages: [{ role: 'user', content: 'Hola' }] };
      const answer = await fetch(`${base}/v1/chat/completions`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(request),
      });
      expect(answer.status).toBe(403);
      await expect
        .poll(async () => (await entries('?action=access-refused&limit=500')).entries.map(({ target }) => target?.id))
        .toContain('/v1/chat/completions');
    });

    it('tells the installation of sign-ins of nobody, thinned out, without the password', async () => {
      const before = (await at.timonel.identity.audit.page(installation, { action: 'sign-in-refused' }, 500)).length;
      const login = (nth: number) =>
        post(at, '/api/v1/auth/login', { email: `nobody-${nth}@example.com`, password: 'not the password of anybody' });
      for (let nth = 0; nth < 10; nth++) await login(nth);
      clock += 61_000;
      await login(10);
      const written = async () =>
        (await at.timonel.identity.audit.page(installation, { action: 'sign-in-refused' }, 500)).slice(0, 2);
      await expect
        .poll(async () => (await at.timonel.identity.audit.page(installation, { action: 'sign-in-refused' }, 500)).length)
        .toBe(before + 2);
      expect(await written()).toMatchObject([
        { details: { by: 'password', unwritten: 9 }, personal: { email: 'nobody-10@example.com' } },
        { actor: { kind: 'anonymous' }, personal: { email: 'nobody-0@example.com', address: '127.0.0.1' } },
      ]);
      expect(JSON.stringify(await written())).not.toContain('not the password of anybody');
    });

    it('gives pages that neither repeat nor leave out anything, and takes filters', async () => {
      for (let nth = 0; nth < 5; nth++) await newPerson(at);
      const all = (await entries('?limit=500')).entries;
      const paged: Entry[] = [];
      for (let before = ''; ; ) {
        const page = await entries(`?limit=2${before}`);
        paged.push(...page.entries);
        if (page.next === null) break;
        before = `&before=${page.next}`;
      }
      expect(paged.map(({ sequence }) => sequence)).toEqual(all.map(({ sequence }) => sequence));
      const started = all.filter(({ action }) => action === 'session-started');
      expect((await entries('?action=session-started&limit=500')).entries).toEqual(started);
      expect((await entries('?to=2020-01-01T00:00:00Z')).entries).toEqual([]);
      const malformed = await at.call<Problem>('GET', '/api/v1/audit?from=yesterday', undefined, admin.headers);
      expect(malformed).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      // The export takes the same filters, and begins with the oldest.
      const exported = await at.timonel.app.inject({
        url: '/api/v1/audit/export?action=session-started',
        headers: admin.headers,
      });
      expect(exported.headers['content-disposition']).toBe('attachment; filename="audit-default.jsonl"');
      const lines = exported.body.split('\n').filter((line) => line !== '');
      expect(lines.map((line) => (JSON.parse(line) as Entry).sequence)).toEqual(
        started.map(({ sequence }) => sequence).toReversed(),
      );
    });

    it('is for those who may read it, and for their own workspace', async () => {
      const member = await newPerson(at);
      expect(await at.call('GET', '/api/v1/audit', undefined, member.headers)).toMatchObject({ status: 403 });
      await newWorkspace(at, 'elsewhere');
      const stranger = await newPerson(at, { role: 'admin', workspaceId: 'elsewhere' });
      const theirs = (await entries('', stranger.headers)).entries.map(({ action }) => action);
      expect(theirs).toEqual(['session-started', 'key-made', 'workspace-made']);
    });

    it('can be verified, and proves against an anchor that nothing was cut off', async () => {
      interface Verified {
        intact: boolean;
        head: string;
        breach?: string;
      }
      const verify = async (query = '') =>
        (await at.call<Verified>('GET', `/api/v1/audit/verification${query}`, undefined, admin.headers)).body;
      const verified = await verify();
      expect(verified).toMatchObject({ intact: true, head: expect.stringMatching(/^\d+:[0-9a-f]{64}$/) });
      await newPerson(at);
      expect(await verify(`?anchor=${verified.head}`)).toMatchObject({ intact: true });
      expect(await verify(`?anchor=${verified.head.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}`)).toMatchObject({
        intact: false,
        breach: 'rewritten',
      });
    });
  });

  describe('POST /api/v1/privacy', () => {
    const call = <T = Problem>(what: 'export' | 'erase', body: object, headers: Record<string, string> = admin.headers) =>
      at.call<T>('POST', `/api/v1/privacy/${what}`, body, headers);

    it('exports and erases a customer who talked to an agent, and the agent’s appointment', async () => {
      const conversation = await at.converse('booking', { name: 'Inés Oyarzún', phone: '+54 9 351 444-3322' });
      for (const text of ['hola, soy Inés Oyarzún, quiero un corte mañana a las 10', 'dale', 'sí, confirmo'])
        await at.say(conversation, text);
      const exported = await call<{ data: Record<string, object[]> }>('export', { phone: '0351 15 444-3322' });
      expect(exported.status).toBe(200);
      expect(exported.body.data['messages']?.length).toBeGreaterThan(2);
      expect(JSON.stringify(exported.body.data['conversations'])).toContain('Inés Oyarzún');
      const erased = await call<{ erased: Record<string, number> }>('erase', { phone: '0351 15 444-3322' });
      expect(erased.body.erased).toMatchObject({ conversations: 1, messages: exported.body.data['messages']?.length });
      expect(await call('export', { phone: '0351 15 444-3322' })).toMatchObject({
        status: 404,
        body: { code: 'person_not_found' },
      });
      const read = await at.call('GET', `/api/v1/conversations/${conversation}`, undefined, admin.headers);
      expect(JSON.stringify(read.body)).not.toMatch(/Inés|444.?3322/);
    });

    it('erases a member, who is gone at once', async () => {
      const person = await newPerson(at);
      const me = () => at.call('GET', '/api/v1/auth/me', undefined, person.headers);
      expect((await me()).status).toBe(200);
      expect(await call('erase', { userId: person.id })).toMatchObject({ status: 200, body: { accountKept: false } });
      expect((await me()).status).toBe(401);
      await expect(signIn(at, person)).rejects.toThrow('credentials_refused');
      expect(await at.call('GET', '/api/v1/audit/verification', undefined, admin.headers)).toMatchObject({
        body: { intact: true },
      });
    });

    it('is for those who may manage it, and says what it needs', async () => {
      const operator = await newPerson(at, { role: 'operator' });
      expect(await call('erase', { userId: operator.id }, operator.headers)).toMatchObject({ status: 403 });
      const define = { permissions: ['privacy:manage'] };
      expect((await at.call('PUT', '/api/v1/roles/privacy-officer', define, admin.headers)).status).toBe(200);
      const officer = await newPerson(at, { role: 'privacy-officer' });
      expect(await call('erase', { userId: operator.id }, officer.headers)).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
      expect(await call('erase', {})).toMatchObject({ status: 400, body: { detail: expect.stringContaining('give a userId') } });
      expect(await call('erase', { userId: admin.id })).toMatchObject({ status: 409, body: { code: 'last_admin' } });
    });
  });
});

/** What somebody gave away is void when they go: every kind of grant, by every way of going. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/identity/permissions.ts';
import { notes } from '../notes-agent.ts';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { addUser, goodPassword, newPerson, type Person, post, type SignedIn, tokenIn, watchMail } from './people.ts';

interface Key {
  id: string;
  name: string;
  apiKey: string;
  needsConfirmation: boolean;
}

/** Somebody who gives, and then goes. */
interface Giver {
  headers: { authorization: string };
  go(): Promise<unknown>;
}

/** Something that was given. */
interface Given {
  /** Resolves where it is void; throws where it is not. */
  expectVoid(): Promise<void>;
}

describe.each(storeKinds)('what was given away (%s)', (kind) => {
  let at: TestTimonel;
  let remove: () => Promise<void>;
  let clock = 0;
  let count = 0;
  let admin: Person;
  const watch = watchMail();
  const now = () => new Date(Date.now() + clock);

  beforeAll(async () => {
    const store = await freshStoreEnvironment(kind);
    remove = store.remove;
    const twice = { calls: [1, 2].map((nth) => ({ tool: 'delete_notes', args: { why: `nth ${nth}` } })) };
    at = await startTimonel(
      kind,
      {
        agents: [notes],
        models: { default: scriptedModel(({ prompt }) => (JSON.stringify(prompt).includes('tool-result') ? 'Listo.' : twice)) },
      },
      { environment: { ...store.environment, TIMONEL_REGISTRATION: 'open' }, now },
    );
    admin = await newPerson(at, { role: 'admin', email: 'admin@example.com' });
  });
  afterAll(async () => {
    watch.stop();
    await at.close();
    await remove();
  });

  const root = () => ({ authorization: `Bearer ${at.apiKey}` });
  const ok = async <T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, body?: object, headers = root()) => {
    const answer = await at.call<T>(method, url, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${url}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const bearer = ({ apiKey }: { apiKey: string }) => ({ authorization: `Bearer ${apiKey}` });
  const statusOf = async (headers: { authorization: string }) =>
    (await at.call('GET', '/api/v1/agents', undefined, headers)).status;
  const keysNow = async () => (await ok<{ apiKeys: Key[] }>('GET', '/api/v1/api-keys')).apiKeys;
  const mailsTo = (email: string) => watch.mails.filter((mail) => mail.to === email);
  const tokenTo = async (email: string) => {
    await expect.poll(() => mailsTo(email).length, { timeout: 20_000 }).toBeGreaterThan(0);
    return tokenIn(mailsTo(email).at(-1));
  };

  const person = async (go: (person: Person, role: string) => Promise<unknown>): Promise<Giver> => {
    const role = `chief-${++count}`;
    await ok('PUT', `/api/v1/roles/${role}`, { permissions });
    const { headers, ...rest } = await newPerson(at, { role });
    return { headers, go: () => go({ headers, ...rest }, role) };
  };
  const key = async (go: (key: Key) => Promise<unknown>, more: object = {}, maker = root()): Promise<Giver> => {
    const made = await ok<Key>('POST', '/api/v1/api-keys', { name: `giver-${++count}`, role: 'admin', ...more }, maker);
    return { headers: bearer(made), go: () => go(made) };
  };

  const givers: Record<string, () => Promise<Giver>> = {
    'a person who is disabled': () => person(({ id }) => ok('PATCH', `/api/v1/users/${id}`, { disabled: true })),
    'a person who is removed': () => person(({ id }) => ok('DELETE', `/api/v1/users/${id}`)),
    'a person with a weaker role': () => person(({ id }) => ok('PATCH', `/api/v1/users/${id}`, { role: 'student' })),
    'a person whose role is redefined': () =>
      person((_person, role) => ok('PUT', `/api/v1/roles/${role}`, { permissions: ['agents:read'] })),
    'a person who is erased': () => person(({ id }) => ok('POST', '/api/v1/privacy/erase', { userId: id })),
    'a person whose account is disabled everywhere': () =>
      person(({ id }) =>
        at.timonel.identity.notices.change(async (client, tell) => {
          await client.query('UPDATE users SET disabled_at = now() WHERE id = $1', [id]);
          tell({ kind: 'user', id });
        }),
      ),
    'a key that is revoked': () => key(({ id }) => ok('DELETE', `/api/v1/api-keys/${id}`)),
    'a key that expires': () =>
      key(async () => (clock += 7_200_000), { expiresAt: new Date(now().getTime() + 3_600_000).toISOString() }),
    'a personal key whose owner is removed': async () => {
      const owner = await person(({ id }) => ok('DELETE', `/api/v1/users/${id}`));
      return { ...(await key(() => owner.go(), { personal: true }, owner.headers)) };
    },
    'a key whose maker is removed': async () => {
      const maker = await person(({ id }) => ok('DELETE', `/api/v1/users/${id}`));
      return { ...(await key(() => maker.go(), {}, maker.headers)) };
    },
  };

  const grants: Record<string, (giver: Giver) => Promise<Given>> = {
    'an invitation': async ({ headers }) => {
      const email = `invited-${kind}-${++count}@example.com`;
      await ok('POST', '/api/v1/invitations', { email, role: 'operator' }, headers);
      const token = await tokenTo(email);
      return {
        async expectVoid() {
          expect(await post(at, '/api/v1/auth/register', { invitation: token, password: goodPassword })).toMatchObject({
            status: 422,
            body: { code: 'link_invalid' },
          });
        },
      };
    },
    'a key of the workspace': async ({ headers }) => {
      const name = `given-${kind}-${++count}`;
      const made = await ok<Key>(
        'POST',
        '/api/v1/api-keys',
        { name, scopes: ['agents:read', 'users:manage', 'keys:manage'] },
        headers,
      );
      const child = await ok<Key>('POST', '/api/v1/api-keys', { name: `${name}-child`, scopes: ['agents:read'] }, bearer(made));
      return {
        async expectVoid() {
          if ((await statusOf(bearer(made))) === 401) return expect(await statusOf(bearer(child))).toBe(401);
          // The programs that use it go on, and whoever has it can give nothing away.
          expect(await statusOf(bearer(child))).toBe(200);
          const invite = await at.call('POST', '/api/v1/invitations', { email: 'x@example.com', role: 'student' }, bearer(made));
          expect(invite.status).toBe(403);
          const listed = (await keysNow()).filter(({ id }) => id === made.id || id === child.id);
          expect(listed.map(({ needsConfirmation }) => needsConfirmation)).toEqual([true, true]);
          const asked = () => mailsTo(admin.email).filter(({ text }) => new RegExp(`${name}(?!-)`).test(text));
          await expect.poll(() => asked().length, { timeout: 20_000 }).toBe(1);
          await ok('POST', `/api/v1/api-keys/${made.id}/confirm`);
          expect((await keysNow()).find(({ id }) => id === made.id)?.needsConfirmation).toBe(false);
        },
      };
    },
    'a personal key': async ({ headers }) => {
      const made = await at.call<Key>('POST', '/api/v1/api-keys', { name: 'mine', personal: true }, headers);
      if (made.status === 400) return { async expectVoid() {} };
      expect(await statusOf(bearer(made.body))).toBe(200);
      return {
        async expectVoid() {
          const headers = bearer(made.body);
          const write = await at.call('POST', '/api/v1/conversations', { agent: 'notes' }, headers);
          const read = await at.call('GET', '/api/v1/users', undefined, headers);
          expect([401, 403]).toContain(read.status);
          // Somebody who became a student may still talk to agents, and so may their key.
          if (write.status === 201)
            expect((await ok<{ role: string }>('GET', '/api/v1/auth/me', undefined, headers)).role).toBe('client');
        },
      };
    },
    'an approval': async ({ headers }) => {
      const conversation = await at.converse('notes');
      const { run } = await at.say(conversation, 'Borrá todo');
      const decide = (call: string, by: { authorization: string }) =>
        ok<{ resumed: boolean }>('POST', `/api/v1/runs/${run.id}/approvals/${call}`, { decision: 'approve' }, by);
      const calls = async () =>
        (await ok<{ approvals: { callId: string; status: string }[] }>('GET', `/api/v1/runs/${run.id}`)).approvals;
      const [first = '', second = ''] = (await calls()).map(({ callId }) => callId);
      expect((await decide(first, headers)).resumed).toBe(false);
      return {
        async expectVoid() {
          expect((await decide(second, root())).resumed).toBe(false);
          expect((await calls()).map(({ status }) => status)).toEqual(['pending', 'approved']);
          expect((await decide(first, root())).resumed).toBe(true);
        },
      };
    },
  };

  const cases = Object.keys(grants).flatMap((what) => Object.keys(givers).map((who) => [what, who] as const));
  it.each(cases)('%s by %s is void', async (what, who) => {
    const giver = await (givers[who] as () => Promise<Giver>)();
    const given = await (grants[what] as (giver: Giver) => Promise<Given>)(giver);
    await giver.go();
    await given.expectVoid();
  });

  describe('an invitation to somebody', () => {
    const accept = (token: string) => post<SignedIn>(at, '/api/v1/auth/register', { invitation: token, password: goodPassword });
    const invited = async () => {
      const email = `to-${kind}-${++count}@example.com`;
      await ok('POST', '/api/v1/invitations', { email, role: 'operator' });
      const token = await tokenTo(email);
      return { token, user: await addUser(at, { email, role: 'member' }) };
    };

    it('does not let in again who was disabled, or was removed', async () => {
      const disabled = await invited();
      await ok('PATCH', `/api/v1/users/${disabled.user.id}`, { disabled: true });
      expect((await accept(disabled.token)).status).toBe(422);
      const removed = await invited();
      await ok('DELETE', `/api/v1/users/${removed.user.id}`);
      expect((await accept(removed.token)).status).toBe(422);
    });

    it('gives nobody another role, nor opens a membership that was disabled behind its back', async () => {
      const { token, user } = await invited();
      expect(await accept(token)).toMatchObject({ status: 409, body: { code: 'already_member' } });
      await at.timonel.store.pool.executeText('UPDATE memberships SET disabled_at = now() WHERE user_id = $1', [user.id]);
      expect(await accept(token)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      expect(await ok('GET', `/api/v1/users/${user.id}`)).toMatchObject({ role: 'member', disabled: true });
    });
  });

  describe('a key', () => {
    const make = (body: object, headers = root()) => ok<Key>('POST', '/api/v1/api-keys', { name: 'k', ...body }, headers);

    it('outlives the key that made it in no way', async () => {
      const expiresAt = new Date(now().getTime() + 3_600_000).toISOString();
      const short = bearer(await make({ role: 'admin', expiresAt }));
      expect(await make({}, short)).toMatchObject({ expiresAt });
      const later = new Date(now().getTime() + 7_200_000).toISOString();
      expect((await at.call('POST', '/api/v1/api-keys', { name: 'k', expiresAt: later }, short)).status).toBe(403);
      const eternal = await make({});
      expect((await at.call('POST', `/api/v1/api-keys/${eternal.id}/rotate`, {}, short)).status).toBe(403);
    });

    it('is revoked by those alone who could make it', async () => {
      const strong = await make({ role: 'admin' });
      const weak = bearer(await make({ scopes: ['keys:manage', 'keys:read'] }));
      expect((await at.call('DELETE', `/api/v1/api-keys/${strong.id}`, undefined, weak)).status).toBe(403);
      expect(await statusOf(bearer(strong))).toBe(200);
    });

    it('that is personal has its secret renewed by its owner alone', async () => {
      const own = await make({ personal: true }, (await newPerson(at, { role: 'admin' })).headers);
      expect((await at.call('POST', `/api/v1/api-keys/${own.id}/rotate`, {}, root())).status).toBe(403);
    });

    it('for a web page reads and goes on with its own conversations only', async () => {
      const [page, other] = [bearer(await make({ role: 'client' })), bearer(await make({ role: 'client' }))];
      const { id } = await ok<{ id: string }>('POST', '/api/v1/conversations', { agent: 'notes' }, page);
      expect((await at.call('GET', `/api/v1/conversations/${id}`, undefined, page)).status).toBe(200);
      expect((await at.call('GET', `/api/v1/conversations/${id}`, undefined, other)).status).toBe(404);
      const say = await at.call('POST', `/api/v1/conversations/${id}/messages`, { text: 'Hola' }, other);
      expect(say.status).toBe(404);
    });
  });
});

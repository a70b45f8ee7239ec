/** Whatever goes wrong while it is found out who asks: the door stays shut. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrorCode, errorTable, TimonelError } from '../../src/errors.ts';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { newPerson, type Person } from './people.ts';

/** What a faulty step might throw, or hand back instead of an answer. */
const faults: [string, () => unknown][] = [
  ['an Error', () => Promise.reject(new Error('broken'))],
  ['a TypeError, at once', () => badCall()],
  ['nothing', () => Promise.reject(undefined)],
  ['null', () => Promise.reject(null)],
  ['a text', () => Promise.reject('broken')],
  ['a status of its own', () => Promise.reject(Object.assign(new Error('fine'), { statusCode: 200 }))],
  ['undefined as the answer', () => Promise.resolve(undefined)],
  ['null as the answer', () => Promise.resolve(null)],
  ['true as the answer', () => Promise.resolve(true)],
  ['an empty object as the answer', () => Promise.resolve({})],
  ...Object.keys(errorTable).map((code): [string, () => unknown] => [
    code,
    () => Promise.reject(new TimonelError(code as ErrorCode, 'broken')),
  ]),
];

function badCall(): never {
  throw new TypeError('x is not a function');
}

describe('the guard', () => {
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  let person: Person;
  beforeAll(async () => {
    const store = await freshStoreEnvironment('embedded');
    remove = store.remove;
    // Nothing is remembered, so that each request takes every step.
    const environment = { ...store.environment, TIMONEL_ACCESS_CACHE_MS: '0' };
    timonel = await startTimonel('embedded', { agents: [notes] }, { environment });
    person = await newPerson(timonel, { role: 'admin' });
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
  });

  const byToken = () => person.headers;
  const byKey = () => ({ authorization: `Bearer ${timonel.apiKey}` });
  const byCookie = () => ({ authorization: undefined, cookie: `__Host-timonel-session=${person.accessToken}` });
  const steps = (): [string, object, string, () => Record<string, string | undefined>][] => {
    const { identity, store } = timonel.timonel;
    return [
      ['authenticating', identity.authenticator, 'authenticate', byToken],
      ['verifying the token', identity.tokens, 'verify', byToken],
      ['verifying the token of the cookie', identity.tokens, 'verify', byCookie],
      ['looking up the session', identity.access, 'ofSession', byToken],
      ['looking up the key', identity.apiKeys, 'find', byKey],
      ['looking up the digest of the key', identity.access, 'ofDigest', byKey],
      ['asking the database for the session', store.pool, 'execute', byToken],
      ['asking the database for the key', store.pool, 'execute', byKey],
    ];
  };

  it('lets nobody in when one of its steps fails, in whatever way', async () => {
    for (const [step, owner, method, headers] of steps()) {
      for (const [fault, fail] of faults) {
        expect(['before', await ask(headers())]).toEqual(['before', 200]);
        Object.defineProperty(owner, method, { value: fail, configurable: true });
        let status: number;
        try {
          status = await ask(headers());
        } finally {
          Reflect.deleteProperty(owner, method);
        }
        expect([step, fault, [401, 403, 503].includes(status)]).toEqual([step, fault, true]);
      }
    }
  });

  it('lets nobody in whose permissions cannot be read', async () => {
    const { authenticator } = timonel.timonel.identity;
    const principal = await authenticator.authenticate({ ...byToken(), safe: true });
    for (const permissions of [undefined, null, {}, [], 'agents:read', ['agents:read'], new Map(), new Set()]) {
      Object.defineProperty(authenticator, 'authenticate', {
        value: async () => ({ ...principal, permissions }),
        configurable: true,
      });
      const status = await ask(byToken());
      Reflect.deleteProperty(authenticator, 'authenticate');
      expect([permissions, [401, 403, 503].includes(status)]).toEqual([permissions, true]);
    }
  });

  it('tells the log what went wrong, and the caller nothing of it', async () => {
    const { tokens } = timonel.timonel.identity;
    Object.defineProperty(tokens, 'verify', { value: () => Promise.reject(new Error('the secret is 1234')), configurable: true });
    const { status, body } = await timonel.call('GET', '/api/v1/agents', undefined, byToken());
    Reflect.deleteProperty(tokens, 'verify');
    expect([status, body['code'], body['retryable']]).toEqual([503, 'access_unchecked', true]);
    expect(JSON.stringify(body)).not.toContain('1234');
  });

  async function ask(headers: Record<string, string | undefined>): Promise<number> {
    return (await timonel.call('GET', '/api/v1/agents', undefined, headers)).status;
  }
});

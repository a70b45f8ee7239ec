/**
 * Tokens that nobody here issued, each wrong in one way. The classes of malformed signatures are those of Wycheproof's
 * `json_web_signature_test` (github.com/C2SP/wycheproof), made anew from a valid token of ours: its own vectors carry no claims.
 */
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign as signWith } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config.ts';
import { AccessTokens } from '../../src/identity/access-tokens.ts';
import { ServerKeys } from '../../src/identity/secrets.ts';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { newPerson, type Person } from './people.ts';

const secret = Buffer.from('6ad1f0c39e5b7284d17c60ab83f29e4570cd1be8a64f39d20e8b57c1f4932ad6', 'hex').toString('hex');
const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

describe.each(['HS256', 'EdDSA'] as const)('a forged access token (%s)', (alg) => {
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  let person: Person;
  let key: Uint8Array;
  let kid: string;
  let claims: Record<string, unknown>;
  beforeAll(async () => {
    const store = await freshStoreEnvironment('embedded');
    remove = store.remove;
    const environment = { ...store.environment, TIMONEL_SECRET: secret, TIMONEL_TOKEN_ALGORITHM: alg };
    timonel = await startTimonel('embedded', { agents: [notes] }, { environment });
    person = await newPerson(timonel);
    const keys = await ServerKeys.open(readSettings({ TIMONEL_SECRET: secret }), timonel.timonel.store.pool);
    ({ key, kid } = keys.current('access-tokens'));
    claims = JSON.parse(Buffer.from(person.accessToken.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
  });

  const privateKey = () =>
    createPrivateKey({
      key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), key]),
      format: 'der',
      type: 'pkcs8',
    });
  /** Signs with the server's own key: only what is said about it is wrong. */
  const signed = (header: unknown, payload: unknown): string => {
    const input = `${encode(header)}.${encode(payload)}`;
    const signature =
      alg === 'HS256' ? createHmac('sha256', key).update(input).digest() : signWith(null, Buffer.from(input), privateKey());
    return `${input}.${signature.toString('base64url')}`;
  };
  const header = () => ({ alg, typ: 'at+jwt', kid });
  const status = async (token: string) =>
    (await timonel.call('GET', '/api/v1/auth/me', undefined, { authorization: `Bearer ${token}` })).status;
  const refused = async (forged: Record<string, string>) => {
    for (const [name, token] of Object.entries(forged)) expect([name, await status(token)]).toEqual([name, 401]);
  };

  it('can be told from the same token, rightly made', async () => {
    expect(signed(header(), claims)).toBe(person.accessToken);
    expect(await status(signed(header(), claims))).toBe(200);
  });

  it('is refused for its header', async () => {
    const [, payload = ''] = person.accessToken.split('.');
    const none = (name: string) => `${encode({ ...header(), alg: name })}.${payload}.`;
    const pair = generateKeyPairSync('ed25519');
    const jwk = pair.publicKey.export({ format: 'jwk' });
    const byStranger = (head: object, by: KeyObject) => {
      const input = `${encode(head)}.${payload}`;
      return `${input}.${signWith(null, Buffer.from(input), by).toString('base64url')}`;
    };
    const publicBytes = createPublicKey(privateKey());
    const confused = (bytes: Buffer | string) => {
      const input = `${encode({ ...header(), alg: 'HS256' })}.${payload}`;
      return `${input}.${createHmac('sha256', bytes).update(input).digest('base64url')}`;
    };
    await refused({
      'alg none': none('none'),
      'alg None': none('None'),
      'alg NONE': none('NONE'),
      'alg nOnE with a signature': signed({ ...header(), alg: 'nOnE' }, claims),
      'alg of the other kind': signed({ ...header(), alg: alg === 'HS256' ? 'EdDSA' : 'HS256' }, claims),
      'alg HS512': signed({ ...header(), alg: 'HS512' }, claims),
      'alg missing': signed({ typ: 'at+jwt', kid }, claims),
      'alg not a text': signed({ ...header(), alg: 1 }, claims),
      'typ JWT': signed({ ...header(), typ: 'JWT' }, claims),
      'typ missing': signed({ alg, kid }, claims),
      'typ in capitals': signed({ ...header(), typ: 'AT+JWT' }, claims),
      'kid unknown': signed({ ...header(), kid: 'somebody-else' }, claims),
      'kid missing': signed({ alg, typ: 'at+jwt' }, claims),
      'kid a path': signed({ ...header(), kid: '../../dev/null' }, claims),
      'kid an injection': signed({ ...header(), kid: "' OR '1'='1" }, claims),
      'an extra member': signed({ ...header(), x: 1 }, claims),
      'crit that nobody knows': signed({ ...header(), crit: ['x'], x: 1 }, claims),
      'b64 false': signed({ ...header(), b64: false, crit: ['b64'] }, claims),
      'a doubled alg': signed(`{"alg":"none","alg":"${alg}","typ":"at+jwt","kid":"${kid}"}`, claims),
      'another order of members': signed({ typ: 'at+jwt', alg, kid }, claims),
      'a key of its own, embedded': byStranger({ ...header(), alg: 'EdDSA', jwk }, pair.privateKey),
      'a key of its own, at an address': byStranger(
        { ...header(), alg: 'EdDSA', jku: 'https://evil.example.com/jwks.json' },
        pair.privateKey,
      ),
      'a certificate of its own': byStranger({ ...header(), alg: 'EdDSA', x5c: ['MIIB'] }, pair.privateKey),
      'a key of its own under our name': byStranger(header(), pair.privateKey),
      'the public key taken for a secret, PEM': confused(publicBytes.export({ format: 'pem', type: 'spki' })),
      'the public key taken for a secret, DER': confused(publicBytes.export({ format: 'der', type: 'spki' })),
      'the public key taken for a secret, raw': confused(Buffer.from(publicBytes.export({ format: 'jwk' }).x ?? '', 'base64url')),
      'an empty secret': confused(''),
    });
  });

  it('is refused for its claims, though the signature is right', async () => {
    const now = Math.floor(Date.now() / 1000);
    const text = JSON.stringify(claims);
    const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
    const stranger = crypto.randomUUID();
    const payloads: Record<string, unknown> = {
      expired: { ...claims, iat: now - 3_600, exp: now - 1 },
      'expires as a text': { ...claims, exp: String(claims['exp']) },
      'expires never': { ...claims, exp: Number.MAX_VALUE },
      'of another issuer': { ...claims, iss: 'https://accounts.example.com' },
      'of several issuers': { ...claims, iss: ['timonel'] },
      'for another audience': { ...claims, aud: 'other-api' },
      'for several audiences': { ...claims, aud: ['timonel-api', 'other-api'] },
      'not valid before tomorrow': { ...claims, nbf: now + 86_400 },
      'with a role': { ...claims, role: 'admin' },
      'of another person in the session': { ...claims, sub: stranger },
      'of a session that is not there': { ...claims, sid: stranger },
      'of a session by injection': { ...claims, sid: "' OR '1'='1" },
      'of a session that is an object': { ...claims, sid: { $ne: null } },
      'a doubled subject': text.replace('"sub"', `"sub":"${stranger}","sub"`),
      'a doubled subject, the right one first': text.replace('}', `,"sub":"${stranger}"}`),
      'a doubled expiry': text.replace('"exp"', `"exp":${now + 999_999},"exp"`),
      'spaces between members': text.replace('{', '{ '),
      'a prototype': text.replace('{', '{"__proto__":{},'),
      'a list': [claims],
      'a text': '"timonel"',
      null: 'null',
      'no JSON': 'foo',
      ...Object.fromEntries(Object.keys(claims).map((name) => [`without ${name}`, without(name)])),
    };
    await refused(Object.fromEntries(Object.entries(payloads).map(([name, payload]) => [name, signed(header(), payload)])));
  });

  it('is refused for its form (the classes of Wycheproof)', async () => {
    const [head = '', payload = '', signature = ''] = person.accessToken.split('.');
    const flip = (part: string) => (part.startsWith('A') ? 'B' : 'A') + part.slice(1);
    const last = signature.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // The same bytes by another spelling: the last character carries bits that decoders drop.
    const respelt = signature.slice(0, -1) + alphabet[alphabet.indexOf(last) ^ 1];
    await refused({
      'modified signature': `${head}.${payload}.${flip(signature)}`,
      'missing signature': `${head}.${payload}.`,
      'missing signature and separator': `${head}.${payload}`,
      'modified payload': `${head}.${flip(payload)}.${signature}`,
      'missing payload': `${head}..${signature}`,
      'missing payload and separator': `${head}.${signature}`,
      'modified header': `${flip(head)}.${payload}.${signature}`,
      'missing header': `.${payload}.${signature}`,
      'missing header and separator': `${payload}.${signature}`,
      'missing header and signature': `.${payload}.`,
      'payload alone': payload,
      'separators alone': '..',
      'extra empty component': `${person.accessToken}.`,
      'extra component': `${person.accessToken}.foo`,
      'JSON serialization': JSON.stringify({ payload, signatures: [{ protected: head, signature }] }),
      'flattened JSON serialization': JSON.stringify({ payload, protected: head, signature }),
      'truncated signature': person.accessToken.slice(0, -2),
      'truncated to half': person.accessToken.slice(0, person.accessToken.length / 2),
      'the signature of another token': `${head}.${encode({ ...claims, exp: Number(claims['exp']) + 1 })}.${signature}`,
      'signature spelt otherwise': `${head}.${payload}.${respelt}`,
      'padded signature': `${person.accessToken}=`,
      'padded payload': `${head}.${payload}=.${signature}`,
      'base64 instead of base64url': `${head}.${payload}.${Buffer.from(signature, 'base64url').toString('base64')}`,
      'a space inside': `${head}. ${payload}.${signature}`,
      'a line break at the end': `${person.accessToken}%0A`,
      'too long': `${head}.${payload}${'A'.repeat(2_000)}.${signature}`,
      'far too long': 'A'.repeat(12_000),
      empty: '',
    });
  });

  it('does not open anything with a refresh token, an API key of others, or credentials of two kinds', async () => {
    await refused({ 'the refresh token': person.refreshToken, 'an unknown key': `tim_${'A'.repeat(43)}`, 'half a key': 'tim_x' });
    const both = { authorization: `Bearer ${person.accessToken}x`, 'x-api-key': timonel.apiKey };
    expect((await timonel.call('GET', '/api/v1/auth/me', undefined, both)).status).toBe(401);
    expect(
      (await timonel.call('GET', '/api/v1/auth/me', undefined, { authorization: undefined, 'x-api-key': timonel.apiKey })).status,
    ).toBe(200);
    const keyed = { authorization: undefined, 'x-api-key': person.accessToken };
    expect((await timonel.call('GET', '/api/v1/auth/me', undefined, keyed)).status).toBe(401);
  });

  it('publishes public keys only, and none of a shared secret', async () => {
    const { body } = await timonel.call<{ keys: Record<string, string>[] }>('GET', '/.well-known/jwks.json', undefined, {
      authorization: undefined,
    });
    if (alg === 'HS256') expect(body).toEqual({ keys: [] });
    else {
      expect(body.keys).toEqual([
        { kty: 'OKP', crv: 'Ed25519', x: expect.stringMatching(/^[\w-]{43}$/), kid, alg: 'EdDSA', use: 'sig' },
      ]);
    }
  });
});

it('takes tokens of the secret before while both are set, and signs with the new one', async () => {
  const store = await freshStoreEnvironment('embedded');
  const before = await startTimonel(
    'embedded',
    { agents: [notes] },
    { environment: { ...store.environment, TIMONEL_SECRET: secret } },
  );
  const person = await newPerson(before);
  await before.close(false);
  const next = Buffer.from('c81e6f20b95d4a73e1f80c6b2d947a5e30bf81d6ca729e054f1b63d8a7c09e52', 'hex').toString('base64');
  const rotated = { ...store.environment, TIMONEL_SECRET: next, TIMONEL_SECRET_PREVIOUS: secret };
  const after = await startTimonel('embedded', { agents: [notes] }, { environment: rotated });
  const me = (authorization: string) => after.call('GET', '/api/v1/auth/me', undefined, { authorization });
  expect((await me(`Bearer ${person.accessToken}`)).status).toBe(200);
  const { body } = await after.call<{ accessToken: string }>('POST', '/api/v1/auth/refresh', { refreshToken: person.refreshToken });
  expect((await me(`Bearer ${body.accessToken}`)).status).toBe(200);
  expect(body.accessToken.split('.')[0]).not.toBe(person.accessToken.split('.')[0]);
  await after.close(false);
  const alone = await startTimonel(
    'embedded',
    { agents: [notes] },
    { environment: { ...store.environment, TIMONEL_SECRET: next } },
  );
  const old = await alone.call('GET', '/api/v1/auth/me', undefined, { authorization: `Bearer ${person.accessToken}` });
  expect(old.status).toBe(401);
  await alone.close();
  await store.remove();
});

it('draws a key of its own for each purpose', async () => {
  const store = await startTimonel('embedded', { agents: [notes] });
  const keys = await ServerKeys.open(readSettings({ TIMONEL_SECRET: secret }), store.timonel.store.pool);
  const tokens = new AccessTokens({ keys, algorithm: 'HS256', now: () => new Date() });
  const [head = '', payload = ''] = (await tokens.issue(crypto.randomUUID(), crypto.randomUUID())).split('.');
  for (const purpose of ['csrf', 'refresh-successors', 'second-factor', 'mail']) {
    const signature = createHmac('sha256', keys.current(purpose).key).update(`${head}.${payload}`).digest('base64url');
    expect([purpose, await tokens.verify(`${head}.${payload}.${signature}`)]).toEqual([purpose, undefined]);
  }
  await store.close();
});

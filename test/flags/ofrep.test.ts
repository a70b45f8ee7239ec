/** The protocol as the clients of OpenFeature speak it, over real HTTP. */
import { OFREPApi } from '@openfeature/ofrep-core';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { type Client, OpenFeature } from '@openfeature/server-sdk';
import {
  OpenFeature as WebOpenFeature,
  type Provider as WebProvider,
  ProviderEvents as WebProviderEvents,
} from '@openfeature/web-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notes } from '../notes-agent.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of the API, asserted on
type Body = any;

describe.each(storeKinds)('the OpenFeature Remote Evaluation Protocol (%s)', (kind) => {
  let at: TestTimonel;
  let baseUrl: string;
  /** A key for flags alone. */
  let key: string;
  let client: Client;
  const domain = `ofrep-${kind}`;
  beforeAll(async () => {
    at = await startTimonel(kind, { agents: [notes] });
    baseUrl = await at.timonel.listen();
    const made = await at.call<{ apiKey: string }>('POST', '/api/v1/api-keys', { name: 'shop', scopes: ['flags:evaluate'] });
    key = made.body.apiKey;
    await OpenFeature.setProviderAndWait(domain, new OFREPProvider({ baseUrl, headers: [['X-API-Key', key]] }));
    client = OpenFeature.getClient(domain);
    const half = [{ split: [{ variant: 'blue', percentage: 50 }] }];
    await put('colour', { type: 'string', variants: { red: '#f00', blue: '#00f' }, defaultVariant: 'red', rules: half });
    await put('on', {
      type: 'boolean',
      variants: { yes: true, no: false },
      defaultVariant: 'no',
      rules: [{ when: [{ attribute: 'country', in: ['AR'] }], variant: 'yes' }],
    });
    await put('many', { type: 'number', variants: { few: 2.5, lots: 90 }, defaultVariant: 'few', enabled: false });
    await put('layout', { type: 'object', variants: { plain: { columns: 1, parts: ['a'] } }, defaultVariant: 'plain' });
  });
  afterAll(async () => {
    await at.close();
  });
  const put = async (name: string, body: object) => {
    const { status } = await at.call('PUT', `/api/v1/flags/${name}`, body);
    expect(status).toBe(200);
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    at.call<Body>('POST', `/ofrep/v1/evaluate/flags${path}`, body, { authorization: `Bearer ${key}`, ...headers });

  it('answers the provider of the server SDK: values of every type, variants, reasons, and why', async () => {
    expect(await client.getBooleanDetails('on', false, { targetingKey: 'ana', country: 'AR' })).toMatchObject({
      value: true,
      variant: 'yes',
      reason: 'TARGETING_MATCH',
      flagMetadata: { version: 1, rule: 1, why: 'Rule 1 of 1 holds (country) and names the variant.' },
    });
    expect(await client.getBooleanDetails('on', true, {})).toMatchObject({ value: false, reason: 'DEFAULT' });
    expect(await client.getNumberDetails('many', 1)).toMatchObject({ value: 2.5, reason: 'DISABLED' });
    expect(await client.getObjectDetails('layout', {})).toMatchObject({ value: { columns: 1, parts: ['a'] }, reason: 'STATIC' });
    const colours = await Promise.all(
      ['ana', 'eva', 'ana', 'luz'].map((targetingKey) => client.getStringDetails('colour', '', { targetingKey })),
    );
    const [first, , again] = colours;
    expect(first).toEqual(again);
    for (const { value, reason, flagMetadata } of colours) {
      expect(reason).toBe('SPLIT');
      expect(value).toBe(Number(flagMetadata['bucket']) < 5_000 ? '#00f' : '#f00');
    }
  });

  it('gives the provider errors that it knows', async () => {
    expect(await client.getBooleanDetails('nothing', true)).toMatchObject({
      value: true,
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await client.getBooleanDetails('colour', true)).toMatchObject({ value: true, errorCode: 'TYPE_MISMATCH' });
    // biome-ignore lint/suspicious/noExplicitAny: what a client without types could send
    expect(await client.getBooleanDetails('on', true, { targetingKey: 5 as any })).toMatchObject({
      value: true,
      errorCode: 'INVALID_CONTEXT',
    });
  });

  it('answers all flags at once, and says when nothing has changed', async () => {
    const api = new OFREPApi(baseUrl);
    const ask = (context: object, etag?: string | null) =>
      api.postBulkEvaluateFlags({ context } as never, {
        headers: [['Authorization', `Bearer ${key}`], ...(etag ? [['If-None-Match', etag] as [string, string]] : [])],
      });
    const first = await ask({ targetingKey: 'ana', country: 'AR' });
    expect(first.httpStatus).toBe(200);
    expect((first.value as Body).flags.map((flag: Body) => [flag.key, flag.value, flag.reason])).toEqual([
      ['colour', '#f00', 'SPLIT'],
      ['layout', { columns: 1, parts: ['a'] }, 'STATIC'],
      ['many', 2.5, 'DISABLED'],
      ['on', true, 'TARGETING_MATCH'],
    ]);
    const etag = first.httpResponse?.headers.get('etag');
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    const same = await ask({ targetingKey: 'ana', country: 'AR' }, etag);
    expect([same.httpStatus, same.httpResponse?.headers.get('etag')]).toEqual([304, etag]);
    expect((await ask({ targetingKey: 'ana', country: 'AR' }, `"x", W/${etag}`)).httpStatus).toBe(304);
    const bare = await post('', { context: { targetingKey: 'ana', country: 'AR' } }, { 'if-none-match': String(etag) });
    expect([bare.status, bare.body, bare.headers['content-length'], bare.headers['content-type']]).toEqual([
      304,
      '',
      undefined,
      undefined,
    ]);
    // Another context has another answer, and a changed flag too.
    expect((await ask({ targetingKey: 'ana', country: 'CL' }, etag)).httpStatus).toBe(200);
    await put('many', { type: 'number', variants: { few: 3 }, defaultVariant: 'few' });
    expect((await ask({ targetingKey: 'ana', country: 'AR' }, etag)).httpStatus).toBe(200);
  });

  it('answers the provider of the web SDK, which keeps all flags and looks for changes', async () => {
    const provider = new OFREPWebProvider({
      baseUrl,
      headers: [['Authorization', `Bearer ${key}`]],
      pollInterval: 50,
      cacheMode: 'disabled',
    });
    await WebOpenFeature.setProviderAndWait(domain, provider as WebProvider, { targetingKey: 'ana', country: 'AR' });
    const web = WebOpenFeature.getClient(domain);
    expect(web.getBooleanDetails('on', false)).toMatchObject({ value: true, variant: 'yes', reason: 'TARGETING_MATCH' });
    expect(web.getBooleanDetails('nothing', false)).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
    const changed: string[] = [];
    web.addHandler(WebProviderEvents.ConfigurationChanged, (event) => void changed.push(...(event?.flagsChanged ?? [])));
    await put('layout', { type: 'object', variants: { wide: { columns: 3 } }, defaultVariant: 'wide' });
    await expect.poll(() => web.getObjectValue('layout', {}), { timeout: 20_000 }).toEqual({ columns: 3 });
    expect(new Set(changed)).toEqual(new Set(['layout']));
    await WebOpenFeature.clearProviders();
  });

  it('writes errors as the protocol has them, and says what a problem document would', async () => {
    expect(await post('/nothing', {})).toMatchObject({
      status: 404,
      body: {
        key: 'nothing',
        errorCode: 'FLAG_NOT_FOUND',
        errorDetails: 'There is no flag "nothing" in this workspace.',
        code: 'not_found',
      },
    });
    expect(await post('/on', '{"context":')).toMatchObject({ status: 400, body: { key: 'on', errorCode: 'PARSE_ERROR' } });
    for (const wrong of [{ context: [] }, { context: 'ana' }, { context: { targetingKey: 5 } }, []]) {
      expect(await post('/on', wrong)).toMatchObject({ status: 400, body: { key: 'on', errorCode: 'INVALID_CONTEXT' } });
      const { status, body } = await post('', wrong);
      expect([status, body.errorCode, 'key' in body]).toEqual([400, 'INVALID_CONTEXT', false]);
    }
    // What the protocol leaves open is no error.
    for (const little of [{}, { context: null }, { context: {} }, { context: { targetingKey: null } }, { context: {}, more: 1 }]) {
      expect((await post('/on', little)).status).toBe(200);
    }
    expect(await post('/on', {}, { authorization: 'Bearer x' })).toMatchObject({
      status: 401,
      body: { errorCode: 'GENERAL', code: 'unauthenticated' },
    });
  });

  it('lets a key for flags ask for flags and do nothing else, and asks for that permission', async () => {
    const get = (path: string) => at.call('GET', path, undefined, { authorization: `Bearer ${key}` });
    for (const path of ['/api/v1/flags', '/api/v1/flags/on', '/api/v1/releases', '/api/v1/agents', '/api/v1/conversations/x'])
      expect([path, (await get(path)).status]).toEqual([path, 403]);
    const other = await at.call<{ apiKey: string }>('POST', '/api/v1/api-keys', { name: 'reads', scopes: ['releases:read'] });
    const refused = await post('/on', {}, { authorization: `Bearer ${other.body.apiKey}` });
    expect(refused).toMatchObject({ status: 403, body: { permission: 'flags:evaluate', errorCode: 'GENERAL' } });
    const provider = new OFREPProvider({ baseUrl, headersFactory: () => [['Authorization', `Bearer ${other.body.apiKey}`]] });
    await expect(provider.resolveBooleanEvaluation('on', true, {})).rejects.toMatchObject({ response: { status: 403 } });
  });
});

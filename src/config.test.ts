import { expect, it } from 'vitest';
import { readSettings } from './config.ts';

it('reports every bad key at once, with what would have worked', () => {
  const read = () =>
    readSettings({
      TIMONEL_PORT: '99999',
      DATABASE_URL: 'mysql://x',
      TIMONEL_TIME_ZONE: 'Mars/Olympus',
      TIMONEL_PROT: '1',
      TIMONEL_MODEL: 'm',
    });
  expect(read).toThrow(/5 bad setting/);
  for (const part of [
    'TIMONEL_PORT',
    'postgres://',
    'Europe/Madrid',
    'TIMONEL_PROT: no such setting',
    'TIMONEL_MODEL_URL: give the base URL',
  ]) {
    expect(read).toThrow(part);
  }
});

it('takes an empty environment: everything has a default', () => {
  expect(readSettings({})).toMatchObject({
    port: 8000,
    host: '127.0.0.1',
    models: { configuredModel: undefined },
    database: { url: undefined },
  });
});

const strong = '3f9c1a7be2d04586917fc3aa52b8e06d4c1f7b9325ae8d60f1429b7e05c3d8fa';

it('starts in production with a secret, https and nothing that lets strangers in', () => {
  const settings = readSettings({
    TIMONEL_ENV: 'production',
    TIMONEL_SECRET: strong,
    TIMONEL_PUBLIC_URL: 'https://agents.example.com/',
    TIMONEL_CORS_ORIGINS: 'https://console.example.com, https://www.example.com',
    TIMONEL_TRUSTED_PROXIES: '10.0.0.7,fd00::/8',
  });
  expect(settings).toMatchObject({
    environment: 'production',
    publicUrl: 'https://agents.example.com',
    corsOrigins: ['https://console.example.com', 'https://www.example.com'],
    trustedProxies: ['10.0.0.7', 'fd00::/8'],
  });
  expect(settings.secrets.current).toHaveLength(32);
});

it.each([{ TIMONEL_ENV: 'production' }, { ENVIRONMENT: 'production' }])(
  'lists everything that production refuses at once (%o)',
  (flag) => {
    const read = () =>
      readSettings({
        ...flag,
        TIMONEL_PUBLIC_URL: 'http://agents.example.com',
        TIMONEL_CORS_ORIGINS: '*',
        TIMONEL_REGISTRATION: 'open',
        TIMONEL_EMAIL_VERIFICATION: '0',
      });
    expect(read).toThrow(/5 bad setting/);
    for (const key of ['TIMONEL_SECRET', 'TIMONEL_PUBLIC_URL', 'TIMONEL_CORS_ORIGINS', 'TIMONEL_REGISTRATION', 'TIMONEL_SMTP_URL'])
      expect(read).toThrow(`${key}: `);
  },
);

it('takes a platform that says nothing of production for none', () => {
  expect(readSettings({ ENVIRONMENT: 'staging' }).environment).toBe('development');
});

it.each([
  ['a word', 'changeme'],
  ['too few bytes', 'kX8tq2vJm5hGzL1wRb9c'],
  ['a repeated pattern', '0123456789abcdef'.repeat(4)],
  ['one character', 'A'.repeat(64)],
  ['a sentence', 'this is a secret that is long enough but it is a sentence'],
])('refuses a secret that is %s, also in development', (_, TIMONEL_SECRET) => {
  expect(() => readSettings({ TIMONEL_SECRET })).toThrow('`timonel secrets generate` makes one');
});

it('refuses a rotation that keeps the same secret, or has no new one', () => {
  expect(() => readSettings({ TIMONEL_SECRET: strong, TIMONEL_SECRET_PREVIOUS: strong })).toThrow('not the same one');
  expect(() => readSettings({ TIMONEL_SECRET_PREVIOUS: strong })).toThrow('beside the new secret');
});

it.each(['true', '1', '10.0.0.0/33', '0.0.0.0/0', 'proxy.example.com', '10.0.0.1/8/2'])(
  'refuses "%s" as a trusted proxy: only addresses are believed',
  (TIMONEL_TRUSTED_PROXIES) => {
    expect(() => readSettings({ TIMONEL_TRUSTED_PROXIES })).toThrow('CIDR');
  },
);

it.each(['https://console.example.com/', 'console.example.com', 'https://console.example.com/app'])(
  'refuses "%s" as an origin, which no browser would ever send',
  (TIMONEL_CORS_ORIGINS) => {
    expect(() => readSettings({ TIMONEL_CORS_ORIGINS })).toThrow('no path');
  },
);

const google = { id: 'google', issuer: 'https://accounts.google.com', clientId: 'a', clientSecret: 'b' };

it('reads the services that people may sign in with', () => {
  const { oidcProviders } = readSettings({
    TIMONEL_OIDC_PROVIDERS: JSON.stringify([google, { ...google, id: 'ours', trustEmail: true }]),
  });
  expect(oidcProviders).toMatchObject([
    { id: 'google', scope: 'openid email profile', trustEmail: false },
    { id: 'ours', trustEmail: true },
  ]);
});

it.each([
  ['{', 'must be JSON'],
  [JSON.stringify({ google }), 'expected array'],
  [JSON.stringify([{ ...google, issuer: 'http://accounts.google.com' }]), '0.issuer must be an https:// address'],
  [JSON.stringify([{ ...google, clientID: 'a' }]), 'clientID'],
  [JSON.stringify([google, google]), 'every "id" must be another one'],
])('refuses %s as such services', (TIMONEL_OIDC_PROVIDERS, sentence) => {
  expect(() => readSettings({ TIMONEL_OIDC_PROVIDERS })).toThrow(sentence);
});

it('takes the standard settings of OpenTelemetry, and says which ones it cannot take', () => {
  expect(readSettings({}).traces).toMatchObject({ exporter: 'none', sampler: 'parentbased_always_on', content: false });
  expect(
    readSettings({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com/otlp/',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20abc=,x-org=one',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-org=two',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production, team=on%2Ccall',
      OTEL_SERVICE_NAME: 'agents',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    }).traces,
  ).toMatchObject({
    exporter: 'otlp',
    url: 'https://collector.example.com/otlp/v1/traces',
    headers: { Authorization: 'Basic abc=', 'x-org': 'two' },
    resource: { 'deployment.environment.name': 'production', team: 'on,call' },
    serviceName: 'agents',
    sampler: 'traceidratio',
    ratio: 0.25,
  });
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' };
  expect(readSettings({ ...endpoint, OTEL_SDK_DISABLED: 'true' }).traces.exporter).toBe('none');
  expect(readSettings({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }).traces.exporter).toBe('none');
  for (const [bad, said] of [
    [{ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL: must be http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'key' }, 'OTEL_EXPORTER_OTLP_HEADERS: must be pairs'],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'a=%' }, 'OTEL_RESOURCE_ATTRIBUTES: must be pairs'],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'OTEL_EXPORTER_OTLP_ENDPOINT: say where'],
    [{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER'],
    [{ OTEL_TRACES_EXPORTER: 'console', TIMONEL_ENV: 'production' }, 'OTEL_TRACES_EXPORTER: console is for development'],
  ] as const)
    expect(() => readSettings(bad)).toThrow(said);
});

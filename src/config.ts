/**
 * Settings of one process: the only reader of `process.env`. Every bad key is reported at once, with what would have worked.
 */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { TimonelError } from './errors.ts';
import {
  calls,
  days,
  faultOf,
  flag,
  type IncomingSettings,
  incomingOf,
  incomingShape,
  isAddressRange,
  isTimeZone,
  list,
  milliseconds,
  type OidcProvider,
  pairs,
  perMinute,
  readProviders,
  type SessionSettings,
  samplers,
  secret,
  sessionShape,
  sessionsOf,
  type TraceSettings,
  tracesOf,
  url,
} from './setting-values.ts';
import { suggestion } from './suggestion.ts';

export type { IncomingSettings, OidcProvider, SessionSettings, TraceSettings } from './setting-values.ts';

const schema = z.object({
  TIMONEL_ENV: z.enum(['development', 'production', 'test']).default('development'),
  /** What many platforms set; only its value `production` means something here. */
  ENVIRONMENT: z.string().optional(),
  TIMONEL_HOME: z
    .string()
    .min(1)
    .default('./.timonel')
    .transform((path) => resolve(path)),
  TIMONEL_HOST: z.string().min(1).default('127.0.0.1'),
  TIMONEL_PORT: z.coerce.number().int().min(0).max(65_535).default(8000),
  TIMONEL_CONFIG: z.string().min(1).optional(),
  TIMONEL_TIME_ZONE: z
    .string()
    .default('America/Argentina/Buenos_Aires')
    .refine((zone) => isTimeZone(zone), 'must be an IANA time zone, e.g. America/Argentina/Buenos_Aires or Europe/Madrid'),
  /** Whether agents fill a fresh workspace with invented data; in production only where it is asked for. */
  TIMONEL_SAMPLE: flag(true),
  TIMONEL_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),

  DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  TIMONEL_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(Math.max(10, availableParallelism() * 4)),
  TIMONEL_POOL_ACQUIRE_TIMEOUT_MS: milliseconds(5_000),
  TIMONEL_POOL_IDLE_TIMEOUT_MS: milliseconds(30_000),
  TIMONEL_POOL_MAX_LIFETIME_MS: milliseconds(1_800_000),
  TIMONEL_POOL_PRE_PING: flag(true),
  TIMONEL_STATEMENT_TIMEOUT_MS: milliseconds(15_000),
  TIMONEL_IDLE_IN_TRANSACTION_TIMEOUT_MS: milliseconds(5_000),
  REDIS_URL: url(['redis:', 'rediss:']).optional(),

  TIMONEL_SECRET: secret.optional(),
  /** The secret before the last rotation: what it signed stays valid, nothing new is signed with it. */
  TIMONEL_SECRET_PREVIOUS: secret.optional(),
  TIMONEL_PUBLIC_URL: url(['http:', 'https:']).optional(),
  TIMONEL_REGISTRATION: z.enum(['open', 'invite', 'closed']).default('invite'),
  TIMONEL_EMAIL_VERIFICATION: flag(true),
  TIMONEL_CORS_ORIGINS: list(
    (item) => item === '*' || (URL.canParse(item) && new URL(item).origin === item),
    'must be origins with commas between them, e.g. https://console.example.com,https://www.example.com (no path, no slash at the end)',
  ),
  TIMONEL_TRUSTED_PROXIES: list(
    isAddressRange,
    'must be addresses or CIDR ranges with commas between them, e.g. 10.0.0.7,10.1.0.0/16; neither "true" nor a number of hops',
  ),
  TIMONEL_SMTP_URL: url(['smtp:', 'smtps:']).optional(),
  TIMONEL_MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, 'must be an address, e.g. Timonel <no-reply@example.com>')
    .optional(),
  /** Each hash takes 64 MiB and a thread of the four that Node also reads files with. */
  TIMONEL_PASSWORD_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(2),
  TIMONEL_PASSWORD_QUEUE: z.coerce.number().int().min(0).max(10_000).default(100),
  TIMONEL_OIDC_PROVIDERS: z.string().default('[]').transform(readProviders),
  TIMONEL_RETENTION_CONVERSATIONS_DAYS: days(0),
  TIMONEL_RETENTION_SESSIONS_DAYS: days(90),
  TIMONEL_RETENTION_AUDIT_DAYS: days(0),

  /** EdDSA lets others verify access tokens by the keys at /.well-known/jwks.json. */
  TIMONEL_TOKEN_ALGORITHM: z.enum(['HS256', 'EdDSA']).default('HS256'),
  TIMONEL_ACCESS_CACHE_MS: milliseconds(2_000),

  TIMONEL_MODEL: z.string().min(1).optional(),
  TIMONEL_MODEL_URL: url(['http:', 'https:']).optional(),
  TIMONEL_MODEL_KEY: z.string().min(1).optional(),
  TIMONEL_MODEL_TIMEOUT_MS: milliseconds(60_000),
  TIMONEL_MODEL_CONNECT_TIMEOUT_MS: milliseconds(5_000),
  ANTHROPIC_API_KEY: z.string().min(1).optional(),
  OPENAI_API_KEY: z.string().min(1).optional(),
  GEMINI_API_KEY: z.string().min(1).optional(),
  GROQ_API_KEY: z.string().min(1).optional(),
  TIMONEL_ANTHROPIC_URL: url(['http:', 'https:']).optional(),
  TIMONEL_OPENAI_URL: url(['http:', 'https:']).optional(),
  TIMONEL_GOOGLE_URL: url(['http:', 'https:']).optional(),
  TIMONEL_GROQ_URL: url(['http:', 'https:']).optional(),
  TIMONEL_OLLAMA_URL: url(['http:', 'https:']).optional(),
  TIMONEL_OLLAMA_MODEL: z.string().min(1).optional(),

  ANTHROPIC_API_MAX_CALLS: calls(),
  OPENAI_API_MAX_CALLS: calls(),
  GOOGLE_API_MAX_CALLS: calls(),
  GROQ_API_MAX_CALLS: calls(),
  /** Requests and tokens per minute; 0 is no limit. */
  TIMONEL_RATE_LIMIT_KEY_REQUESTS: perMinute(0),
  TIMONEL_RATE_LIMIT_KEY_TOKENS: perMinute(0),
  TIMONEL_RATE_LIMIT_USER_REQUESTS: perMinute(0),
  TIMONEL_RATE_LIMIT_USER_TOKENS: perMinute(0),
  TIMONEL_RATE_LIMIT_WORKSPACE_REQUESTS: perMinute(0),
  TIMONEL_RATE_LIMIT_WORKSPACE_TOKENS: perMinute(0),
  TIMONEL_CACHE_BYTES: z.coerce.number().int().min(0).max(17_179_869_184).default(67_108_864),
  TIMONEL_CACHE_ENTRY_BYTES: z.coerce.number().int().min(0).max(1_073_741_824).default(1_048_576),

  /** What a new release begins with where its plan does not say. */
  CANARY_ENABLED: flag(true),
  CANARY_PERCENTAGE: z.coerce.number().gt(0, 'must be above 0').lt(100, 'must be below 100').default(10),
  CANARY_STRATEGY: z.enum(['percentage', 'workspace', 'user_id', 'geographic']).default('percentage'),
  /** Header in which a trusted proxy says where a request comes from. */
  TIMONEL_REGION_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header, e.g. cf-ipcountry')
    .optional(),
  TIMONEL_RELEASE_LOOK_MS: z.coerce.number().int().min(50).max(600_000).default(5_000),

  TIMONEL_LEASE_MS: z.coerce.number().int().min(500).max(600_000).default(5_000),
  TIMONEL_RUN_ATTEMPTS: z.coerce.number().int().min(2).max(100).default(5),
  TIMONEL_CHILD_RUNS_PER_RUN: z.coerce.number().int().min(1).max(1_000).default(4),
  TIMONEL_CHILD_RUNS_PER_WORKSPACE: z.coerce.number().int().min(1).max(10_000).default(16),
  TIMONEL_REPLY_WAIT_MS: milliseconds(110_000),
  TIMONEL_BODY_LIMIT_BYTES: z.coerce.number().int().min(1_024).max(104_857_600).default(262_144),
  ...incomingShape,
  ...sessionShape,
  TIMONEL_SHUTDOWN_GRACE_MS: milliseconds(10_000),
  /** Shed load above this event loop delay; 0 never sheds. */
  TIMONEL_MAX_EVENT_LOOP_DELAY_MS: milliseconds(1_000),

  /** Of OpenTelemetry: what others set for all their services means the same here. */
  OTEL_SDK_DISABLED: flag(false),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'console', 'none']).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http:', 'https:']).optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url(['http:', 'https:']).optional(),
  OTEL_EXPORTER_OTLP_HEADERS: pairs,
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: pairs,
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/protobuf'], 'must be http/protobuf, the port of which is 4318 mostly')
    .default('http/protobuf'),
  OTEL_EXPORTER_OTLP_TIMEOUT: milliseconds(10_000),
  OTEL_SERVICE_NAME: z.string().min(1).default('timonel'),
  OTEL_RESOURCE_ATTRIBUTES: pairs,
  OTEL_TRACES_SAMPLER: z.enum(samplers).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: flag(false),
});

/** Names of all settings, in the order of the documents. */
export const settingNames = Object.keys(schema.shape);

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings as the rest of the code sees them. Durations in milliseconds. */
export interface Settings {
  environment: 'development' | 'production' | 'test';
  home: string;
  host: string;
  port: number;
  configFile: string | undefined;
  timeZone: string;
  /** Agents fill a fresh workspace with invented data. */
  sample: boolean;
  logLevel: string;
  database: {
    /** Absent: the embedded store under `home`. */
    url: string | undefined;
    poolSize: number;
    acquireTimeoutMs: number;
    idleTimeoutMs: number;
    maxLifetimeMs: number;
    prePing: boolean;
    statementTimeoutMs: number;
    idleInTransactionTimeoutMs: number;
  };
  redisUrl: string | undefined;
  models: {
    /** Keys and base URLs of the providers that have an API of their own. */
    hosted: Record<'anthropic' | 'openai' | 'google' | 'groq', { key: string | undefined; url: string | undefined }>;
    ollamaUrl: string | undefined;
    ollamaModel: string | undefined;
    /** Any server with OpenAI's chat completions, and the model to ask there. */
    compatible: { url: string; key: string | undefined } | undefined;
    configuredModel: string | undefined;
    connectTimeoutMs: number;
    timeoutMs: number;
  };
  /** What tokens are signed with, at least 32 bytes each; absent in development, where the database keeps a secret. */
  secrets: { current: Uint8Array | undefined; previous: Uint8Array | undefined };
  /** Where people reach this server, without a slash at the end; links in mails start with it. */
  publicUrl: string;
  /** Who may make an account: anybody, who was invited, or nobody. */
  registration: 'open' | 'invite' | 'closed';
  /** Whether an address has to be confirmed before its account can be used. */
  emailVerification: boolean;
  corsOrigins: readonly string[];
  /** Addresses and CIDR ranges whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  /** Without a URL mail is printed in the log. */
  mail: { url: string | undefined; from: string };
  passwords: { concurrency: number; longestQueue: number };
  oidcProviders: readonly OidcProvider[];
  /** How many days each kind of data is kept; 0 keeps it for ever. */
  retentionDays: { conversations: number; sessions: number; audit: number };
  /** What access tokens are signed with. */
  tokenAlgorithm: 'HS256' | 'EdDSA';
  /** How long it is remembered who may do what, when no change is told. */
  accessCacheMs: number;
  /** Calls that this process may make to each provider; absent is as many as it likes. */
  maxCalls: Readonly<Record<'anthropic' | 'openai' | 'google' | 'groq', number | undefined>>;
  /** Per minute; 0 is no limit. */
  rateLimits: Readonly<Record<'key' | 'user' | 'workspace', Readonly<Record<'requests' | 'tokens', number>>>>;
  /** Answers of models that are kept in memory. */
  cache: { bytes: number; entryBytes: number };
  /** What a new release begins with where its plan does not say. */
  canary: { enabled: boolean; percentage: number; strategy: 'percentage' | 'workspace' | 'user_id' | 'geographic' };
  /** In lower case; believed from trusted proxies only. */
  regionHeader: string | undefined;
  /** Between two looks at the releases that run. */
  releaseLookMs: number;
  leaseMs: number;
  /** How often a run is tried without a step in between. */
  runAttempts: number;
  /** How many runs that others started may run at once. */
  childRuns: { perParent: number; perWorkspace: number };
  replyWaitMs: number;
  bodyLimitBytes: number;
  incoming: IncomingSettings;
  sessions: SessionSettings;
  shutdownGraceMs: number;
  maxEventLoopDelayMs: number;
  traces: TraceSettings;
}

/**
 * Reads and checks the environment.
 * @throws TimonelError `config_invalid`, naming every bad key.
 */
export function readSettings(given: Environment = process.env): Settings {
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(present);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => faultOf(issue, present));
  faults.push(...unknownKeys(present));
  if (present['TIMONEL_OLLAMA_MODEL'] !== undefined && present['TIMONEL_OLLAMA_URL'] === undefined) {
    faults.push('TIMONEL_OLLAMA_URL: give the base URL of Ollama, e.g. http://localhost:11434/v1');
  }
  if (present['TIMONEL_MODEL'] !== undefined && present['TIMONEL_MODEL_URL'] === undefined) {
    faults.push('TIMONEL_MODEL_URL: give the base URL of the OpenAI-compatible server, e.g. http://localhost:11434/v1');
  }
  if (
    present['OTEL_TRACES_EXPORTER'] === 'otlp' &&
    present['OTEL_EXPORTER_OTLP_ENDPOINT'] === undefined &&
    present['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] === undefined
  ) {
    faults.push('OTEL_EXPORTER_OTLP_ENDPOINT: say where traces go, e.g. http://localhost:4318');
  }
  if (present['TIMONEL_SECRET_PREVIOUS'] !== undefined && present['TIMONEL_SECRET'] === undefined) {
    faults.push('TIMONEL_SECRET: TIMONEL_SECRET_PREVIOUS is for a rotation, beside the new secret');
  }
  if (present['TIMONEL_SECRET_PREVIOUS'] !== undefined && present['TIMONEL_SECRET_PREVIOUS'] === present['TIMONEL_SECRET']) {
    faults.push(
      'TIMONEL_SECRET_PREVIOUS: must be the secret before TIMONEL_SECRET, not the same one; leave it out if there was none',
    );
  }
  if (present['TIMONEL_SMTP_URL'] !== undefined && present['TIMONEL_MAIL_FROM'] === undefined) {
    faults.push('TIMONEL_MAIL_FROM: say who mails come from, e.g. Timonel <no-reply@example.com>');
  }
  if (present['TIMONEL_ENV'] === 'production' || present['ENVIRONMENT'] === 'production')
    faults.push(...unsafeInProduction(present));
  if (!parsed.success || faults.length > 0) {
    throw new TimonelError('config_invalid', `The environment has ${faults.length} bad setting(s):\n  ${faults.join('\n  ')}`, {
      details: { faults },
    });
  }
  const env = parsed.data;
  const environment = env.ENVIRONMENT === 'production' ? 'production' : env.TIMONEL_ENV;
  return {
    environment,
    sample: present['TIMONEL_SAMPLE'] === undefined ? environment !== 'production' : env.TIMONEL_SAMPLE,
    home: env.TIMONEL_HOME,
    host: env.TIMONEL_HOST,
    port: env.TIMONEL_PORT,
    configFile: env.TIMONEL_CONFIG,
    timeZone: env.TIMONEL_TIME_ZONE,
    logLevel: env.TIMONEL_LOG_LEVEL,
    database: {
      url: env.DATABASE_URL,
      poolSize: env.TIMONEL_POOL_SIZE,
      acquireTimeoutMs: env.TIMONEL_POOL_ACQUIRE_TIMEOUT_MS,
      idleTimeoutMs: env.TIMONEL_POOL_IDLE_TIMEOUT_MS,
      maxLifetimeMs: env.TIMONEL_POOL_MAX_LIFETIME_MS,
      prePing: env.TIMONEL_POOL_PRE_PING,
      statementTimeoutMs: env.TIMONEL_STATEMENT_TIMEOUT_MS,
      idleInTransactionTimeoutMs: env.TIMONEL_IDLE_IN_TRANSACTION_TIMEOUT_MS,
    },
    redisUrl: env.REDIS_URL,
    models: {
      hosted: {
        anthropic: { key: env.ANTHROPIC_API_KEY, url: env.TIMONEL_ANTHROPIC_URL },
        openai: { key: env.OPENAI_API_KEY, url: env.TIMONEL_OPENAI_URL },
        google: { key: env.GEMINI_API_KEY, url: env.TIMONEL_GOOGLE_URL },
        groq: { key: env.GROQ_API_KEY, url: env.TIMONEL_GROQ_URL },
      },
      ollamaUrl: env.TIMONEL_OLLAMA_URL,
      ollamaModel: env.TIMONEL_OLLAMA_MODEL,
      compatible: env.TIMONEL_MODEL_URL === undefined ? undefined : { url: env.TIMONEL_MODEL_URL, key: env.TIMONEL_MODEL_KEY },
      configuredModel: env.TIMONEL_MODEL,
      connectTimeoutMs: env.TIMONEL_MODEL_CONNECT_TIMEOUT_MS,
      timeoutMs: env.TIMONEL_MODEL_TIMEOUT_MS,
    },
    secrets: { current: env.TIMONEL_SECRET, previous: env.TIMONEL_SECRET_PREVIOUS },
    publicUrl: (env.TIMONEL_PUBLIC_URL ?? `http://localhost:${env.TIMONEL_PORT}`).replace(/\/+$/, ''),
    registration: env.TIMONEL_REGISTRATION,
    emailVerification: env.TIMONEL_EMAIL_VERIFICATION,
    corsOrigins: env.TIMONEL_CORS_ORIGINS,
    trustedProxies: env.TIMONEL_TRUSTED_PROXIES,
    mail: { url: env.TIMONEL_SMTP_URL, from: env.TIMONEL_MAIL_FROM ?? 'Timonel <timonel@localhost>' },
    passwords: { concurrency: env.TIMONEL_PASSWORD_CONCURRENCY, longestQueue: env.TIMONEL_PASSWORD_QUEUE },
    oidcProviders: env.TIMONEL_OIDC_PROVIDERS,
    retentionDays: {
      conversations: env.TIMONEL_RETENTION_CONVERSATIONS_DAYS,
      sessions: env.TIMONEL_RETENTION_SESSIONS_DAYS,
      audit: env.TIMONEL_RETENTION_AUDIT_DAYS,
    },
    tokenAlgorithm: env.TIMONEL_TOKEN_ALGORITHM,
    accessCacheMs: env.TIMONEL_ACCESS_CACHE_MS,
    maxCalls: {
      anthropic: env.ANTHROPIC_API_MAX_CALLS,
      openai: env.OPENAI_API_MAX_CALLS,
      google: env.GOOGLE_API_MAX_CALLS,
      groq: env.GROQ_API_MAX_CALLS,
    },
    rateLimits: {
      key: { requests: env.TIMONEL_RATE_LIMIT_KEY_REQUESTS, tokens: env.TIMONEL_RATE_LIMIT_KEY_TOKENS },
      user: { requests: env.TIMONEL_RATE_LIMIT_USER_REQUESTS, tokens: env.TIMONEL_RATE_LIMIT_USER_TOKENS },
      workspace: { requests: env.TIMONEL_RATE_LIMIT_WORKSPACE_REQUESTS, tokens: env.TIMONEL_RATE_LIMIT_WORKSPACE_TOKENS },
    },
    cache: { bytes: env.TIMONEL_CACHE_BYTES, entryBytes: env.TIMONEL_CACHE_ENTRY_BYTES },
    canary: { enabled: env.CANARY_ENABLED, percentage: env.CANARY_PERCENTAGE, strategy: env.CANARY_STRATEGY },
    regionHeader: env.TIMONEL_REGION_HEADER?.toLowerCase(),
    releaseLookMs: env.TIMONEL_RELEASE_LOOK_MS,
    leaseMs: env.TIMONEL_LEASE_MS,
    runAttempts: env.TIMONEL_RUN_ATTEMPTS,
    childRuns: { perParent: env.TIMONEL_CHILD_RUNS_PER_RUN, perWorkspace: env.TIMONEL_CHILD_RUNS_PER_WORKSPACE },
    replyWaitMs: env.TIMONEL_REPLY_WAIT_MS,
    bodyLimitBytes: env.TIMONEL_BODY_LIMIT_BYTES,
    incoming: incomingOf(env),
    sessions: sessionsOf(env),
    shutdownGraceMs: env.TIMONEL_SHUTDOWN_GRACE_MS,
    maxEventLoopDelayMs: env.TIMONEL_MAX_EVENT_LOOP_DELAY_MS,
    traces: tracesOf(env),
  };
}

/** What is good enough on a laptop and would let strangers in, or people down, in production. */
function unsafeInProduction(present: Environment): string[] {
  const faults: string[] = [];
  if (present['OTEL_TRACES_EXPORTER'] === 'console') {
    faults.push('OTEL_TRACES_EXPORTER: console is for development; say where traces go with OTEL_EXPORTER_OTLP_ENDPOINT');
  }
  if (present['TIMONEL_SECRET'] === undefined) {
    faults.push('TIMONEL_SECRET: production needs a secret of its own; `timonel secrets generate` makes one');
  }
  if (present['TIMONEL_PUBLIC_URL']?.startsWith('https://') !== true) {
    faults.push(
      'TIMONEL_PUBLIC_URL: production needs the https:// address at which people reach this server; cookies and links go by it',
    );
  }
  if (present['TIMONEL_CORS_ORIGINS']?.split(/[\s,]+/).includes('*') === true) {
    faults.push('TIMONEL_CORS_ORIGINS: "*" lets every web page call with a signed-in browser; name the origins');
  }
  if (present['TIMONEL_REGISTRATION'] === 'open' && /^(false|0)$/.test(present['TIMONEL_EMAIL_VERIFICATION'] ?? '')) {
    faults.push('TIMONEL_REGISTRATION: open needs TIMONEL_EMAIL_VERIFICATION=true; or take invite or closed');
  }
  if (present['TIMONEL_REGISTRATION'] === 'open' && present['TIMONEL_SMTP_URL'] === undefined) {
    faults.push('TIMONEL_SMTP_URL: open registration confirms addresses by mail, and without it mail is only printed in the log');
  }
  return faults;
}

/** A misspelt setting would otherwise be ignored in silence. `TIMONEL_TEST_*` belongs to the tests. */
function unknownKeys(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((key) => key.startsWith('TIMONEL_') && !key.startsWith('TIMONEL_TEST_') && !settingNames.includes(key))
    .map(
      (key) => `${key}: no such setting; ${suggestion(key, settingNames) ?? '.env.example and docs/operations.md list them all'}`,
    );
}

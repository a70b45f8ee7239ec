/**
 * Settings of one process: the only reader of `process.env`. Every bad key is reported at once, with what would have worked.
 */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { TimonelError } from './errors.ts';

const milliseconds = (fallback: number) => z.coerce.number().int().min(0).max(86_400_000).default(fallback);
const perMinute = (fallback: number) => z.coerce.number().int().min(0).max(1_000_000_000).default(fallback);
const calls = () => z.coerce.number().int().min(0).optional();
const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0'])
    .default(fallback ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1');

const url = (protocols: readonly string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
      `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    );

const schema = z.object({
  TIMONEL_ENV: z.enum(['development', 'production', 'test']).default('development'),
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

  TIMONEL_MODEL: z.string().min(1).optional(),
  TIMONEL_MODEL_URL: url(['http:', 'https:']).optional(),
  TIMONEL_MODEL_KEY: z.string().min(1).optional(),
  TIMONEL_MODEL_TIMEOUT_MS: milliseconds(60_000),

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

  TIMONEL_LEASE_MS: z.coerce.number().int().min(500).max(600_000).default(5_000),
  TIMONEL_REPLY_WAIT_MS: milliseconds(110_000),
  TIMONEL_BODY_LIMIT_BYTES: z.coerce.number().int().min(1_024).max(104_857_600).default(262_144),
  TIMONEL_SHUTDOWN_GRACE_MS: milliseconds(10_000),
  /** Shed load above this event loop delay; 0 never sheds. */
  TIMONEL_MAX_EVENT_LOOP_DELAY_MS: milliseconds(1_000),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings as the rest of the code sees them. Durations in milliseconds. */
export interface Settings {
  environment: 'development' | 'production' | 'test';
  home: string;
  host: string;
  port: number;
  configFile: string | undefined;
  timeZone: string;
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
  model: { name: string; url: string; key: string | undefined; timeoutMs: number } | undefined;
  /** Calls that this process may make to each provider; absent is as many as it likes. */
  maxCalls: Readonly<Record<'anthropic' | 'openai' | 'google' | 'groq', number | undefined>>;
  /** Per minute; 0 is no limit. */
  rateLimits: Readonly<Record<'key' | 'user' | 'workspace', Readonly<Record<'requests' | 'tokens', number>>>>;
  /** Answers of models that are kept in memory. */
  cache: { bytes: number; entryBytes: number };
  leaseMs: number;
  replyWaitMs: number;
  bodyLimitBytes: number;
  shutdownGraceMs: number;
  maxEventLoopDelayMs: number;
}

/**
 * Reads and checks the environment.
 * @throws TimonelError `config_invalid`, naming every bad key.
 */
export function readSettings(environment: Environment = process.env): Settings {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(present);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  faults.push(...unknownKeys(present));
  if (present['TIMONEL_MODEL_URL'] !== undefined && present['TIMONEL_MODEL'] === undefined) {
    faults.push('TIMONEL_MODEL: name the model to ask for at TIMONEL_MODEL_URL');
  }
  if (present['TIMONEL_MODEL'] !== undefined && present['TIMONEL_MODEL_URL'] === undefined) {
    faults.push('TIMONEL_MODEL_URL: give the base URL of the OpenAI-compatible server, e.g. http://localhost:11434/v1');
  }
  if (!parsed.success || faults.length > 0) {
    throw new TimonelError('config_invalid', `The environment has ${faults.length} bad setting(s):\n  ${faults.join('\n  ')}`, {
      details: { faults },
    });
  }
  const env = parsed.data;
  return {
    environment: env.TIMONEL_ENV,
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
    model:
      env.TIMONEL_MODEL === undefined || env.TIMONEL_MODEL_URL === undefined
        ? undefined
        : {
            name: env.TIMONEL_MODEL,
            url: env.TIMONEL_MODEL_URL,
            key: env.TIMONEL_MODEL_KEY,
            timeoutMs: env.TIMONEL_MODEL_TIMEOUT_MS,
          },
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
    leaseMs: env.TIMONEL_LEASE_MS,
    replyWaitMs: env.TIMONEL_REPLY_WAIT_MS,
    bodyLimitBytes: env.TIMONEL_BODY_LIMIT_BYTES,
    shutdownGraceMs: env.TIMONEL_SHUTDOWN_GRACE_MS,
    maxEventLoopDelayMs: env.TIMONEL_MAX_EVENT_LOOP_DELAY_MS,
  };
}

/** A misspelt setting would otherwise be ignored in silence. `TIMONEL_TEST_*` belongs to the tests. */
function unknownKeys(environment: Environment): string[] {
  const known = Object.keys(schema.shape);
  return Object.keys(environment)
    .filter((key) => key.startsWith('TIMONEL_') && !key.startsWith('TIMONEL_TEST_') && !known.includes(key))
    .map((key) => `${key}: no such setting; known are ${known.filter((name) => name.startsWith('TIMONEL_')).join(', ')}`);
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

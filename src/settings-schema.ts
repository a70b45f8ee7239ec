/** Every setting of a process, by the name of its environment variable: what it takes, and its default. */
import { availableParallelism } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { backupShape } from './backup-settings.ts';
import { hostAndPortOf } from './host-and-port.ts';
import { generations } from './secret-generations.ts';
import {
  artifactShape,
  calls,
  days,
  flag,
  incomingShape,
  isAddressRange,
  isTimeZone,
  knowledgeShape,
  list,
  milliseconds,
  pairs,
  perMinute,
  readProviders,
  samplers,
  sandboxShape,
  sessionShape,
  speechShape,
  url,
} from './setting-values.ts';

export const settingsSchema = z.object({
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
  /** Folders in which projects of the agent `codegen` may lie, beside those that it makes in the data directory. */
  TIMONEL_CODEGEN_ROOTS: list(
    (item) => isAbsolute(item),
    'must be absolute paths of folders with commas between them, e.g. /srv/code,/home/ana/code',
  ),
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
  TIMONEL_REDIS_SENTINELS: list(
    (item) => hostAndPortOf(item) !== undefined,
    'must be host:port with commas between them, e.g. 10.0.0.1:26379,10.0.0.2:26379',
  ),
  /** Further nodes of a Redis Cluster, of which REDIS_URL names one; user, password and TLS of the URL are those of all. */
  TIMONEL_REDIS_CLUSTER: list(
    (item) => hostAndPortOf(item) !== undefined,
    'must be host:port with commas between them, e.g. 10.0.0.1:6379,10.0.0.2:6379',
  ),

  /** One more after `next:` or `previous:` is accepted too: `timonel secrets rotate` writes it. */
  TIMONEL_SECRET: generations.optional(),
  /** The secret before the last rotation: what it signed stays valid, nothing new is signed with it. */
  TIMONEL_SECRET_PREVIOUS: generations.optional(),
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

  ...artifactShape,
  ...backupShape,
  /** Whether drills may be started over HTTP: each starts a process beside this one. */
  TIMONEL_DRILLS: flag(false),

  /** Where the APIs of channels are: another host for a proxy, or for a server of one's own. */
  TIMONEL_WHATSAPP_URL: url(['http:', 'https:']).default('https://graph.facebook.com/v23.0'),
  TIMONEL_TELEGRAM_URL: url(['http:', 'https:']).default('https://api.telegram.org'),
  TIMONEL_TWILIO_URL: url(['http:', 'https:']).default('https://api.twilio.com'),
  /** Webhooks of workspaces to http:// and to addresses of this machine and its network: for tests and development. */
  TIMONEL_WEBHOOK_PRIVATE_ADDRESSES: flag(false),
  /** Requests of agents to http:// and to addresses of this machine and its network, e.g. to a system that a hotel runs itself. */
  TIMONEL_AGENT_PRIVATE_ADDRESSES: flag(false),
  ...speechShape,
  ...knowledgeShape,
  ...sandboxShape,

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

/**
 * Settings of one process: the only reader of `process.env`. Every bad key is reported at once, with what would have worked.
 */
import { type BackupSettings, backupsOf } from './backup-settings.ts';
import { TimonelError } from './errors.ts';
import { type HostAndPort, hostAndPortOf } from './host-and-port.ts';
import { secretSettings, withSecretFiles } from './secret-files.ts';
import { type InstallationSecret, installationSecret } from './secret-generations.ts';
import {
  type ArtifactEnvironment,
  artifactsOf,
  faultOf,
  type IncomingSettings,
  incomingOf,
  type OidcProvider,
  type SessionSettings,
  s3Faults,
  sessionsOf,
  type TraceSettings,
  tracesOf,
} from './setting-values.ts';
import { settingsSchema } from './settings-schema.ts';
import { suggestion } from './suggestion.ts';

export type { IncomingSettings, OidcProvider, SessionSettings, TraceSettings } from './setting-values.ts';

/** Names of all settings, in the order of the documents. */
export const settingNames = Object.keys(settingsSchema.shape);

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings as the rest of the code sees them. Durations in milliseconds. */
export interface Settings {
  environment: 'development' | 'production' | 'test';
  home: string;
  host: string;
  port: number;
  configFile: string | undefined;
  /** Absolute; projects of the agent `codegen` may lie in them. */
  codegenRoots: readonly string[];
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
  /** With sentinels the host of the URL is the name of the group that they watch; of a cluster it is one of its nodes. */
  redis: { url: string; sentinels: readonly HostAndPort[]; cluster: readonly HostAndPort[] } | undefined;
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
  secrets: InstallationSecret;
  /** Secret settings that are set, by name: the file that each was read from, or `null` where the environment has it. */
  secretSources: Readonly<Record<string, string | null>>;
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
  artifacts: ArtifactEnvironment;
  backups: BackupSettings;
  /** Drills may be started over HTTP. */
  drills: boolean;
  /** Base URLs of the APIs of channels, without a slash at the end. */
  channelUrls: { whatsapp: string; telegram: string; twilio: string };
  /** Webhooks of workspaces may go to addresses of this machine and its network. */
  webhookPrivateAddresses: boolean;
  /** Requests of agents may go to addresses of this machine and its network. */
  agentPrivateAddresses: boolean;
  /** Voice of customers and for them: models by route or `provider/model`; `confidence` below which what was heard is read back. */
  speech: { transcription: string | undefined; speech: string | undefined; voice: string; local: boolean; confidence: number };
  /** Bytes: of one document, and of the indexes in memory. */
  knowledge: { documentBytes: number; indexBytes: number; privateAddresses: boolean };
  /** How programs of others are run, how many at once, and how many wait. */
  sandbox: { mode: 'auto' | 'embedded' | 'off'; concurrency: number; queue: number };
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
  const { present, files, faults } = withSecretFiles(
    Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '')),
  );
  const parsed = settingsSchema.safeParse(present);
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => faultOf(issue, present)));
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
  faults.push(...clusterFaults(present), ...s3Faults(present, 'TIMONEL_ARTIFACT_S3'), ...s3Faults(present, 'TIMONEL_BACKUP_S3'));
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
    codegenRoots: env.TIMONEL_CODEGEN_ROOTS,
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
    redis:
      env.REDIS_URL === undefined
        ? undefined
        : {
            url: env.REDIS_URL,
            sentinels: env.TIMONEL_REDIS_SENTINELS.flatMap((item) => hostAndPortOf(item) ?? []),
            cluster: env.TIMONEL_REDIS_CLUSTER.flatMap((item) => hostAndPortOf(item) ?? []),
          },
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
    secrets: installationSecret(env.TIMONEL_SECRET, env.TIMONEL_SECRET_PREVIOUS),
    secretSources: Object.fromEntries(
      secretSettings.flatMap((name) => (present[name] === undefined ? [] : [[name, files[name] ?? null]])),
    ),
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
    artifacts: artifactsOf(env),
    backups: backupsOf(env),
    drills: env.TIMONEL_DRILLS,
    channelUrls: {
      whatsapp: env.TIMONEL_WHATSAPP_URL.replace(/\/+$/, ''),
      telegram: env.TIMONEL_TELEGRAM_URL.replace(/\/+$/, ''),
      twilio: env.TIMONEL_TWILIO_URL.replace(/\/+$/, ''),
    },
    webhookPrivateAddresses: env.TIMONEL_WEBHOOK_PRIVATE_ADDRESSES,
    agentPrivateAddresses: env.TIMONEL_AGENT_PRIVATE_ADDRESSES,
    speech: {
      transcription: env.TIMONEL_TRANSCRIPTION_MODEL,
      speech: env.TIMONEL_SPEECH_MODEL,
      voice: env.TIMONEL_SPEECH_VOICE,
      local: env.TIMONEL_SPEECH_LOCAL,
      confidence: env.TIMONEL_SPEECH_CONFIDENCE,
    },
    knowledge: {
      documentBytes: env.TIMONEL_KNOWLEDGE_DOCUMENT_BYTES,
      indexBytes: env.TIMONEL_KNOWLEDGE_INDEX_BYTES,
      privateAddresses: env.TIMONEL_KNOWLEDGE_PRIVATE_ADDRESSES,
    },
    sandbox: { mode: env.TIMONEL_SANDBOX, concurrency: env.TIMONEL_SANDBOX_CONCURRENCY, queue: env.TIMONEL_SANDBOX_QUEUE },
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

/** A cluster has one database, and no sentinels. */
function clusterFaults(present: Environment): string[] {
  if (present['TIMONEL_REDIS_CLUSTER'] === undefined) return [];
  const url = present['REDIS_URL'];
  if (url === undefined) return ['REDIS_URL: name one of the nodes of TIMONEL_REDIS_CLUSTER, e.g. redis://:password@10.0.0.1:6379'];
  return [
    ...(present['TIMONEL_REDIS_SENTINELS'] === undefined
      ? []
      : ['TIMONEL_REDIS_CLUSTER: a cluster has no sentinels; leave TIMONEL_REDIS_SENTINELS out']),
    ...(URL.canParse(url) && !/^\/?0?$/.test(new URL(url).pathname)
      ? ['REDIS_URL: a cluster has the database 0 alone; leave the number at the end out']
      : []),
  ];
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

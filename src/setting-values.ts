/** The forms that values of settings have, and what is said of those that have another. */
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

export const milliseconds = (fallback: number) => z.coerce.number().int().min(0).max(86_400_000).default(fallback);
export const perMinute = (fallback: number) => z.coerce.number().int().min(0).max(1_000_000_000).default(fallback);
export const calls = () => z.coerce.number().int().min(0).optional();
export const bytes = (fallback: number) => z.coerce.number().int().min(0).max(5_368_709_120).default(fallback);
export const days = (fallback: number) => z.coerce.number().int().min(0).max(36_500).default(fallback);
export const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0'])
    .default(fallback ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1');

export const url = (protocols: readonly string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
      `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    );

/** Items with commas or spaces between them. */
export const list = (check: (item: string) => boolean, sentence: string) =>
  z
    .string()
    .default('')
    .transform((value) => value.split(/[\s,]+/).filter((item) => item !== ''))
    .refine((items) => items.every(check), sentence);

/** What OpenTelemetry writes as `name=value,name=value`, with what is not allowed in between as %20 and the like. */
export const pairs = z
  .string()
  .default('')
  .transform((text, context): Record<string, string> => {
    try {
      const items = text.split(',').filter((item) => item.trim() !== '');
      return Object.fromEntries(
        items.map((item) => {
          const [name = '', ...value] = item.split('=');
          if (name.trim() === '' || value.length === 0) throw new TypeError(item);
          return [name.trim(), decodeURIComponent(value.join('=').trim())];
        }),
      );
    } catch {
      context.addIssue('must be pairs with commas between them, e.g. name=value,other=value, and %20 for a space in a value');
      return z.NEVER;
    }
  });

/**
 * What a setting is not, and what would have worked. Values are repeated where they are numbers or one of a few words, which are no secrets.
 */
export function faultOf(issue: z.core.$ZodIssue, given: Readonly<Record<string, string | undefined>>): string {
  const key = issue.path.join('.');
  const written = `and is ${JSON.stringify(given[key])}`;
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'number' || issue.expected === 'int'
        ? `${key}: must be a whole number, e.g. ${exampleOf[key] ?? '1000'}, ${written}`
        : `${key}: ${issue.message}`;
    case 'too_big':
      return `${key}: must be at most ${issue.maximum}, ${written}`;
    case 'too_small':
      return issue.origin === 'string' ? `${key}: must not be empty` : `${key}: must be at least ${issue.minimum}, ${written}`;
    case 'invalid_value':
      return issue.message.startsWith('Invalid option')
        ? `${key}: must be one of ${issue.values.join(', ')}, ${written}`
        : `${key}: ${issue.message}`;
    default:
      return `${key}: ${issue.message}`;
  }
}

const exampleOf: Readonly<Record<string, string>> = {
  TIMONEL_PORT: '8000',
  CANARY_PERCENTAGE: '10',
  OTEL_TRACES_SAMPLER_ARG: '0.1',
};

const provider = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be a short lower-case name, e.g. google'),
  name: z.string().min(1).max(60).optional(),
  issuer: z
    .string()
    .refine(
      (issuer) => isIssuer(issuer),
      'must be an https:// address, e.g. https://accounts.google.com (http:// on this machine alone)',
    ),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  scope: z.string().default('openid email profile'),
  trustEmail: z.boolean().default(false),
  /** Lets the service open an account that is there by its address alone, without its password. */
  linkByEmail: z.boolean().default(false),
});

/** Somebody else's service that people may sign in with. */
export type OidcProvider = z.infer<typeof provider>;

export function isAddressRange(item: string): boolean {
  const [address = '', bits, ...more] = item.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  try {
    new BlockList().addSubnet(address, /^\d+$/.test(bits) ? Number(bits) : -1, family === 4 ? 'ipv4' : 'ipv6');
    // A range of everybody trusts everybody's word about who they are.
    return Number(bits) > 0;
  } catch {
    return false;
  }
}

const providers = z
  .array(provider)
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'every "id" must be another one');

export function readProviders(text: string, context: z.RefinementCtx): OidcProvider[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    context.addIssue(
      'must be JSON, e.g. [{"id":"google","issuer":"https://accounts.google.com","clientId":"…","clientSecret":"…"}]',
    );
    return z.NEVER;
  }
  const parsed = providers.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.addIssue(`${issue.path.join('.')} ${issue.message}`.trim());
  return z.NEVER;
}

function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname));
}

export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** Where traces go, and what is in them. */
export interface TraceSettings {
  exporter: 'otlp' | 'console' | 'none';
  /** Where OTLP is spoken, with its path. */
  url: string | undefined;
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  serviceName: string;
  resource: Readonly<Record<string, string>>;
  sampler: (typeof samplers)[number];
  /** Part of the traces that is kept, where the sampler goes by it. */
  ratio: number;
  /** Whether texts of conversations and arguments of tools are recorded. */
  content: boolean;
}

/** The settings of OpenTelemetry, as they were read. */
interface TraceEnvironment {
  OTEL_SDK_DISABLED: boolean;
  OTEL_TRACES_EXPORTER?: TraceSettings['exporter'] | undefined;
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  OTEL_EXPORTER_OTLP_HEADERS: Record<string, string>;
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: Record<string, string>;
  OTEL_EXPORTER_OTLP_TIMEOUT: number;
  OTEL_SERVICE_NAME: string;
  OTEL_RESOURCE_ATTRIBUTES: Record<string, string>;
  OTEL_TRACES_SAMPLER: TraceSettings['sampler'];
  OTEL_TRACES_SAMPLER_ARG: number;
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: boolean;
}

export function tracesOf(env: TraceEnvironment): TraceSettings {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/+$/, '');
  const url = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (endpoint === undefined ? undefined : `${endpoint}/v1/traces`);
  const asked = env.OTEL_TRACES_EXPORTER ?? (url === undefined ? 'none' : 'otlp');
  return {
    exporter: env.OTEL_SDK_DISABLED ? 'none' : asked,
    url,
    headers: { ...env.OTEL_EXPORTER_OTLP_HEADERS, ...env.OTEL_EXPORTER_OTLP_TRACES_HEADERS },
    timeoutMs: env.OTEL_EXPORTER_OTLP_TIMEOUT,
    serviceName: env.OTEL_SERVICE_NAME,
    resource: env.OTEL_RESOURCE_ATTRIBUTES,
    sampler: env.OTEL_TRACES_SAMPLER,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
    content: env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT,
  };
}

/** Where artifacts are kept, and how large they may be; in bytes. */
export interface ArtifactEnvironment {
  maxBytes: number;
  databaseBytes: number;
  perConversation: number;
  folder: string | undefined;
  s3: { url: string; region: string; keyId: string; secret: string } | undefined;
}

export const artifactShape = {
  TIMONEL_ARTIFACT_MAX_BYTES: bytes(26_214_400),
  TIMONEL_ARTIFACT_DATABASE_BYTES: z.coerce.number().int().min(0).max(16_777_216).default(262_144),
  TIMONEL_ARTIFACTS_PER_CONVERSATION: z.coerce.number().int().min(1).max(100_000).default(200),
  TIMONEL_ARTIFACT_FOLDER: z.string().min(1).optional(),
  TIMONEL_ARTIFACT_S3_URL: url(['http:', 'https:']).optional(),
  TIMONEL_ARTIFACT_S3_REGION: z.string().min(1).default('us-east-1'),
  TIMONEL_ARTIFACT_S3_KEY_ID: z.string().min(1).optional(),
  TIMONEL_ARTIFACT_S3_SECRET: z.string().min(1).optional(),
};

export function artifactsOf(env: z.infer<z.ZodObject<typeof artifactShape>>): ArtifactEnvironment {
  const { TIMONEL_ARTIFACT_S3_URL: url, TIMONEL_ARTIFACT_S3_KEY_ID: keyId, TIMONEL_ARTIFACT_S3_SECRET: secret } = env;
  const complete = url !== undefined && keyId !== undefined && secret !== undefined;
  return {
    maxBytes: env.TIMONEL_ARTIFACT_MAX_BYTES,
    databaseBytes: env.TIMONEL_ARTIFACT_DATABASE_BYTES,
    perConversation: env.TIMONEL_ARTIFACTS_PER_CONVERSATION,
    folder: env.TIMONEL_ARTIFACT_FOLDER,
    s3: complete ? { url, region: env.TIMONEL_ARTIFACT_S3_REGION, keyId, secret } : undefined,
  };
}

/** Half a configuration of S3 would quietly store elsewhere. @param prefix `TIMONEL_ARTIFACT_S3` or `TIMONEL_BACKUP_S3` */
export function s3Faults(present: Readonly<Record<string, string | undefined>>, prefix: string): string[] {
  const [url, ...others] = [`${prefix}_URL`, `${prefix}_KEY_ID`, `${prefix}_SECRET`] as const;
  const given = [url, ...others].filter((name) => present[name] !== undefined);
  if (given.length === 0) return [];
  if (given.length === 3) {
    const address = present[url];
    const path = address !== undefined && URL.canParse(address) ? new URL(address).pathname : '/bucket';
    // In the other style the host names the bucket.
    return path === '/' && !['false', '0'].includes(present[`${prefix}_PATH_STYLE`] ?? '')
      ? [`${url}: name the bucket too, e.g. https://s3.example.com/bucket`]
      : [];
  }
  return [url, ...others]
    .filter((name) => present[name] === undefined)
    .map((name) => `${name}: S3 needs it beside ${given.join(' and ')}`);
}

export const knowledgeShape = {
  TIMONEL_KNOWLEDGE_DOCUMENT_BYTES: bytes(20_971_520),
  TIMONEL_KNOWLEDGE_INDEX_BYTES: bytes(268_435_456),
  TIMONEL_KNOWLEDGE_PRIVATE_ADDRESSES: flag(false),
};

export const speechShape = {
  /** A route, or `provider/model` with OpenAI's audio API. */
  TIMONEL_TRANSCRIPTION_MODEL: z.string().min(1).optional(),
  TIMONEL_SPEECH_MODEL: z.string().min(1).optional(),
  TIMONEL_SPEECH_VOICE: z.string().min(1).max(100).default('alloy'),
  TIMONEL_SPEECH_LOCAL: flag(true),
  TIMONEL_SPEECH_CONFIDENCE: z.coerce.number().min(0).max(1).default(0.6),
};

export const sandboxShape = {
  TIMONEL_SANDBOX: z.enum(['auto', 'embedded', 'off']).default('auto'),
  TIMONEL_SANDBOX_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(2),
  TIMONEL_SANDBOX_QUEUE: z.coerce.number().int().min(1).max(10_000).default(500),
};

/** What bounds requests while they come in. */
export interface IncomingSettings {
  /** Until the headers of a request were received. */
  headersTimeoutMs: number;
  /** Until the whole request was received; how long its answer takes is another matter. */
  requestTimeoutMs: number;
  maxConnections: number;
  /** Bodies that are being read at the same time, and those of one caller. */
  bodies: { bytes: number; bytesPerCaller: number };
}

export const incomingShape = {
  TIMONEL_HEADERS_TIMEOUT_MS: z.coerce.number().int().min(100).max(600_000).default(15_000),
  TIMONEL_REQUEST_TIMEOUT_MS: z.coerce.number().int().min(100).max(3_600_000).default(60_000),
  TIMONEL_MAX_CONNECTIONS: z.coerce.number().int().min(1).max(1_000_000).default(8_000),
  TIMONEL_BODIES_BYTES: z.coerce.number().int().min(1_048_576).max(17_179_869_184).default(268_435_456),
};

export function incomingOf(env: z.infer<z.ZodObject<typeof incomingShape>>): IncomingSettings {
  const bytes = env.TIMONEL_BODIES_BYTES;
  return {
    headersTimeoutMs: Math.min(env.TIMONEL_HEADERS_TIMEOUT_MS, env.TIMONEL_REQUEST_TIMEOUT_MS),
    requestTimeoutMs: env.TIMONEL_REQUEST_TIMEOUT_MS,
    maxConnections: env.TIMONEL_MAX_CONNECTIONS,
    // Two of the largest requests, or a quarter of all: one caller leaves room for others.
    bodies: { bytes, bytesPerCaller: Math.min(bytes, Math.max(67_108_864, bytes / 4)) },
  };
}

/** How long a sign-in lasts. */
export interface SessionSettings {
  /** Since the last refresh. */
  idleMs: number;
  /** Since the sign-in, whatever is refreshed. */
  longestMs: number;
}

export const sessionShape = {
  TIMONEL_SESSION_IDLE_HOURS: z.coerce.number().min(0.5).max(720).default(24),
  TIMONEL_SESSION_HOURS: z.coerce.number().min(0.5).max(2_160).default(168),
};

export function sessionsOf(env: z.infer<z.ZodObject<typeof sessionShape>>): SessionSettings {
  const hourMs = 3_600_000;
  return { idleMs: env.TIMONEL_SESSION_IDLE_HOURS * hourMs, longestMs: env.TIMONEL_SESSION_HOURS * hourMs };
}

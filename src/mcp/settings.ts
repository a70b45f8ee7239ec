/** Servers as files name them: `{ "mcpServers": { "name": { "command": … } | { "url": … } } }`, the form that other assistants read too. */
import { createHash } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../canonical-json.ts';
import { messageOf } from '../errors.ts';
import type { McpOrigin, McpServerEntry, McpServerSettings } from './contract.ts';
import { visibleText } from './text.ts';

/** A file with servers. */
export interface McpSource {
  origin: McpOrigin;
  /** For messages, e.g. `.mcp.json`. */
  path: string;
  text: string;
  /** What relative folders begin at. */
  folder: string;
}

export interface McpSettings {
  entries: readonly McpServerEntry[];
  /** What is wrong in the files: the servers that it is about are left out. */
  faults: readonly string[];
}

const text = z.string().max(8_192);
const names = z.record(z.string().max(200), text);
const any = {
  protocol: z.enum(['auto', '2025-11-25', '2026-07-28']).optional(),
  timeoutMs: z.int().min(1_000).max(600_000).optional(),
  allow: z.array(text).max(1_000).optional(),
  disabled: z.boolean().optional(),
};
const oauth = z.strictObject({
  clientId: text.optional(),
  clientSecret: text.optional(),
  clientMetadataUrl: z.url({ protocol: /^https$/ }).optional(),
  issuer: z.url().optional(),
  scope: text.optional(),
  callbackPort: z.int().min(1).max(65_535).optional(),
  grant: z.enum(['authorization_code', 'client_credentials', 'jwt-bearer', 'cross-app']).optional(),
  privateKey: z.string().max(20_000).optional(),
  algorithm: text.optional(),
  assertion: z.string().max(20_000).optional(),
  identityProvider: z.strictObject({ tokenEndpoint: z.url(), clientId: text, idToken: z.string().max(20_000) }).optional(),
  dpop: z.boolean().optional(),
});
const stdio = z.object({
  type: z.literal('stdio').optional(),
  command: text.min(1),
  args: z.array(text).max(200).default([]),
  env: names.default({}),
  cwd: text.optional(),
  ...any,
});
const http = z.object({
  type: z.enum(['http', 'streamable-http', 'sse']).optional(),
  url: text.min(1),
  headers: names.default({}),
  oauth: oauth.optional(),
  ...any,
});

const nameForm = /^[A-Za-z0-9][\w-]{0,63}$/;

/**
 * Reads what the files say. A server that two files name is the first one's.
 * @param environment what `${NAME}` and `${NAME:-otherwise}` stand for
 */
export function readMcpSettings(
  sources: readonly McpSource[],
  environment: Readonly<Record<string, string | undefined>>,
): McpSettings {
  const entries = new Map<string, McpServerEntry>();
  const faults: string[] = [];
  for (const source of sources) {
    const { path, origin } = source;
    let servers: Record<string, unknown>;
    try {
      servers = z.object({ mcpServers: z.record(z.string(), z.unknown()) }).parse(JSON.parse(source.text)).mcpServers;
    } catch (error) {
      faults.push(`${path}: must be { "mcpServers": { "name": { "command": … } } }. ${firstLine(messageOf(error))}`);
      continue;
    }
    for (const [name, definition] of Object.entries(servers)) {
      if (entries.has(name)) continue;
      if (!nameForm.test(name)) {
        faults.push(
          `${path}: a server is called ${JSON.stringify(visibleText(name))}; letters, digits, _ and - are possible, 64 at most.`,
        );
        continue;
      }
      try {
        entries.set(name, entryOf(name, definition, source, environment));
      } catch (error) {
        faults.push(`${path}: ${name}: ${faultIn(error)}`);
        continue;
      }
      if (origin === 'project' && typeof definition === 'object' && definition !== null && 'allow' in definition)
        faults.push(`${path}: ${name}: "allow" holds in your own settings only, and is not looked at here.`);
    }
  }
  return { entries: [...entries.values()], faults };
}

function entryOf(
  name: string,
  definition: unknown,
  { origin, folder }: McpSource,
  environment: Readonly<Record<string, string | undefined>>,
): McpServerEntry {
  const atAddress = typeof definition === 'object' && definition !== null && 'url' in definition;
  const given = atAddress ? http.parse(definition) : stdio.parse(definition);
  const filled = filledIn(given, environment) as typeof given;
  const { protocol, timeoutMs, disabled, allow } = filled;
  const both = {
    ...(protocol === undefined ? {} : { protocol }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(disabled === undefined ? {} : { disabled }),
    ...(allow === undefined || origin === 'project' ? {} : { allow }),
  };
  let settings: McpServerSettings;
  if ('url' in filled) {
    if (!/^https?:$/.test(new URL(filled.url).protocol)) throw new TypeError('url must begin with https:// or http://');
    const { url, headers, oauth: signIn } = filled;
    settings = {
      kind: filled.type === 'sse' ? 'sse' : 'http',
      url,
      headers,
      ...both,
      ...(signIn === undefined ? {} : { oauth: stated(signIn) }),
    };
  } else {
    const { command, args, env, cwd } = filled;
    settings = {
      kind: 'stdio',
      command,
      args,
      env,
      folder: cwd === undefined || !isAbsolute(cwd) ? resolve(folder, cwd ?? '.') : cwd,
      ...both,
    };
  }
  const { allow: _allow, disabled: _disabled, timeoutMs: _timeout, ...launched } = given;
  return {
    name,
    origin,
    settings,
    shown: shownOf(given, origin),
    launch: createHash('sha256').update(canonicalJson({ folder, launched })).digest('hex').slice(0, 32),
  };
}

/** Without members that are `undefined`, as exact optional members want it. */
function stated<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** As it is written, so that names of variables are shown and not what they hold. */
function shownOf(given: z.infer<typeof stdio> | z.infer<typeof http>, origin: McpOrigin): string {
  // What users wrote themselves they need not read again, and it may be a secret; of a project all of it counts.
  const told = (value: string) => (origin === 'project' || value.includes('${') ? value : '…');
  if ('url' in given) {
    const headers = Object.entries(given.headers).map(([header, value]) => `${header}: ${told(value)}`);
    return visibleText([given.url, ...headers].join('\n'));
  }
  const { command, args, env, cwd } = given;
  const variables = Object.entries(env).map(([variable, value]) => `${variable}=${quoted(told(value))}`);
  const where = cwd === undefined ? '' : `\n(in ${cwd})`;
  return visibleText([...variables, quoted(command), ...args.map(quoted)].join(' ') + where);
}

function quoted(word: string): string {
  return /^[\w@%+=:,./${}…-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function filledIn(value: unknown, environment: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof value === 'string')
    return value.replace(/\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g, (_whole, variable: string, otherwise: string | undefined) => {
      const found = environment[variable] ?? otherwise;
      if (found === undefined) throw new TypeError(`the variable ${variable} is not set`);
      return found;
    });
  if (Array.isArray(value)) return value.map((each) => filledIn(each, environment));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filledIn(member, environment)]));
}

function faultIn(error: unknown): string {
  if (!(error instanceof z.ZodError)) return firstLine(messageOf(error));
  return error.issues.map(({ path, message }) => `${path.join('.') || 'the server'}: ${message}`).join('; ');
}

function firstLine(message: string): string {
  return visibleText(message.split('\n')[0] ?? '').slice(0, 300);
}

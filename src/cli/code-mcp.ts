/** `/mcp` in the terminal, and `timonel code mcp`: servers of the Model Context Protocol. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Language } from '../language/contract.ts';
import type { LocalizedText } from '../vocabulary.ts';
import type { ApiClient } from './api-client.ts';
import { coderPath } from './code-server.ts';
import { terminalText } from './code-text.ts';

interface ListedServer {
  name: string;
  origin: 'user' | 'project';
  kind: string;
  state: 'disabled' | 'unapproved' | 'idle' | 'connecting' | 'connected' | 'retrying' | 'login' | 'failed';
  shown: string;
  launch: string;
  because?: string;
  tools: string[];
  version?: string;
}

/** Where it is shown, and who is asked. */
export interface ServersSurface {
  language: Language;
  line(text: string): void;
  note(text: string): void;
  fault(text: string): void;
  /** `undefined` where nobody can answer. */
  ask(question: string): Promise<string | undefined>;
}

const states: Readonly<Record<ListedServer['state'], LocalizedText>> = {
  disabled: { es: 'apagado en la configuración', en: 'switched off in its settings' },
  unapproved: {
    es: 'lo pide el proyecto; falta tu sí: /mcp connect {name}',
    en: 'the project names it, and you have to say yes: /mcp connect {name}',
  },
  idle: { es: 'se conecta cuando haga falta', en: 'connects when it is needed' },
  connecting: { es: 'conectando', en: 'connecting' },
  connected: { es: 'conectado', en: 'connected' },
  retrying: { es: 'se cortó; vuelve a intentar', en: 'lost; trying again' },
  login: { es: 'pide entrar: /mcp login {name}', en: 'asks for a sign-in: /mcp login {name}' },
  failed: { es: 'no se pudo conectar', en: 'could not be connected' },
};

const said = {
  none: {
    es: 'No hay servidores. timonel code mcp add <nombre> -- <comando>, o un .mcp.json en el proyecto.',
    en: 'There are no servers. timonel code mcp add <name> -- <command>, or an .mcp.json in the project.',
  },
  usage: {
    es: '/mcp · /mcp connect|disconnect|login|logout|tools <nombre>',
    en: '/mcp · /mcp connect|disconnect|login|logout|tools <name>',
  },
  unknown: { es: 'No hay un servidor "{name}".', en: 'There is no server "{name}".' },
  start: {
    es: 'El proyecto pide el servidor {name}. Corre o se conecta con tus permisos:\n{shown}\n¿Se conecta? [s] sí · [n] no: ',
    en: 'The project names the server {name}. It runs or connects with your rights:\n{shown}\nConnect it? [y] yes · [n] no: ',
  },
  not: { es: 'No se conectó.', en: 'It was not connected.' },
  open: { es: 'Abrí esta dirección para entrar:\n{url}', en: 'Open this address to sign in:\n{url}' },
  waits: {
    es: 'Se proponen servidores del proyecto: {names}. /mcp los muestra.',
    en: 'The project names servers: {names}. /mcp shows them.',
  },
} as const satisfies Record<string, LocalizedText>;

const at = (name: string, verb: string) => `${coderPath}/mcp/${encodeURIComponent(name)}/${verb}`;

function worded(text: LocalizedText, language: Language, values: Readonly<Record<string, string>> = {}): string {
  return terminalText(text[language].replace(/\{(\w+)\}/g, (_whole, key: string) => values[key] ?? ''));
}

async function listed(client: ApiClient): Promise<{ servers: ListedServer[]; faults: string[] }> {
  return client.get<{ servers: ListedServer[]; faults: string[] }>(`${coderPath}/mcp`);
}

/** @returns whether it worked */
export async function mcpInTerminal(client: ApiClient, surface: ServersSurface, argument: string): Promise<boolean> {
  const { language } = surface;
  const [verb = '', name = '', ...rest] = argument.split(/\s+/);
  if (verb === '' || verb === 'list') {
    await showServers(client, surface);
    return true;
  }
  if (!['connect', 'disconnect', 'login', 'logout', 'tools'].includes(verb) || name === '' || rest.length > 0) {
    surface.fault(worded(said.usage, language));
    return false;
  }
  const server = (await listed(client)).servers.find((each) => each.name === name);
  if (server === undefined) {
    surface.fault(worded(said.unknown, language, { name }));
    return false;
  }
  switch (verb) {
    case 'connect':
      return connect(client, surface, server);
    case 'login':
      return login(client, surface, server);
    case 'tools':
      for (const tool of server.tools) surface.note(terminalText(`mcp__${name}__${tool}`));
      return true;
    default:
      return show(surface, await client.post<ListedServer>(at(name, verb), {}));
  }
}

async function showServers(client: ApiClient, surface: ServersSurface): Promise<void> {
  const { servers, faults } = await listed(client);
  for (const server of servers) show(surface, server);
  for (const fault of faults) surface.fault(terminalText(fault));
  if (servers.length === 0 && faults.length === 0) surface.line(worded(said.none, surface.language));
}

function show(surface: ServersSurface, { name, state, tools, version, because, shown }: ListedServer): boolean {
  const count = state === 'connected' || tools.length > 0 ? ` · ${tools.length} tools` : '';
  const what = version === undefined ? '' : ` · ${version}`;
  surface.line(
    terminalText(
      `${state === 'connected' ? '●' : '○'} ${name}  ${worded(states[state], surface.language, { name })}${count}${what}`,
    ),
  );
  surface.note(terminalText(`    ${shown.replaceAll('\n', '\n    ')}`));
  if (because !== undefined) surface.fault(terminalText(`    ${because}`));
  return !['failed', 'login', 'unapproved'].includes(state);
}

async function connect(client: ApiClient, surface: ServersSurface, { name, state, shown, launch }: ListedServer): Promise<boolean> {
  const { language } = surface;
  if (state !== 'unapproved') return show(surface, await client.post<ListedServer>(at(name, 'connect'), {}));
  const answer = await surface.ask(worded(said.start, language, { name, shown }));
  if (answer === undefined || !/^\s*(?:y|yes|s|si|sí)\s*$/i.test(answer)) {
    surface.line(worded(said.not, language));
    return false;
  }
  // With what was shown: another one by now is refused.
  return show(surface, await client.post<ListedServer>(at(name, 'connect'), { launch }));
}

/** Asks for the end of a sign-in for as long as the server's process waits for it. */
async function login(client: ApiClient, surface: ServersSurface, { name }: ListedServer): Promise<boolean> {
  const { url } = await client.post<{ url: string | null }>(at(name, 'login'), {});
  if (url !== null) {
    surface.line(worded(said.open, surface.language, { url }));
    openBrowser(url);
  }
  const until = performance.now() + 310_000;
  for (;;) {
    const server = (await listed(client)).servers.find((each) => each.name === name);
    if (server === undefined) return false;
    if (server.state !== 'connecting' || performance.now() > until) return show(surface, server);
    await sleep(250);
  }
}

/** Where there is a screen; the address is shown anyway. */
function openBrowser(url: string): void {
  if (process.stdout.isTTY !== true || !/^https?:/.test(url)) return;
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(command, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

/** Said once when a terminal opens. */
export async function unapprovedNotice(client: ApiClient, language: Language): Promise<string | undefined> {
  const { servers } = await listed(client);
  const names = servers.filter(({ state }) => state === 'unapproved').map(({ name }) => name);
  return names.length === 0 ? undefined : worded(said.waits, language, { names: names.join(', ') });
}

/**
 * The client library of the Model Context Protocol writes to the console, with names that servers chose: into the middle of what a person reads, and
 * with what a terminal obeys. What it says of a server is in the state of the server.
 */
export function silenceLibrary(): void {
  for (const level of ['debug', 'warn', 'error'] as const) {
    const write = console[level].bind(console);
    console[level] = (...words: unknown[]) => {
      if (!(typeof words[0] === 'string' && words[0].startsWith('[mcp-sdk]'))) write(...words);
    };
  }
}

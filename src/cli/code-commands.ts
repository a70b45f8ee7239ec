/** Commands of the terminal: `/undo`, `/mode edit`. What is none of them is for the assistant. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from './api-client.ts';
import { extensionsOf, tellFaults } from './code-extensions.ts';
import { mcpInTerminal } from './code-mcp.ts';
import { chooseModel, listRoutes, shownAlias } from './code-models.ts';
import type { Screen } from './code-screen.ts';
import { coderPath } from './code-server.ts';
import {
  beginSession,
  type CodeMode,
  exportSession,
  findSession,
  forkSession,
  type ListedChange,
  listSessions,
  modes,
  sessionPath,
  type UndoneFile,
} from './code-session.ts';
import type { CodeTurn } from './code-turn.ts';
import { type Saying, sentence } from './code-words.ts';

/** What commands work with, and change. */
export interface CommandState {
  client: ApiClient;
  screen: Screen;
  conversation: string;
  /** Where an export goes. */
  data: string;
  /** A line of the person; `undefined` at the end of the input. */
  ask(question: string): Promise<string | undefined>;
}

type Handler = (state: CommandState, argument: string) => Promise<unknown>;

interface TerminalCommand {
  es: string;
  en: string;
  takes?: string;
  run: Handler;
}

const short = (id: string) => id.slice(-8);

async function setMode({ client, screen, conversation }: CommandState, argument: string): Promise<void> {
  const { language } = screen;
  const wanted = modes.find((each) => each === argument);
  if (argument !== '' && wanted === undefined) return screen.fault(sentence(language, 'modes'));
  const { mode } =
    wanted === undefined
      ? await client.get<{ mode: CodeMode }>(sessionPath(conversation))
      : await client.put<{ mode: CodeMode }>(sessionPath(conversation), { mode: wanted });
  const what = sentence(language, mode === 'ask' ? 'ask-mode' : mode);
  screen.line(sentence(language, 'mode', { mode, what }));
  if (mode !== 'auto') return;
  const project = await client.get<{ sandbox: boolean; because?: string }>(`${coderPath}/project`);
  if (!project.sandbox) screen.fault(sentence(language, 'noSandbox', { reason: project.because ?? '' }));
}

const levels = ['all', 'syntax', 'off'] as const;

async function diagnostics({ client, screen, conversation }: CommandState, argument: string): Promise<void> {
  const { language } = screen;
  const wanted = levels.find((each) => each === argument);
  if (argument !== '' && wanted === undefined) return screen.fault(sentence(language, 'levels'));
  const path = sessionPath(conversation);
  const session =
    wanted === undefined
      ? await client.get<{ diagnostics: (typeof levels)[number] }>(path)
      : await client.put<{ diagnostics: (typeof levels)[number] }>(path, { diagnostics: wanted });
  screen.line(sentence(language, `diagnostics-${session.diagnostics}`));
}

const undoing =
  (direction: 'undo' | 'redo'): Handler =>
  async ({ client, screen, conversation }, argument) => {
    const { language } = screen;
    const report = await client.post<{ changes: string[]; files: UndoneFile[] }>(`${sessionPath(conversation)}/undo`, {
      direction,
      ...(argument === '' ? {} : { change: argument }),
    });
    if (report.files.length === 0) return screen.line(sentence(language, direction === 'undo' ? 'nothingToUndo' : 'nothingToRedo'));
    for (const { path, result, message, diff } of report.files) {
      screen.note(`${path}: ${sentence(language, result)}${message === undefined ? '' : ` (${message})`}`);
      if (diff !== undefined) screen.diff(diff);
    }
  };

async function checkpoints({ client, screen, conversation }: CommandState): Promise<void> {
  const { changes } = await client.get<{ changes: ListedChange[] }>(`${sessionPath(conversation)}/changes`);
  if (changes.length === 0) return screen.line(sentence(screen.language, 'noChanges'));
  for (const { id, kind, at, title, files } of changes) {
    const mark = files.every(({ undone }) => undone) ? '↶' : files.every(({ kept }) => kept) ? ' ' : '!';
    screen.note(
      `${mark} ${short(id)}  ${at.slice(0, 19).replace('T', ' ')}  ${kind === 'command' ? '$ ' : ''}${title} (${files.length})`,
    );
  }
}

interface ListedRuns {
  runs: { id: string; conversationId: string }[];
  next: string | null;
}

async function cost({ client, screen, conversation }: CommandState): Promise<void> {
  const total = { calls: 0, input: 0, output: 0, cost: 0, priced: false };
  let after: string | null = null;
  do {
    const page: ListedRuns = await client.get(
      `/api/v1/runs?agent=coder&limit=100${after === null ? '' : `&after=${encodeURIComponent(after)}`}`,
    );
    for (const { id } of page.runs.filter((run) => run.conversationId === conversation)) {
      const { usage } = (await client.get<Pick<CodeTurn, 'run'>>(`/api/v1/runs/${id}`)).run;
      total.calls += usage.modelCalls;
      total.input += usage.inputTokens;
      total.output += usage.outputTokens;
      total.cost += usage.cost ?? 0;
      total.priced ||= usage.cost !== undefined;
    }
    after = page.next;
  } while (after !== null);
  const { language } = screen;
  const money = total.priced ? `US$ ${total.cost.toFixed(4)}` : sentence(language, 'noPrice');
  screen.line(sentence(language, 'cost', { calls: total.calls, input: total.input, output: total.output, money }));
}

async function budget({ client, screen }: CommandState, argument: string): Promise<void> {
  const money = Number(argument);
  if (argument !== '' && !(money > 0)) return screen.fault(sentence(screen.language, 'noMoney'));
  if (argument !== '') await client.put('/api/v1/budgets', { scope: 'run', money });
  const { budgets } = await client.get<{ budgets: { scope: string; limit: { money: number | null; tokens: number | null } }[] }>(
    '/api/v1/budgets',
  );
  for (const { scope, limit } of budgets)
    screen.note(`${scope}: ${limit.money === null ? `${limit.tokens} tokens` : `US$ ${limit.money}`}`);
  if (budgets.length === 0) screen.line(sentence(screen.language, 'noBudget'));
}

async function sessions({ client, screen, conversation }: CommandState): Promise<void> {
  // One in which nothing was said is of no use to anybody.
  const all = (await listSessions(client)).filter(({ conversation: id, title }) => title !== '' || id === conversation);
  if (all.length === 0) return screen.line(sentence(screen.language, 'noSessions'));
  for (const { conversation: id, title, mode, changes, updatedAt } of all)
    screen.note(
      `${id === conversation ? '>' : ' '} ${short(id)}  ${updatedAt.slice(0, 16).replace('T', ' ')}  ${mode.padEnd(4)}  ${title} (${changes})`,
    );
}

async function model({ client, screen }: CommandState, argument: string): Promise<void> {
  if (argument !== '') await chooseModel(client, argument, screen.language);
  const routes = await listRoutes(client);
  for (const { alias, targets } of routes) screen.note(`${shownAlias(alias)}: ${targets.map((target) => target.model).join(', ')}`);
  if (routes.length === 0) screen.line(sentence(screen.language, 'noModel').replace(/^, /, ''));
}

async function skills({ client, screen }: CommandState): Promise<void> {
  const found = await extensionsOf(client);
  for (const { name, origin, description, problems } of found.skills) {
    screen.note(`${problems.length === 0 ? ' ' : '!'} ${name} (${sentence(screen.language, origin)})  ${description}`);
    for (const problem of problems) screen.fault(`    ${problem}`);
  }
  if (found.skills.length === 0) screen.line(sentence(screen.language, 'noSkills'));
}

async function hooks({ client, screen }: CommandState): Promise<void> {
  const found = await extensionsOf(client);
  for (const { when, origin, command, tools } of found.hooks)
    screen.note(`${when} ${tools.length === 0 ? '*' : tools.join(', ')} (${sentence(screen.language, origin)})  ${command}`);
  if (found.hooks.length === 0) screen.line(sentence(screen.language, 'noHooks'));
  tellFaults(screen, found);
}

async function memories({ client, screen }: CommandState, argument: string): Promise<void> {
  const at = `${coderPath}/memories`;
  const { items } = await client.get<{ items: { id: string; fact: string }[] }>(`${at}?limit=100`);
  if (argument !== '') {
    const one = items.find(({ id }) => short(id) === argument);
    if (one !== undefined) await client.delete(`${at}/${one.id}`);
    return memories({ client, screen } as CommandState, '');
  }
  for (const { id, fact } of items) screen.note(`${short(id)}  ${fact}`);
}

/** By name, in the order of `/help`. */
export const terminalCommands: Readonly<Record<string, TerminalCommand>> = {
  help: { es: 'estos comandos', en: 'these commands', run: help },
  mode: { es: 'qué se hace sin preguntar', en: 'what is done unasked', takes: modes.join('|'), run: setMode },
  diagnostics: {
    es: 'quién mira los archivos después de cada cambio',
    en: 'who looks at the files after each edit',
    takes: `[${levels.join('|')}]`,
    run: diagnostics,
  },
  undo: {
    es: 'deshace el último turno, o un cambio',
    en: 'takes back the last turn, or a change',
    takes: '[id]',
    run: undoing('undo'),
  },
  redo: { es: 'lo rehace', en: 'makes it anew', takes: '[id]', run: undoing('redo') },
  checkpoints: { es: 'qué cambió en esta sesión', en: 'what was changed in this session', run: checkpoints },
  cost: { es: 'tokens y dinero de esta sesión', en: 'tokens and money of this session', run: cost },
  tokens: { es: 'lo mismo', en: 'the same', run: cost },
  stats: { es: 'lo mismo', en: 'the same', run: cost },
  sessions: { es: 'las sesiones de este repositorio', en: 'the sessions of this repository', run: sessions },
  resume: {
    es: 'sigue con otra sesión',
    en: 'goes on with another session',
    takes: 'id',
    async run(state, argument) {
      const found = await findSession(state.client, argument === '' ? 'latest' : { id: argument });
      state.conversation = found.conversation;
      state.screen.line(sentence(state.screen.language, 'session', { id: `${short(found.conversation)} ${found.title}` }));
    },
  },
  fork: {
    es: 'una sesión nueva que sabe lo que se dijo en esta',
    en: 'a new session that knows what was said in this one',
    async run(state) {
      state.conversation = await forkSession(state.client, state.conversation);
      state.screen.line(sentence(state.screen.language, 'session', { id: short(state.conversation) }));
    },
  },
  clear: {
    es: 'empieza una sesión nueva',
    en: 'begins a new session',
    async run(state) {
      const { mode } = await state.client.get<{ mode: CodeMode }>(sessionPath(state.conversation));
      state.conversation = await beginSession(state.client, mode);
      state.screen.line(sentence(state.screen.language, 'session', { id: short(state.conversation) }));
    },
  },
  export: {
    es: 'escribe la sesión como Markdown',
    en: 'writes the session as Markdown',
    takes: '[file]',
    async run({ client, screen, conversation, data }, argument) {
      const path = argument === '' ? join(data, `session-${short(conversation)}.md`) : argument;
      writeFileSync(path, await exportSession(client, conversation), { mode: 0o600 });
      screen.line(sentence(screen.language, 'exported', { path }));
    },
  },
  budget: {
    es: 'dólares que un turno puede gastar, reservados antes de cada llamada',
    en: 'dollars that a turn may spend, reserved before each call',
    takes: '[dollars]',
    run: budget,
  },
  memories: {
    es: 'lo que recuerdo; con un id lo olvido',
    en: 'what I remember; with an id I forget it',
    takes: '[id]',
    run: memories,
  },
  skills: {
    es: 'guías que puedo leer, y qué está mal en ellas',
    en: 'skills that I can read, and what is wrong in them',
    run: skills,
  },
  hooks: { es: 'comandos que corren con mis llamadas', en: 'commands that run around my calls', run: hooks },
  model: { es: 'qué modelo contesta', en: 'which model answers', takes: '[fast|deep|auto|provider/model]', run: model },
  mcp: {
    es: 'servidores MCP: cuáles hay, conectar, entrar',
    en: 'MCP servers: which there are, connect, sign in',
    takes: '[connect|disconnect|login|logout|tools name]',
    run: ({ client, screen, ask }, argument) =>
      mcpInTerminal(
        client,
        {
          language: screen.language,
          line: (text) => screen.line(text),
          note: (text) => screen.note(text),
          fault: (text) => screen.fault(text),
          ask,
        },
        argument,
      ),
  },
  exit: { es: 'salir', en: 'leave', run: async () => 'exit' },
};

async function help({ client, screen }: CommandState): Promise<void> {
  for (const [name, { takes = '', ...text }] of Object.entries(terminalCommands))
    screen.note(`/${`${name} ${takes}`.padEnd(34)} ${text[screen.language]}`);
  for (const { name, hint, description, origin, problem } of (await extensionsOf(client)).commands)
    if (problem === null) screen.note(`/${`${name} ${hint}`.padEnd(34)} ${description} (${sentence(screen.language, origin)})`);
  screen.note(
    screen.language === 'es'
      ? '!comando lo corre en tu terminal; @ruta agrega un archivo al mensaje'
      : '!command runs in your terminal; @path adds a file to the message',
  );
}

/** @returns whether the text was a command; `exit` to leave. */
export async function runCommandOf(state: CommandState, text: string): Promise<boolean | 'exit'> {
  const [, name = '', argument = ''] = /^\/([a-z-]+)(?:\s+(.*))?$/s.exec(text.trim()) ?? [];
  const aliases: Readonly<Record<string, Saying | string>> = {
    quit: 'exit',
    q: 'exit',
    '?': 'help',
    h: 'help',
    reset: 'clear',
    cls: 'clear',
  };
  const command = terminalCommands[aliases[name] ?? name];
  if (command === undefined) return false;
  if ((await command.run(state, argument.trim())) === 'exit') return 'exit';
  // The assistant has commands of its own, and lists them too.
  return command !== terminalCommands['help'];
}

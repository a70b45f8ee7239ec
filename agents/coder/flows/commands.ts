/** Commands that begin with a slash: those that the flows do, those of the terminal, and names from elsewhere with what they lead to. */
import type { LocalizedText } from '../../../src/index.ts';
import { analysed, type Wish } from './wishes.ts';

interface SlashCommand {
  usage: string;
  what: LocalizedText;
  /** Further names. */
  also?: readonly string[];
  /** @returns `undefined` where something is missing */
  wish(words: readonly string[], rest: string): Wish | undefined;
}

const needs = (make: (argument: string) => Wish) => (_words: readonly string[], rest: string) =>
  rest === '' ? undefined : make(rest);
const under = (word: string | undefined) => (word === undefined ? {} : { under: word });

export const slashCommands: Readonly<Record<string, SlashCommand>> = {
  explain: {
    usage: '/explain FILE|NAME',
    what: { es: 'qué es, quién lo usa, sus últimos cambios', en: 'what it is, who uses it, its last changes' },
    also: ['analyze_file'],
    wish: needs((what) => analysed({ action: 'explain', what })),
  },
  search: {
    usage: '/search [--ignored] TEXT',
    what: { es: 'busca texto', en: 'searches text' },
    also: ['find', 'grep'],
    wish: (words, rest) => {
      const ignored = words[0] === '--ignored';
      const pattern = ignored ? rest.slice('--ignored'.length).trim() : rest;
      return pattern === ''
        ? undefined
        : analysed({ action: 'search', pattern, ...(ignored ? { ignored } : {}), ...(isRegex(pattern) ? {} : { literal: true }) });
    },
  },
  symbols: {
    usage: '/symbols [NAME]',
    what: { es: 'declaraciones del proyecto', en: 'declarations of the project' },
    wish: (_words, rest) => analysed({ action: 'symbols', ...(rest === '' ? {} : { name: rest }) }),
  },
  outline: {
    usage: '/outline FILE',
    what: { es: 'qué declara un archivo', en: 'what a file declares' },
    wish: needs((path) => analysed({ action: 'outline', path })),
  },
  refs: {
    usage: '/refs NAME',
    what: { es: 'dónde se usa', en: 'where it is used' },
    also: ['references', 'usages'],
    wish: needs((name) => analysed({ action: 'refs', name })),
  },
  related: {
    usage: '/related FILE',
    what: { es: 'archivos que van con ese', en: 'files that belong to it' },
    wish: needs((path) => analysed({ action: 'related', path })),
  },
  tree: {
    usage: '/tree [DEPTH] [FOLDER]',
    what: { es: 'carpetas y archivos', en: 'folders and files' },
    also: ['files', 'list', 'ls'],
    wish(words) {
      const depth = words.find((word) => /^\d{1,2}$/.test(word));
      const folder = words.find((word) => word !== depth && !/[*?]/.test(word));
      return analysed({
        action: 'tree',
        ...(depth === undefined ? {} : { depth: Math.min(20, Math.max(1, Number(depth))) }),
        ...under(folder),
      });
    },
  },
  map: {
    usage: '/map [TOKENS] [FOLDER]',
    what: { es: 'lo que más se usa, en pocas líneas', en: 'what is used most, in a few lines' },
    also: ['context'],
    wish(words) {
      const tokens = words.find((word) => /^\d+$/.test(word));
      return analysed({
        action: 'map',
        ...(tokens === undefined ? {} : { tokens: Math.min(20_000, Math.max(50, Number(tokens))) }),
        ...under(words.find((word) => word !== tokens)),
      });
    },
  },
  deps: {
    usage: '/deps [--dot] [FOLDER]',
    what: { es: 'qué se apoya en qué, ciclos', en: 'what stands on what, cycles' },
    wish: (words) =>
      analysed({
        action: 'deps',
        ...(words.includes('--dot') ? { dot: true } : {}),
        ...under(words.find((word) => word !== '--dot')),
      }),
  },
  todo: {
    usage: '/todo [FOLDER]',
    what: { es: 'TODO y FIXME de los comentarios', en: 'TODO and FIXME of comments' },
    wish: ([folder]) => analysed({ action: 'todo', ...under(folder) }),
  },
  metrics: {
    usage: '/metrics [FOLDER]',
    what: { es: 'líneas, funciones, complejidad', en: 'lines, functions, complexity' },
    wish: ([folder]) => analysed({ action: 'metrics', ...under(folder) }),
  },
  report: {
    usage: '/report [FOLDER]',
    what: { es: 'informe del proyecto', en: 'report on the project' },
    also: ['project', 'analyze', 'info'],
    wish: ([folder]) => analysed({ action: 'report', ...under(folder) }),
  },
  test: {
    usage: '/test [FILE]',
    what: { es: 'corre los tests', en: 'runs the tests' },
    also: ['tests'],
    wish: ([only]) => ({ kind: 'tests', only }),
  },
  lint: {
    usage: '/lint',
    what: { es: 'tipos y estilo, con lo que usa el proyecto', en: "types and style, by the project's own tools" },
    also: ['check', 'types'],
    wish: () => ({ kind: 'checks' }),
  },
  diff: {
    usage: '/diff',
    what: { es: 'qué cambió desde el último commit', en: 'what changed since the last commit' },
    wish: ([first]) => analysed({ action: 'diff', ...(first === '--staged' ? { staged: true } : {}) }),
  },
  rename: {
    usage: '/rename A B',
    what: { es: 'renombra', en: 'renames' },
    wish: ([from, to]) => (from === undefined || to === undefined ? undefined : { kind: 'rename', from, to }),
  },
  replace: {
    usage: '/replace PATTERN => REPLACEMENT',
    what: { es: 'reemplaza código por su forma, con $A', en: 'replaces code by its form, with $A' },
    wish(_words, rest) {
      const [pattern = '', replacement] = rest.split(/\s+(?:=>|→)\s+/);
      return replacement === undefined || pattern === '' ? undefined : { kind: 'replace', pattern, replacement, under: undefined };
    },
  },
  commit: {
    usage: '/commit [MESSAGE]',
    what: { es: 'propone un mensaje y hace el commit', en: 'proposes a message and commits' },
    wish: (_words, rest) => ({ kind: 'commit', message: rest === '' ? undefined : rest }),
  },
  git: {
    usage: '/git status|diff|log|branches|show|commit',
    what: { es: 'git, para mirar', en: 'git, to look' },
    wish: ([action, ...others], rest) => gitWish(action, others, rest.slice((action ?? '').length).trim()),
  },
  undo: {
    usage: '/undo',
    what: { es: 'deshace lo último que cambié', en: 'takes back what I changed last' },
    wish: () => ({ kind: 'undo', direction: 'undo' }),
  },
  redo: {
    usage: '/redo',
    what: { es: 'rehace lo deshecho', en: 'makes it anew' },
    wish: () => ({ kind: 'undo', direction: 'redo' }),
  },
  read: {
    usage: '/read FILE [FROM-TO]',
    what: { es: 'muestra un archivo', en: 'shows a file' },
    also: ['show', 'load', 'cat', 'open'],
    wish([path, lines]) {
      const range = /^(\d+)(?:-(\d+))?$/.exec(lines ?? '');
      return path === undefined
        ? undefined
        : {
            kind: 'read',
            path,
            from: range === null ? undefined : Number(range[1]),
            to: range?.[2] === undefined ? undefined : Number(range[2]),
          };
    },
  },
  run: {
    usage: '/run COMMAND',
    what: { es: 'corre un comando (también !COMANDO)', en: 'runs a command (also !COMMAND)' },
    wish: needs((command) => ({ kind: 'run', command })),
  },
  remember: {
    usage: '/remember FACT',
    what: { es: 'guarda un dato del proyecto', en: 'keeps a fact about the project' },
    wish: needs((fact) => ({ kind: 'remember', fact })),
  },
  forget: { usage: '/forget FACT', what: { es: 'lo olvida', en: 'forgets it' }, wish: needs((fact) => ({ kind: 'forget', fact })) },
  models: {
    usage: '/models',
    what: { es: 'qué modelo de Ollama entra en esta máquina', en: 'which model of Ollama fits this machine' },
    wish: () => analysed({ action: 'models' }),
  },
  index: {
    usage: '/index',
    what: { es: 'lee todo el código y dice qué sabe', en: 'reads all code and says what it knows' },
    also: ['rag-stats'],
    wish: () => analysed({ action: 'index' }),
  },
  cache: {
    usage: '/cache stats|clear',
    what: { es: 'lo que recuerdo del código', en: 'what I keep of the code' },
    wish: ([action]) => analysed({ action: /^(clear|clean|cleanup)$/.test(action ?? '') ? 'forget-index' : 'index' }),
  },
  'clear-index': {
    usage: '/clear-index',
    what: { es: 'olvida lo leído', en: 'forgets what was read' },
    wish: () => analysed({ action: 'forget-index' }),
  },
  stats: {
    usage: '/stats',
    what: { es: 'cifras del código', en: 'figures of the code' },
    wish: () => analysed({ action: 'metrics' }),
  },
  help: { usage: '/help', what: { es: 'esta lista', en: 'this list' }, also: ['h', '?', 'tools'], wish: () => ({ kind: 'help' }) },
};

/** About the terminal or the session, which only the terminal has. */
const terminalCommands = new Set([
  'exit',
  'quit',
  'q',
  'clear',
  'cls',
  'reset',
  'mode',
  'diagnostics',
  'model',
  'cost',
  'tokens',
  'export',
  'checkpoints',
  'sessions',
  'resume',
  'fork',
  'compact',
  'history',
  'memories',
  'mcp',
]);

const instead: Readonly<Record<string, LocalizedText>> = {
  llm: {
    es: '/model cambia de modelo, /models dice cuál entra en esta máquina, /cost lo que se gastó',
    en: '/model changes the model, /models says which fits this machine, /cost what was spent',
  },
  msearch: { es: '/memories muestra lo que recuerdo del proyecto', en: '/memories lists what I remember of the project' },
  mstats: { es: '/memories muestra lo que recuerdo del proyecto', en: '/memories lists what I remember of the project' },
  plugins: {
    es: 'en lugar de plugins hay servidores MCP (/mcp), skills y comandos propios',
    en: 'instead of plugins there are MCP servers (/mcp), skills and custom commands',
  },
  telemetry: {
    es: 'las métricas están en /metrics del servidor de Timonel; /cost dice lo que se gastó',
    en: "the metrics are at /metrics of Timonel's server; /cost says what was spent",
  },
  unload: {
    es: 'no hay que cargar ni descargar archivos: se leen cuando hacen falta',
    en: 'files need not be loaded or unloaded: they are read when they are needed',
  },
  write: {
    es: 'decí qué cambiar, con un modelo; sin modelo están /rename y /replace',
    en: 'say what to change, with a model; without one there are /rename and /replace',
  },
  refactor: {
    es: 'con un modelo, decilo con palabras; sin modelo están /rename y /replace',
    en: 'with a model, say it in words; without one there are /rename and /replace',
  },
  docker: { es: 'con un modelo, pedí el Dockerfile con palabras', en: 'with a model, ask for the Dockerfile in words' },
  docs: {
    es: 'con un modelo, pedí la documentación con palabras; /explain muestra la que hay',
    en: 'with a model, ask for documentation in words; /explain shows what is there',
  },
  chat: { es: 'acá mismo: escribí', en: 'right here: write' },
};

const sameAs: Readonly<Record<string, string>> = {
  memsearch: 'msearch',
  memstats: 'mstats',
  plugin: 'plugins',
  telem: 'telemetry',
  clear_files: 'unload',
};

const byName = new Map(
  Object.entries(slashCommands).flatMap(([name, { also = [] }]) => [name, ...also].map((each) => [each, name] as const)),
);

/** Also commands that began with `!` elsewhere: they are none of the shell. */
const banged = new Set(['index', 'search', 'related', 'rag-stats', 'clear-index']);

/** @returns `undefined` where the text is no command */
export function commandWish(text: string): Wish | undefined {
  const said = text.trim();
  if (said.startsWith('!')) {
    const own = /^!([\w-]+)/.exec(said)?.[1] ?? '';
    if (!banged.has(own)) return { kind: 'run', command: said.slice(1).trim() };
    const file = said.slice(own.length + 1).trim();
    return commandWish(`/${own} ${own === 'index' ? '' : file}`);
  }
  const found = /^\/([\w?-]+)(?:\s+([\s\S]*))?$/.exec(said);
  if (found === null) return undefined;
  const asked = (found[1] ?? '').toLowerCase();
  const rest = (found[2] ?? '').trim();
  const words = rest === '' ? [] : rest.split(/\s+/);
  const name = byName.get(asked);
  const command = name === undefined ? undefined : slashCommands[name];
  if (command !== undefined) return command.wish(words, rest) ?? { kind: 'incomplete', command: asked, usage: command.usage };
  if (terminalCommands.has(asked)) return { kind: 'terminal', command: asked };
  const other = instead[sameAs[asked] ?? asked];
  if (other !== undefined) return { kind: 'instead', command: asked, instead: other };
  return {
    kind: 'unknown-command',
    command: asked,
    similar: [...byName.keys(), ...terminalCommands].find((each) => isNear(each, asked)),
  };
}

function gitWish(action: string | undefined, others: readonly string[], rest: string): Wish | undefined {
  switch (action) {
    case undefined:
    case 'status':
    case 'st':
      return { kind: 'git', action: 'status', revision: undefined, paths: [] };
    case 'diff':
      return { kind: 'git', action: 'diff', revision: undefined, paths: others };
    case 'log':
      return { kind: 'git', action: 'log', revision: undefined, paths: others };
    case 'branch':
    case 'branches':
      return { kind: 'git', action: 'branches', revision: undefined, paths: [] };
    case 'show':
      return { kind: 'git', action: 'show', revision: others[0], paths: [] };
    case 'commit':
    case 'suggest':
      return { kind: 'commit', message: rest === '' ? undefined : rest.replace(/^-m\s+/, '').replace(/^(["'])(.*)\1$/, '$2') };
    default:
      return { kind: 'run', command: `git ${action} ${rest}`.trim() };
  }
}

function isRegex(pattern: string): boolean {
  return /\\[bdswBDSW]|\.\*|\.\+|\[[^\]]+\]|^\^|\$$|\(\?|\|/.test(pattern);
}

/** One letter more, less or other. */
function isNear(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1 || one.length < 3) return false;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return (
    one.slice(at + 1) === other.slice(at + 1) ||
    one.slice(at) === other.slice(at + 1) ||
    one.slice(at + 1) === other.slice(at) ||
    (one[at] === other[at + 1] && one[at + 1] === other[at] && one.slice(at + 2) === other.slice(at + 2))
  );
}

/** What the coding assistant may do, whoever plans: decided from the mode and the judgement of the call, never from a text. */
import { askAfterUntrusted, defineRule, type LocalizedText, type RuleAnswer } from '../../src/index.ts';
import { type McpCallFacts, mcpRules } from '../../src/mcp.ts';
import type { EditFacts } from './edit-tools.ts';
import type { GitFacts } from './git-tool.ts';
import { type HookFacts, unhookedTools } from './hooks.ts';
import type { CommandFacts } from './run-tool.ts';
import type { ModeFacts } from './small-tools.ts';

const readsOnly: LocalizedText = {
  es: 'En el modo plan no se cambia nada. Se sale con /mode ask.',
  en: 'In the mode plan nothing is changed. /mode ask leaves it.',
};

const ask = (es: string, en: string, pattern?: Record<string, string>): RuleAnswer => ({
  kind: 'ask',
  reason: { es, en },
  ...(pattern === undefined ? {} : { pattern }),
});

const planMode = defineRule({
  id: 'plan-reads-only',
  description: 'In the mode plan nothing is changed',
  tools: ['edit', 'write', 'run', 'git', 'undo', 'mcp'],
  safety: true,
  evaluate({ tool }, { loaded }) {
    const facts = loaded as ModeFacts & Partial<CommandFacts & GitFacts & McpCallFacts>;
    if (facts.mode !== 'plan') return undefined;
    if (tool === 'run' && facts.verdict === 'allow') return undefined;
    if (tool === 'git' && facts.writes === false) return undefined;
    // That a tool only reads is the word of its server: the user's settings name those that it is taken of.
    if (tool === 'mcp' && facts.allowed === true && facts.readOnly === true) return undefined;
    return { kind: 'deny', reason: readsOnly };
  },
});

const edits = defineRule({
  id: 'edits-ask',
  description: 'In the mode ask every edit is asked about, once or for a file',
  tools: ['edit', 'write'],
  evaluate(_call, { loaded }) {
    const { mode, paths, refused } = loaded as EditFacts;
    // What will be refused anyway is no question.
    if (mode !== 'ask' || refused) return undefined;
    const [path] = paths;
    const pattern = paths.length === 1 && path !== undefined ? { file: path } : undefined;
    return ask(`Se edita ${paths.join(', ')}.`, `${paths.join(', ')} will be edited.`, pattern);
  },
});

const doubts = defineRule({
  id: 'doubtful-edits-ask',
  description:
    'A write that leaves out code, holds marks of our own views, or loses more than half of a file is asked about in every mode',
  tools: ['edit', 'write'],
  evaluate(_call, { loaded }) {
    const { doubts: found } = loaded as EditFacts;
    const serious = found.filter(({ doubt }) => doubt !== 'changed');
    if (serious.length === 0) return undefined;
    const said = serious.map(({ message }) => message).join(' ');
    return ask(`Mirá antes de que se escriba: ${said}`, `Look before this is written: ${said}`);
  },
});

const commands = defineRule({
  id: 'commands-judged',
  description:
    'Only commands that are proven to read inside the project run unasked; in the mode auto others do inside the sandbox; some never run',
  tools: ['run'],
  safety: true,
  evaluate(_call, { loaded }) {
    const { verdict, reasons, shown, scope, sandboxed } = loaded as CommandFacts;
    if (verdict === 'deny')
      return { kind: 'deny', reason: { es: `No se corre en ningún modo: ${reasons.es}`, en: `It runs in no mode: ${reasons.en}` } };
    if (verdict === 'allow' || sandboxed) return undefined;
    const undo = {
      es: 'Lo que cambie en archivos del proyecto se lista y se puede deshacer; fuera de él, en .git y en carpetas de dependencias, no.',
      en: 'What it changes in files of the project is listed and can be undone; outside of it, in .git and in folders of dependencies, it cannot.',
    };
    // The exact words, and where: an approval covers nothing else.
    return ask(`${shown}\n${reasons.es} ${undo.es}`, `${shown}\n${reasons.en} ${undo.en}`, { command: scope });
  },
});

const repository = defineRule({
  id: 'git-writes-ask',
  description: 'What git changes is asked about in every mode',
  tools: ['git'],
  evaluate(_call, { loaded }) {
    const { writes, shown } = loaded as GitFacts;
    return writes ? ask(`git ${shown}`, `git ${shown}`) : undefined;
  },
});

const undoing = defineRule({
  id: 'undo-asks',
  description: 'In the mode ask an undo by the agent is asked about',
  tools: ['undo'],
  evaluate(_call, { loaded }) {
    const { mode } = loaded as ModeFacts;
    return mode === 'ask' ? ask('Se deshacen cambios.', 'Changes will be taken back.') : undefined;
  },
});

const reachesOut = defineRule({
  id: 'network-after-untrusted',
  description:
    'After texts of the project or of others were read in a turn, a command that reaches the network is asked about each time',
  tools: ['run'],
  evaluate(_call, { loaded, calls }) {
    const { network, shown } = loaded as CommandFacts;
    if (network !== 'yes' || !calls.some(({ output }) => isUntrusted(output))) return undefined;
    return ask(
      `${shown}\nLlega a la red, y en este turno el agente leyó textos que podrían haberlo llevado a esto.`,
      `${shown}\nIt reaches the network, and in this turn the agent read texts that might have led it to this.`,
    );
  },
});

/** What a text of others made the agent remember would speak in every later session. */
const remembering = askAfterUntrusted({
  id: 'remember-after-untrusted',
  tools: ['remember'],
  reason: {
    es: 'En este turno el agente leyó textos que podrían haberlo llevado a recordar esto. ¿Se guarda?',
    en: 'In this turn the agent read texts that might have led it to remember this. Shall it be kept?',
  },
});

function isUntrusted(output: unknown): boolean {
  return typeof output === 'object' && output !== null && 'untrusted' in output && output.untrusted === true;
}

/** Hooks that nobody can read refuse nothing: what changes something waits until they can be read. */
const brokenHooks = (tools: readonly string[]) =>
  defineRule({
    id: 'hooks-readable',
    description: "Nothing is changed while the user's settings, which may have hooks that refuse it, cannot be read",
    tools,
    evaluate({ effect }, { loaded }) {
      const { broken } = hooksIn(loaded);
      if (broken === undefined || effect === 'read') return undefined;
      const reason = {
        es: `Tu configuración no se puede leer, y podría tener hooks. ${broken}`,
        en: `The user's settings cannot be read, and may have hooks. ${broken}`,
      };
      return { kind: 'deny', reason };
    },
  });

/** Without a sandbox they would run as the user. */
const projectHooks = (tools: readonly string[]) =>
  defineRule({
    id: 'project-hooks-ask',
    description: 'Where there is no sandbox, hooks of the project are asked about, with their exact words',
    tools,
    evaluate(_call, { loaded }) {
      const { asked, scope } = hooksIn(loaded);
      if (asked.length === 0) return undefined;
      const shown = asked.join('\n');
      return ask(
        `El proyecto quiere correr, con esta llamada:\n${shown}\nAcá no hay sandbox.`,
        `With this call the project wants to run:\n${shown}\nThere is no sandbox here.`,
        { hooks: scope },
      );
    },
  });

function hooksIn(loaded: unknown): HookFacts {
  const { hooks } = loaded as { hooks?: HookFacts };
  return hooks ?? { asked: [], scope: '', broken: undefined };
}

/** @param tools names of all that the agent can do. */
export function policyOf(tools: readonly string[]) {
  const hooked = tools.filter((name) => !unhookedTools.has(name));
  return [
    planMode,
    brokenHooks(hooked),
    projectHooks(hooked),
    edits,
    doubts,
    commands,
    repository,
    undoing,
    reachesOut,
    remembering,
    ...mcpRules(),
  ];
}

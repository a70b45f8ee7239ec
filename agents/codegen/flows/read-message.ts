/** What a message asks for: a command, an answer, or a request in words. */
import { spokenIn } from './language-of.ts';

export type Wish =
  | { kind: 'generate'; request: string; options: Record<string, unknown>; least?: number }
  | { kind: 'plan'; plan: unknown }
  | { kind: 'show-plan' | 'go' | 'approve' | 'status' | 'help' | 'merge' | 'revert' | 'clear' | 'projects' | 'cancel' | 'greeting' }
  | { kind: 'reject'; reason: string }
  | { kind: 'modify'; feedback: string }
  | { kind: 'retry'; task: string | undefined }
  | { kind: 'project'; name: string }
  | { kind: 'init'; name: string }
  | { kind: 'bring'; text: string; request: string; options: Record<string, unknown> }
  | { kind: 'incomplete'; usage: string }
  | { kind: 'unknown'; command: string };

export interface Heard {
  wish: Wish;
  /** `undefined` where the message does not tell. */
  language: 'es' | 'en' | undefined;
}

/** Usage and meaning of each command, in the order of /help. */
export const slashCommands: Readonly<Record<string, { usage: string; es: string; en: string; alike?: readonly string[] }>> = {
  generate: {
    usage: '/generate request | {"request": "…", …}',
    es: 'hace código para un pedido',
    en: 'makes code for a request',
    alike: ['generar'],
  },
  orchestrate: {
    usage: '/orchestrate request | {…}',
    es: 'lo mismo, con tres tareas por lo menos',
    en: 'the same, with three tasks at least',
    alike: ['orquestar'],
  },
  plan: { usage: '/plan [request | {"tasks": […]}]', es: 'hace, muestra o cambia un plan', en: 'makes, shows or changes a plan' },
  go: { usage: '/go', es: 'sigue después del plan', en: 'goes on after the plan', alike: ['seguir', 'dale', 'proceed'] },
  approve: { usage: '/approve', es: 'aprueba lo que se ofrece', en: 'approves what is offered', alike: ['aprobar'] },
  reject: { usage: '/reject [reason]', es: 'lo rechaza', en: 'rejects it', alike: ['rechazar'] },
  modify: {
    usage: '/modify what to change',
    es: 'otra ronda con tus cambios',
    en: 'another round with your changes',
    alike: ['modificar'],
  },
  retry: {
    usage: '/retry [task]',
    es: 'otra vez las tareas que fallaron',
    en: 'the failed tasks once more',
    alike: ['reintentar'],
  },
  bring: {
    usage: '/bring request, then files in fences or a patch',
    es: 'pasa código tuyo por pruebas, puntaje y aprobación',
    en: 'takes code of yours through tests, score and approval',
    alike: ['traer'],
  },
  status: { usage: '/status', es: 'cómo va', en: 'how it stands', alike: ['estado'] },
  merge: { usage: '/merge', es: 'lleva el commit a tu rama', en: 'brings the commit onto your branch' },
  revert: { usage: '/revert', es: 'retira lo que se escribió', en: 'takes back what was written', alike: ['revertir'] },
  cancel: { usage: '/cancel', es: 'lo termina sin escribir nada', en: 'ends it without writing anything', alike: ['cancelar'] },
  project: {
    usage: '/project [name]',
    es: 'muestra o elige el proyecto',
    en: 'shows or chooses the project',
    alike: ['proyecto', 'workspace'],
  },
  init: { usage: '/init name', es: 'hace un proyecto nuevo', en: 'makes a new project' },
  clear: { usage: '/clear', es: 'olvida lo que se venía hablando', en: 'forgets what was talked about', alike: ['limpiar'] },
  help: { usage: '/help', es: 'muestra esto', en: 'shows this', alike: ['ayuda'] },
};

export function readMessage(text: string): Heard {
  const plain = text.trim();
  const [, word = '', rest = ''] = /^\/([\p{L}][\p{L}-]*)(?:\s+([\s\S]*))?$/u.exec(plain) ?? [];
  const language = spokenIn(word === '' ? plain : rest);
  if (word === '') return { wish: plainWish(plain), language };
  const command = commandOf(word.toLowerCase());
  const wish = command === undefined ? { kind: 'unknown' as const, command: word } : wishOf(command, rest.trim());
  const spanish =
    command !== undefined &&
    command !== word.toLowerCase() &&
    word.toLowerCase() !== 'workspace' &&
    word.toLowerCase() !== 'proceed';
  return { wish, language: language ?? (spanish ? 'es' : undefined) };
}

function commandOf(word: string): string | undefined {
  return Object.entries(slashCommands).find(([name, { alike = [] }]) => name === word || alike.includes(word))?.[0];
}

function plainWish(text: string): Wish {
  if (/^(?:hola|buenas|buen dia|buenos dias|hi|hello|hey)[\s!.,]*$/i.test(text)) return { kind: 'greeting' };
  if (/^(?:ayuda|help|\?)$/i.test(text)) return { kind: 'help' };
  return { kind: 'generate', request: text, options: {} };
}

function wishOf(command: string, rest: string): Wish {
  const usage = slashCommands[command]?.usage ?? command;
  switch (command) {
    case 'generate':
    case 'orchestrate': {
      const asked = requestOf(rest);
      if (asked === undefined) return { kind: 'incomplete', usage };
      return { kind: 'generate', ...asked, ...(command === 'orchestrate' ? { least: 3 } : {}) };
    }
    case 'plan': {
      if (rest === '') return { kind: 'show-plan' };
      const given = objectOf(rest);
      if (given !== undefined && 'tasks' in given) return { kind: 'plan', plan: given };
      const asked = requestOf(rest);
      return asked === undefined
        ? { kind: 'incomplete', usage }
        : { kind: 'generate', request: asked.request, options: { ...asked.options, designOnly: true } };
    }
    case 'bring': {
      const given = objectOf(rest);
      if (given !== undefined) {
        const { request, text, ...options } = given;
        return typeof request === 'string' && typeof text === 'string'
          ? { kind: 'bring', request, text, options }
          : { kind: 'incomplete', usage };
      }
      const at = rest.search(/^(?:`{3,}|~{3,}|diff --git |--- |\*\*\* Begin Patch)/m);
      if (at === -1) return { kind: 'incomplete', usage };
      // A path may stand on the line before its block.
      return { kind: 'bring', request: rest.slice(0, at).trim().split('\n')[0] ?? '', text: rest, options: {} };
    }
    case 'modify':
      return rest === '' ? { kind: 'incomplete', usage } : { kind: 'modify', feedback: rest.slice(0, 8_000) };
    case 'reject':
      return { kind: 'reject', reason: rest.slice(0, 2_000) };
    case 'retry':
      return { kind: 'retry', task: rest === '' ? undefined : rest.split(/\s+/)[0] };
    case 'project':
      return rest === '' ? { kind: 'projects' } : { kind: 'project', name: rest };
    case 'init':
      return rest === '' ? { kind: 'incomplete', usage } : { kind: 'init', name: rest };
    default:
      return { kind: command as 'go' };
  }
}

/** In words, or as JSON: {"project": …, "request": …, "budget": …, "confirm": …, "autoApprove": …, "git": …, "maxWorkers": …}. */
function requestOf(rest: string): { request: string; options: Record<string, unknown> } | undefined {
  const given = objectOf(rest);
  if (given === undefined) return rest === '' ? undefined : { request: rest, options: {} };
  const { request, ...options } = given;
  return typeof request === 'string' && request.trim() !== '' ? { request, options } : undefined;
}

function objectOf(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What the terminal itself says, in the language of the user's locale. */
import type { Language } from '../language/contract.ts';
import type { LocalizedText } from '../vocabulary.ts';

/** By POSIX: the first of these that is set. */
export function languageOf(environment: Readonly<Record<string, string | undefined>> = process.env): Language {
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '';
  return /^es(?:[_.@-]|$)/i.test(locale) ? 'es' : 'en';
}

export const said = {
  hello: {
    es: 'Trabajo en {root}, modo {mode}{model}. /help muestra los comandos; Ctrl-C corta el turno, dos veces sale.',
    en: 'I work in {root}, mode {mode}{model}. /help lists the commands; Ctrl-C cancels the turn, twice leaves.',
  },
  noModel: {
    es: ', sin modelo: busco, explico y deshago por análisis. Para pedir cambios con palabras, definí por ejemplo ANTHROPIC_API_KEY u OLLAMA (TIMONEL_OLLAMA_URL y TIMONEL_OLLAMA_MODEL)',
    en: ', without a model: I search, explain and undo by analysis. To ask for changes in words, set ANTHROPIC_API_KEY, say, or Ollama (TIMONEL_OLLAMA_URL and TIMONEL_OLLAMA_MODEL)',
  },
  attached: {
    es: 'Otra terminal tiene abierto este repositorio: uso la misma sesión de datos.',
    en: 'Another terminal has this repository open: I use its store.',
  },
  ask: {
    es: '¿Se hace? [s] sí · [a] siempre exactamente esto · [n] no (podés agregar el motivo): ',
    en: 'Shall it be done? [y] yes · [a] always exactly this · [n] no (a reason may follow): ',
  },
  askOnce: {
    es: '¿Se hace? [s] sí · [n] no (podés agregar el motivo): ',
    en: 'Shall it be done? [y] yes · [n] no (a reason may follow): ',
  },
  cancelled: {
    es: 'Turno cortado. Lo que ya se hizo queda hecho; /undo lo deshace.',
    en: 'Cancelled. What was done stays done; /undo takes it back.',
  },
  again: { es: 'Ctrl-C otra vez sale.', en: 'Ctrl-C once more leaves.' },
  nothingToUndo: { es: 'No hay nada para deshacer.', en: 'There is nothing to undo.' },
  nothingToRedo: { es: 'No hay nada para rehacer.', en: 'There is nothing to redo.' },
  restored: { es: 'restaurado', en: 'restored' },
  merged: { es: 'restaurado, con tus cambios', en: 'restored, with your changes kept' },
  conflict: { es: 'queda como está: cambió en el mismo lugar', en: 'left as it is: it changed in the same place' },
  nothing: { es: 'ya estaba así', en: 'was so already' },
  'not-kept': { es: 'queda como está: era demasiado grande para guardarlo', en: 'left as it is: it was too large to keep' },
  refused: { es: 'no se tocó', en: 'not touched' },
  mode: { es: 'Modo: {mode}. {what}', en: 'Mode: {mode}. {what}' },
  modes: { es: 'Hay cuatro: plan, ask, edit, auto.', en: 'There are four: plan, ask, edit, auto.' },
  plan: { es: 'Solo leo; no cambio nada.', en: 'I only read, and change nothing.' },
  'ask-mode': { es: 'Pregunto antes de editar y de correr comandos.', en: 'I ask before edits and commands.' },
  edit: { es: 'Edito sin preguntar; los comandos los pregunto.', en: 'I edit without asking; I ask about commands.' },
  auto: {
    es: 'Corro comandos sin preguntar dentro del sandbox, sin red; por lo demás pregunto.',
    en: 'I run commands unasked inside the sandbox, without network; about anything else I ask.',
  },
  noSandbox: {
    es: 'Acá no hay sandbox ({reason}): pregunto como en edit.',
    en: 'There is no sandbox here ({reason}): I ask as in edit.',
  },
  user: { es: 'tuyo', en: 'yours' },
  project: { es: 'del proyecto', en: 'of the project' },
  noSkills: {
    es: 'No hay guías. Una es una carpeta con SKILL.md en .timonel/skills, o en tu carpeta de configuración.',
    en: 'There are no skills. One is a folder with a SKILL.md in .timonel/skills, or in your settings folder.',
  },
  noHooks: { es: 'No hay hooks.', en: 'There are no hooks.' },
  allowOnce: { es: 'Permitir esta vez', en: 'Allow this once' },
  allowAlways: { es: 'Permitir siempre exactamente esto, en esta sesión', en: 'Always allow exactly this, in this session' },
  rejectOnce: { es: 'No', en: 'No' },
  noImages: {
    es: 'No puedo mirar eso: {reason} Poné en la ruta un modelo que vea imágenes (/model), o describila.',
    en: 'I cannot look at that: {reason} Put a model that sees pictures on the route (/model), or describe it.',
  },
  notTaken: {
    es: 'No puedo usar eso ({what}): mandá texto, archivos o imágenes.',
    en: 'I cannot use that ({what}): send text, files or pictures.',
  },
  emptyPrompt: { es: 'El mensaje está vacío.', en: 'The message is empty.' },
  noRoute: {
    es: 'No hay un modelo «{route}»; hay: {there}. fast y deep salen de las claves de proveedores; /models propone uno local que entra en esta máquina.',
    en: 'There is no model "{route}"; there are: {there}. fast and deep come from the keys of providers; /models proposes a local one that fits this machine.',
  },
  levels: { es: 'Hay tres: all, syntax, off.', en: 'There are three: all, syntax, off.' },
  'diagnostics-all': {
    es: 'Después de cada cambio miran las gramáticas y, en el sandbox, los servidores de lenguaje y chequeos del proyecto.',
    en: 'After each edit the grammars look at it and, in the sandbox, the language servers and checkers of the project.',
  },
  'diagnostics-syntax': {
    es: 'Después de cada cambio miran solo las gramáticas.',
    en: 'After each edit only the grammars look at it.',
  },
  'diagnostics-off': { es: 'Después de los cambios no mira nadie.', en: 'Nothing looks at the files after an edit.' },
  noMoney: { es: 'Va en dólares, por ejemplo /budget 2.', en: 'It is in dollars, e.g. /budget 2.' },
  noBudget: {
    es: 'No hay un presupuesto: un turno gasta 5 dólares a lo sumo. /budget 2 pone uno.',
    en: 'There is no budget: a turn spends 5 dollars at most. /budget 2 sets one.',
  },
  noSessions: { es: 'Todavía no hay sesiones.', en: 'There are no sessions yet.' },
  session: { es: 'Sesión {id}.', en: 'Session {id}.' },
  noChanges: { es: 'En esta sesión todavía no cambió nada.', en: 'Nothing was changed in this session yet.' },
  exported: { es: 'Exportado a {path}.', en: 'Exported to {path}.' },
  cost: {
    es: '{calls} llamadas al modelo · {input} tokens leídos · {output} escritos · {money}',
    en: '{calls} model calls · {input} tokens read · {output} written · {money}',
  },
  noPrice: { es: 'sin precio conocido', en: 'no known price' },
  degraded: { es: 'el modelo no respondió; contesté por análisis', en: 'the model did not answer; I answered by analysis' },
  failed: { es: 'El turno falló: {message}', en: 'The turn failed: {message}' },
  denied: { es: 'no se hizo: {reason}', en: 'not done: {reason}' },
  noTerminal: {
    es: 'Sin terminal nadie puede decidir: se rechazó. Con --mode edit los cambios no se preguntan; con --mode auto, tampoco lo que corre en el sandbox.',
    en: 'Without a terminal nobody can decide: it was refused. With --mode edit changes are not asked about; with --mode auto neither is what runs in the sandbox.',
  },
} as const satisfies Record<string, LocalizedText>;

export type Saying = keyof typeof said;

export function sentence(language: Language, saying: Saying, values: Readonly<Record<string, string | number>> = {}): string {
  return said[saying][language].replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ''));
}

/** What `timonel codegen` itself says, in the language of the user's locale. */
import type { Language } from '../language/contract.ts';

const said = {
  ask: {
    es: '[a] aprobar · [d] ver el diff · [m] modificar (qué cambiar) · [r] rechazar (por qué) · [l] más tarde: ',
    en: '[a] approve · [d] show the diff · [m] modify (what to change) · [r] reject (why) · [l] later: ',
  },
  later: {
    es: 'Queda esperando. timonel codegen approve {id} lo aprueba; modify y reject también valen, ahora o después de reiniciar.',
    en: 'It waits. timonel codegen approve {id} approves it; modify and reject do too, now or after a restart.',
  },
  whatToChange: { es: '¿Qué hay que cambiar? ', en: 'What is to be changed? ' },
  nothingWaits: {
    es: 'No hay nada esperando aprobación: está en {stage}.',
    en: 'Nothing waits for an approval: it is at {stage}.',
  },
  none: { es: 'Todavía no hay nada.', en: 'There is nothing yet.' },
  saved: { es: 'Plan guardado en {file}.', en: 'The plan was saved to {file}.' },
  task: { es: 'tarea {task}: {state}', en: 'task {task}: {state}' },
  stage: { es: 'etapa: {stage}', en: 'stage: {stage}' },
  hello: {
    es: 'Proyecto {project}. Escribí qué código necesitás; /help muestra los comandos, Ctrl-D sale.',
    en: 'Project {project}. Say which code you need; /help lists the commands, Ctrl-D leaves.',
  },
} as const;

export function codegenSentence(
  language: Language,
  saying: keyof typeof said,
  values: Readonly<Record<string, string>> = {},
): string {
  return said[saying][language].replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? '');
}

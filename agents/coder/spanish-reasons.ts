/** Why a command is asked about or refused, in Spanish: by the code of the reason. */
import type { ShellReason } from '../../src/shell.ts';

const sentences: Readonly<Record<string, string>> = {
  catastrophic: 'Borra o pisa algo que no se recupera, corre lo que nadie vio, o manda afuera lo que no debe.',
  'unknown-program': 'Es un programa que puede cambiar algo.',
  'path-program': 'Es un archivo, y no el programa del sistema que se llama así.',
  'dynamic-program': 'Qué programa es, se sabe recién cuando corre.',
  'unknown-option': 'Tiene una opción de la que no se sabe que sea inofensiva.',
  'unknown-operand': 'Con esos argumentos puede cambiar algo.',
  'unknown-script': 'Su programa puede escribir o correr algo.',
  'dynamic-option': 'Qué opciones recibe, se sabe recién cuando corre.',
  'dynamic-path': 'Qué archivo toca, se sabe recién cuando corre.',
  'wide-pattern': 'Su patrón puede nombrar archivos que no se ven acá.',
  'git-writes': 'Ese comando de git puede cambiar algo.',
  'git-directory': 'Toca archivos propios de git.',
  'other-repository': 'Es otro repositorio, con su propia configuración.',
  'outside-project': 'Toca algo fuera del proyecto.',
  'secret-file': 'Puede mostrar un archivo con secretos.',
  'secret-setting': 'Puede mostrar una credencial.',
  variable: 'Usa una variable que puede ser un secreto, o la cambia.',
  environment: 'Cambia el entorno de un programa.',
  evaluates: 'Corre un texto como si fuera un comando.',
  function: 'Define una función.',
  coprocess: 'Deja un proceso corriendo.',
  folder: 'Cambia de carpeta, y no se sabe a cuál.',
  'redirect-writes': 'Escribe en un archivo.',
  'redirect-variable': 'A dónde escribe, se sabe recién cuando corre.',
  unparsable: 'No se puede leer como lo leería bash.',
  'unknown-syntax': 'Usa sintaxis que no se juzga.',
  'hidden-text': 'Tiene caracteres que no se ven.',
  'too-long': 'Es demasiado largo para juzgarlo.',
  'too-deep': 'Está anidado demasiado hondo para juzgarlo.',
};

/** Each of them once; one without a sentence of its own as it is. */
export function spanishReasons(reasons: readonly ShellReason[]): string[] {
  return [...new Set(reasons.map(({ code, message }) => sentences[code] ?? message))];
}

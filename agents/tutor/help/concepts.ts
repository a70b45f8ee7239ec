/**
 * What each trouble is, in words: what happened, what to ask oneself, the concept behind it, and a small example of something else. General, and with
 * nothing of the exercise in it: what a teacher wrote for the exercise goes before it.
 */
import type { LocalizedText } from '../../../src/index.ts';
import type { Concept } from './contract.ts';
import type { Diagnosis, Trouble } from './diagnosis.ts';
import { valueConcepts } from './value-concepts.ts';

const text = (es: string, en: string): LocalizedText => ({ es, en });

const readsTheLine = text(
  'Leé esa línea en voz alta, símbolo por símbolo: ¿qué falta o qué sobra?',
  'Read that line aloud, sign by sign: what is missing, or too much?',
);

export const concepts: Readonly<Record<Trouble, Concept>> = {
  syntax: {
    what: text(
      'Python no puede leer el programa: hay un error de sintaxis.',
      'The program cannot be read: there is a syntax error.',
    ),
    question: readsTheLine,
    concept: text(
      'Los dos puntos abren un bloque (if, for, while, def), y cada paréntesis, corchete y comilla que se abre tiene que cerrarse. A veces el error está al final de la línea anterior.',
      'A colon opens a block (if, for, while, def), and each bracket and quote that is opened has to be closed. Sometimes the fault is at the end of the line before.',
    ),
    example: text(
      'En `if lluvia print("paraguas")` falta algo entre la condición y lo que se hace. ¿Qué tiene de parecido tu línea?',
      'In `if rain print("umbrella")` something is missing between the condition and what is done. How is your line like it?',
    ),
  },
  indentation: {
    what: text('La sangría (los espacios al principio) no es la que Python espera.', 'The indentation is not what Python expects.'),
    question: text(
      '¿Qué líneas pertenecen al mismo bloque, y empiezan todas en la misma columna?',
      'Which lines belong to the same block, and do all of them begin in the same column?',
    ),
    concept: text(
      'En Python los bloques se marcan con la sangría: lo que está dentro de un if, un for o una función va cuatro espacios más adentro, y no se mezclan tabuladores con espacios.',
      'In Python blocks are told by indentation: what is inside of an if, a for or a function is four blanks further in, and tabs and blanks are not mixed.',
    ),
    example: text(
      'Pensá en un índice de libro: los puntos de un capítulo están más adentro que el título del capítulo. ¿Cuál línea de las tuyas es "título" y cuál "punto"?',
      'Think of the contents of a book: the sections of a chapter are further in than its title. Which of your lines is the title, and which the section?',
    ),
  },
  'not-defined': {
    what: text(
      'El programa no define `{name}`, que es lo que el test llama. ¿Es el programa de este ejercicio?',
      'The program does not define `{name}`, which is what the test calls. Is it the program for this exercise?',
    ),
    question: text(
      '¿Qué nombre pide la consigna, y cuál tiene tu función? ¿Están escritos igual?',
      'Which name does the task ask for, and which does your function have? Are they spelled the same?',
    ),
    concept: text(
      'Los tests llaman a la función por su nombre, con las mismas mayúsculas y guiones bajos: con otro nombre no la encuentran.',
      'Tests call the function by its name, with the same capitals and underscores: under another name they do not find it.',
    ),
    example: text(
      'Si alguien llama a "Ana" y en la casa vive "Anita", nadie contesta. ¿Quién tiene que contestar en tu programa?',
      'If somebody calls for "Ann" and "Anna" lives there, nobody answers. Who has to answer in your program?',
    ),
  },
  'unknown-name': {
    what: text(
      'Se usa el nombre `{name}`, que en ese momento no existe.',
      'The name `{name}` is used, and does not exist at that point.',
    ),
    question: text(
      '¿Dónde se le da valor a ese nombre? ¿Está escrito igual, letra por letra?',
      'Where does that name get its value? Is it spelled the same, letter by letter?',
    ),
    concept: text(
      'Un nombre existe desde que se le asigna algo, y solo donde se le asignó: una variable de una función no se ve desde afuera. Mayúsculas y minúsculas son distintas.',
      'A name exists from where something is assigned to it, and only there: a variable of a function is not seen from outside. Capitals matter.',
    ),
    example: text(
      'En `total = 3` y después `print(Total)` hay dos nombres, no uno.',
      'In `total = 3` and then `print(Total)` there are two names, not one.',
    ),
  },
  'unset-local': {
    what: text('La variable `{name}` se lee antes de tener un valor.', 'The variable `{name}` is read before it has a value.'),
    question: text(
      '¿Qué camino del programa llega a esa línea sin haberle dado valor?',
      'Which way through the program comes to that line without having given it a value?',
    ),
    concept: text(
      'Una variable que se asigna dentro de una función es de esa función: hay que darle un valor inicial antes de usarla, también si el ciclo no da ninguna vuelta.',
      "A variable that is assigned in a function is that function's own: give it a first value before it is used, also where the loop makes no round.",
    ),
    example: text(
      'Para contar autos que pasan, primero se escribe un cero en la hoja; después se suma.',
      'To count cars that pass, one writes a zero first, and adds then.',
    ),
  },
  'wrong-type': {
    what: text(
      'Se operó con valores de tipos que no van juntos: {message}',
      'Values of types that do not go together were used: {message}',
    ),
    question: text(
      '¿De qué tipo es cada valor de esa línea? Podés verlo con `print(type(...))`.',
      'Of which type is each value on that line? `print(type(...))` shows it.',
    ),
    concept: text(
      'Cada valor tiene un tipo: los números se suman, los textos se unen, y una mezcla hay que convertirla antes. Una función recibe tantos argumentos como parámetros declara.',
      'Each value has a type: numbers are added, texts are joined, and a mixture is converted first. A function takes as many arguments as it declares parameters.',
    ),
    example: text('`"3" + 4` no se puede; `int("3") + 4` sí.', '`"3" + 4` cannot be done; `int("3") + 4` can.'),
  },
  'nothing-returned': {
    what: text(
      'Se usa un valor que no existe (`None`, `undefined`) como si fuera otra cosa.',
      'A value that is nothing (`None`, `undefined`) is used as if it were something.',
    ),
    question: text(
      '¿De dónde viene ese valor? ¿Qué función tendría que haberlo devuelto?',
      'Where does that value come from? Which function should have returned it?',
    ),
    concept: text(
      'Una función sin `return` devuelve nada. Algunos métodos cambian la lista y no devuelven nada.',
      'A function without `return` returns nothing. Some methods change a list and return nothing.',
    ),
    example: text(
      '`ordenada = [3, 1].sort()` deja nada en `ordenada`: la lista se ordenó a sí misma.',
      '`ordered = [3, 1].sort()` leaves nothing in `ordered`: the list sorted itself.',
    ),
  },
  'not-callable': {
    what: text('Se llama como función a algo que no lo es.', 'Something that is no function is called as one.'),
    question: text(
      '¿Qué hay antes de los paréntesis en esa línea? ¿Un nombre de función, o una variable que se llama igual?',
      'What stands before the brackets on that line? The name of a function, or a variable of the same name?',
    ),
    concept: text(
      'Los paréntesis llaman a una función; los corchetes toman un elemento. Una variable con el nombre de una función la tapa.',
      'Round brackets call a function; square brackets take an element. A variable with the name of a function hides it.',
    ),
    example: text('Después de `max = 3`, `max(1, 2)` ya no funciona.', 'After `max = 3`, `max(1, 2)` does not work any more.'),
  },
  index: {
    what: text('Se pide una posición que la lista no tiene.', 'A position is asked for that the list does not have.'),
    question: text(
      '¿Cuántos elementos hay, y cuál es el último índice que existe?',
      'How many elements are there, and which is the last index that exists?',
    ),
    concept: text(
      'Las posiciones van de 0 a la cantidad menos uno. Una lista vacía no tiene ninguna.',
      'Positions go from 0 to the number of elements less one. An empty list has none.',
    ),
    example: text(
      'Una lista de 3 días tiene los índices 0, 1 y 2: el 3 no existe.',
      'A list of 3 days has the indexes 0, 1 and 2: there is no 3.',
    ),
  },
  key: {
    what: text(
      'Se busca en el diccionario la clave {name}, que no está.',
      'The key {name} is looked for in the dictionary, and is not there.',
    ),
    question: text(
      '¿Qué claves hay en ese momento? ¿Qué debería pasar la primera vez que aparece una?',
      'Which keys are there at that point? What should happen the first time that one occurs?',
    ),
    concept: text(
      'Leer una clave que no está es un error; se puede preguntar con `in`, o dar un valor por defecto con `get`.',
      'Reading a key that is not there is an error; ask with `in`, or give a default with `get`.',
    ),
    example: text(
      'En una agenda vacía no se puede leer el teléfono de Ana: primero hay que anotarlo.',
      "In an empty address book Ana's number cannot be read: it has to be written down first.",
    ),
  },
  attribute: {
    what: text('Ese valor no tiene `{name}`.', 'That value has no `{name}`.'),
    question: text(
      '¿De qué tipo es el valor, y qué métodos tiene ese tipo?',
      'Of which type is the value, and which methods does that type have?',
    ),
    concept: text(
      'Los métodos pertenecen al tipo: `append` es de las listas, `upper` de los textos.',
      'Methods belong to a type: `append` to lists, `upper` to texts.',
    ),
    example: text(
      '`"hola".append("!")` falla: un texto no crece, se arma uno nuevo.',
      '`"hello".append("!")` fails: a text does not grow, a new one is made.',
    ),
  },
  'zero-division': {
    what: text('Se divide por cero.', 'Something is divided by zero.'),
    question: text(
      '¿Con qué entrada el divisor vale cero, y qué tendría que responder el programa entonces?',
      'With which input is the divisor zero, and what should the program answer then?',
    ),
    concept: text(
      'Una división necesita que el divisor no sea cero: ese caso se decide antes de dividir.',
      'A division needs a divisor that is not zero: that case is decided before.',
    ),
    example: text(
      'El promedio de una lista vacía no existe: hay que decidir qué se devuelve.',
      'The average of an empty list does not exist: decide what is returned.',
    ),
  },
  'bad-value': {
    what: text('Un valor no tiene la forma que se espera: {message}', 'A value is not of the form that is expected: {message}'),
    question: text(
      '¿Qué texto exacto llega a esa línea? Mostralo con `print(repr(...))`.',
      'Which text exactly comes to that line? Show it with `print(repr(...))`.',
    ),
    concept: text(
      'Convertir un texto en número funciona solo si el texto es un número, sin nada más.',
      'A text becomes a number only where it is a number, and nothing else.',
    ),
    example: text('`int("3 4")` falla; primero se separan las partes.', '`int("3 4")` fails; its parts are separated first.'),
  },
  recursion: {
    what: text('La función se llama a sí misma sin terminar nunca.', 'The function calls itself without end.'),
    question: text(
      '¿Cuál es el caso que ya no necesita otra llamada? ¿Cada llamada se acerca a él?',
      'Which case needs no further call? Does each call come closer to it?',
    ),
    concept: text(
      'Toda recursión tiene un caso base que corta, y un paso que se acerca al caso base.',
      'A recursion has a base case that ends it, and a step that comes closer to it.',
    ),
    example: text(
      'Una muñeca rusa se abre hasta la que no se abre más: esa es el caso base.',
      'A Russian doll is opened until one does not open: that is the base case.',
    ),
  },
  'missing-module': {
    what: text('El módulo `{name}` no está disponible.', 'The module `{name}` is not there.'),
    question: text('¿Lo necesitás de verdad? ¿Está bien escrito el nombre?', 'Do you really need it? Is its name spelled right?'),
    concept: text(
      'Acá está la biblioteca estándar, sin paquetes adicionales.',
      'The standard library is here, and no further packages.',
    ),
    example: text('`import math` funciona; `import matth` no.', '`import math` works; `import matth` does not.'),
  },
  'input-over': {
    what: text('El programa pide una entrada que ya no hay.', 'The program asks for input, and there is none left.'),
    question: text(
      '¿Cuántas veces leés, y cuántas líneas tiene la entrada? Si la consigna pide una función, ¿hace falta leer algo?',
      'How often do you read, and how many lines does the input have? Where a function is asked for, is anything to be read?',
    ),
    concept: text(
      'Cada `input()` consume una línea. Una función recibe sus datos por parámetros, no por teclado.',
      'Each `input()` takes a line. A function gets its data by parameters, not from the keyboard.',
    ),
    example: text('De una hoja con dos renglones no se pueden leer tres.', 'Of a page with two lines three cannot be read.'),
  },
  'other-error': {
    what: text('El programa se detuvo con un error: {message}', 'The program stopped with an error: {message}'),
    question: text(
      '¿Qué dice la última línea del error, y qué valores había en ese momento?',
      'What does the last line of the error say, and which values were there?',
    ),
    concept: text(
      'Un error se lee de abajo hacia arriba: qué pasó, y después en qué línea.',
      'An error is read from the bottom up: what happened, and then on which line.',
    ),
    example: text(
      'Como una ficha de reclamo: primero qué se rompió, después dónde.',
      'As in a complaint: first what broke, then where.',
    ),
  },
  ...valueConcepts,
};

/** What happened, with the place: "Línea 3 (`x = y`): …". */
export function explained(diagnosis: Diagnosis): LocalizedText {
  const { trouble, line, source, name, message } = diagnosis;
  const filled = (template: string) => template.replaceAll('{name}', name ?? '?').replaceAll('{message}', message ?? '');
  const place =
    line === undefined ? '' : `${line}${source === undefined ? '' : ` (\`${source.replaceAll('`', "'").slice(0, 120)}\`)`}`;
  const { what } = concepts[trouble];
  return {
    es: `${place === '' ? '' : `Línea ${place}: `}${filled(what.es)}`,
    en: `${place === '' ? '' : `Line ${place}: `}${filled(what.en)}`,
  };
}

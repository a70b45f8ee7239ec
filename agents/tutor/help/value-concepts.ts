/** What each trouble with a value, or with what a program uses, is in words; see `concepts.ts`. */
import type { LocalizedText } from '../../../src/index.ts';
import type { Concept } from './contract.ts';
import type { Trouble } from './diagnosis.ts';

type Told = Exclude<Trouble, ErrorTrouble>;
type ErrorTrouble =
  | 'syntax'
  | 'indentation'
  | 'unknown-name'
  | 'not-defined'
  | 'unset-local'
  | 'wrong-type'
  | 'nothing-returned'
  | 'not-callable'
  | 'index'
  | 'key'
  | 'attribute'
  | 'zero-division'
  | 'bad-value'
  | 'recursion'
  | 'missing-module'
  | 'input-over'
  | 'other-error';

const text = (es: string, en: string): LocalizedText => ({ es, en });

export const valueConcepts: Readonly<Record<Told, Concept>> = {
  endless: {
    what: text(
      'El programa no termina a tiempo: seguramente hay un ciclo que no acaba.',
      'The program does not end in time: most likely a loop goes on for ever.',
    ),
    question: text(
      '¿Qué tiene que cambiar en cada vuelta para que la condición deje de cumplirse? ¿Cambia?',
      'What has to change in each round so that the condition stops to hold? Does it change?',
    ),
    concept: text(
      'Un `while` termina cuando su condición es falsa: algo dentro del ciclo tiene que acercarla a eso.',
      'A `while` ends when its condition is false: something inside of the loop has to bring that about.',
    ),
    example: text(
      '`n = 5` y `while n > 0: print(n)`: nadie le resta nada a n.',
      '`n = 5` and `while n > 0: print(n)`: nothing takes anything from n.',
    ),
  },
  memory: {
    what: text('El programa usa más memoria de la que hay.', 'The program uses more memory than there is.'),
    question: text('¿Qué lista o texto crece, y hasta cuándo?', 'Which list or text grows, and until when?'),
    concept: text(
      'Guardar todo cuesta memoria; muchas veces alcanza con guardar lo que hace falta para el paso siguiente.',
      'Keeping everything costs memory; often what the next step needs is enough.',
    ),
    example: text(
      'Para sumar mil boletas no hace falta tenerlas todas sobre la mesa.',
      'To add a thousand bills they need not all be on the table.',
    ),
  },
  flood: {
    what: text('El programa imprime demasiado.', 'The program prints too much.'),
    question: text(
      '¿Dónde se imprime dentro de un ciclo, y cuándo para ese ciclo?',
      'Where is something printed within a loop, and when does that loop stop?',
    ),
    concept: text('Un ciclo que imprime y no termina llena la salida.', 'A loop that prints and does not end fills the output.'),
    example: text('Una canilla abierta llena cualquier balde.', 'An open tap fills any bucket.'),
  },
  forbidden: {
    what: text(
      'El programa intenta algo que acá no se permite (red, procesos, archivos del sistema).',
      'The program tries something that is not allowed here (network, processes, files of the system).',
    ),
    question: text('¿Qué parte de la consigna necesita eso?', 'Which part of the task needs that?'),
    concept: text(
      'Los ejercicios se resuelven con los datos que reciben.',
      'Exercises are solved with the data that they are given.',
    ),
    example: text('Para sumar dos números no hace falta internet.', 'To add two numbers no network is needed.'),
  },
  'left-early': {
    what: text('El programa termina antes de dar un resultado.', 'The program ends before it gives a result.'),
    question: text(
      '¿Quién llama a `exit`, o termina el programa, y hace falta?',
      'What calls `exit`, or ends the program, and is it needed?',
    ),
    concept: text(
      'Una función devuelve su resultado con `return`; salir del programa corta todo lo demás.',
      'A function gives its result with `return`; leaving the program cuts off all the rest.',
    ),
    example: text(
      'Si el cajero apaga la caja, nadie recibe el vuelto.',
      'Where the cashier switches off the till, nobody gets change.',
    ),
  },
  'no-value': {
    what: text('No se devuelve (o no se imprime) nada.', 'Nothing is returned (or printed).'),
    question: text(
      '¿Qué camino del programa llega al final sin dar un resultado?',
      'Which way through the program comes to its end without a result?',
    ),
    concept: text(
      'Una función entrega su resultado con `return`; si ningún `return` se ejecuta, entrega nada.',
      'A function gives its result with `return`; where none is reached it gives nothing.',
    ),
    example: text('`def cuadrado(x): x * x` calcula y no entrega.', '`def square(x): x * x` computes, and gives nothing.'),
  },
  'printed-instead': {
    what: text(
      'El resultado se imprime, y la función no lo devuelve.',
      'The result is printed, and the function does not return it.',
    ),
    question: text(
      '¿Qué diferencia hay entre mostrar un valor y entregarlo a quien llamó a la función?',
      'What is the difference between showing a value and giving it to what called the function?',
    ),
    concept: text(
      '`print` muestra en la pantalla; `return` entrega el valor para que se pueda usar.',
      '`print` shows on the screen; `return` gives the value, so that it can be used.',
    ),
    example: text(
      'Decir el precio en voz alta no es lo mismo que escribirlo en la factura.',
      'Saying a price aloud is not writing it on the bill.',
    ),
  },
  'text-for-number': {
    what: text('El resultado es un texto, y se espera un número.', 'The result is a text, and a number is expected.'),
    question: text(
      '¿Dónde se vuelve texto? ¿Hay comillas o `str(...)` de más?',
      'Where does it become a text? Are there quotes, or a `str(...)`, too many?',
    ),
    concept: text(
      '`"5"` y `5` se ven iguales al imprimirlos y son distintos.',
      '`"5"` and `5` look the same when printed, and are different.',
    ),
    example: text('Un cartel que dice "5" no se puede sumar con otro.', 'A sign that says "5" cannot be added to another one.'),
  },
  'off-by-one': {
    what: text('El resultado está a un paso del esperado.', 'The result is one step away from what is expected.'),
    question: text(
      '¿El primer y el último elemento están incluidos? ¿Dónde empieza y dónde termina tu ciclo?',
      'Are the first and the last element included? Where does your loop begin, and where does it end?',
    ),
    concept: text(
      '`range(a, b)` incluye a y no incluye b. Los índices empiezan en 0.',
      '`range(a, b)` includes a and does not include b. Indexes begin at 0.',
    ),
    example: text(
      'Entre el poste 1 y el poste 5 hay cuatro alambrados, y cinco postes.',
      'Between post 1 and post 5 there are four fences, and five posts.',
    ),
  },
  'empty-case': {
    what: text('Falla el caso vacío.', 'The empty case fails.'),
    question: text(
      'Seguí el programa con la entrada vacía: ¿qué valor queda al final?',
      'Follow the program with the empty input: which value is there at the end?',
    ),
    concept: text(
      'Con una entrada vacía un ciclo no da ninguna vuelta: el resultado es el valor inicial.',
      'With an empty input a loop makes no round: the result is the first value.',
    ),
    example: text(
      'La suma de ningún número es 0; el mayor de ningún número no existe.',
      'The sum of no numbers is 0; the largest of no numbers does not exist.',
    ),
  },
  order: {
    what: text('Están los elementos esperados, en otro orden.', 'The expected elements are there, in another order.'),
    question: text(
      '¿Qué orden pide la consigna, y en qué orden los agregás?',
      'Which order does the task ask for, and in which do you add them?',
    ),
    concept: text(
      'Una lista conserva el orden en que se agrega; un conjunto no tiene orden.',
      'A list keeps the order in which things are added; a set has none.',
    ),
    example: text('Apilar platos y sacarlos los da vuelta.', 'Stacking plates and taking them off turns their order round.'),
  },
  'wrong-kind': {
    what: text(
      'El resultado es de otro tipo, o tiene otra forma, que el esperado.',
      'The result is of another type, or form, than what is expected.',
    ),
    question: text(
      '¿Qué pide la consigna: un número, un texto, una lista, verdadero o falso? ¿Con qué espacios?',
      'What does the task ask for: a number, a text, a list, true or false? With which blanks?',
    ),
    concept: text('El tipo del resultado es parte de la consigna.', 'The type of the result is part of the task.'),
    example: text(
      'A "¿cuántos son?" no se contesta con la lista de nombres.',
      '"How many are there?" is not answered with the list of names.',
    ),
  },
  'wrong-value': {
    what: text(
      'El programa corre y da otro resultado que el esperado.',
      'The program runs, and gives another result than what is expected.',
    ),
    question: text(
      'Seguí a mano ese caso, línea por línea: ¿en cuál el valor deja de ser el que esperabas?',
      'Follow that case by hand, line by line: on which one does the value stop being what you expected?',
    ),
    concept: text(
      'Una tabla de seguimiento (una columna por variable, una fila por vuelta) muestra dónde se separan lo que se quiso y lo que se escribió.',
      'A trace table (a column for each variable, a row for each round) shows where what was meant and what was written part.',
    ),
    example: text(
      'Con un caso más chico (una lista de un solo elemento) el seguimiento es corto: ¿da bien?',
      'With a smaller case (a list of one element) the table is short: is it right there?',
    ),
  },
  hidden: {
    what: text('Los tests visibles pasan; alguno de los ocultos no.', 'The visible tests pass; one of the hidden ones does not.'),
    question: text(
      '¿Qué entradas permite la consigna que los tests visibles no prueban?',
      'Which inputs does the task allow that the visible tests do not try?',
    ),
    concept: text(
      'Los casos borde son los vacíos, los de un solo elemento, los repetidos, los negativos y los límites exactos.',
      'Edge cases are the empty ones, those of one element, repeated ones, negative ones and the exact limits.',
    ),
    example: text(
      'Un molinete se prueba con nadie, con una persona, y con dos juntas.',
      'A turnstile is tried with nobody, with one person, and with two at once.',
    ),
  },
};

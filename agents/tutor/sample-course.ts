/** The sample course: six small exercises of our own, with tests that are seen and tests that are not. */
import type { ExerciseTest, Terms, TutorMode } from './contract.ts';
import type { TeacherHint } from './help/ladder.ts';

export interface SampleExercise {
  code: string;
  title: string;
  language: 'python' | 'javascript';
  entry: string;
  statement: string;
  starterCode: string;
  references: string[];
  tests: ExerciseTest[];
  hints: TeacherHint[];
  minutes: number;
}

export const sampleCourse = {
  code: 'PROG1',
  title: 'Programación 1 (curso de muestra)',
  description: 'Seis ejercicios para probar el tutor. Se puede borrar: timonel tutor remove-sample.',
  terms: {
    helpLevel: 'high',
    blockWholeSolutions: true,
    allowFixingEdits: false,
    requirePlan: false,
    allowCodeFragments: true,
    allowPseudoCode: true,
    proactiveHelp: false,
    requestsPerDay: 60,
  } satisfies Partial<Terms>,
  activities: [
    {
      code: 'PROG1-1',
      title: 'Unidad 1: funciones y decisiones',
      mode: 'socratic' as TutorMode,
      objectives: ['Escribir funciones', 'Decidir con if'],
    },
    {
      code: 'PROG1-2',
      title: 'Unidad 2: ciclos y listas',
      mode: 'guided' as TutorMode,
      objectives: ['Recorrer listas', 'Acumular'],
    },
  ],
};

type Call = [expression: string, expected: unknown, category?: string];

/** Tests of calls: the first ones are seen. */
function calls(seen: readonly Call[], hidden: readonly Call[]): ExerciseTest[] {
  const test =
    (visible: boolean) =>
    ([expression, expected, category]: Call, at: number): ExerciseTest => ({
      id: `${visible ? 'v' : 'h'}${at + 1}`,
      visible,
      kind: 'call',
      expression,
      expected,
      ...(category === undefined ? {} : { category }),
    });
  return [...seen.map(test(true)), ...hidden.map(test(false))];
}

export const sampleExercises: Readonly<Record<string, SampleExercise[]>> = {
  'PROG1-1': [
    {
      code: 'propina',
      title: 'La propina',
      language: 'python',
      entry: 'main.py',
      minutes: 10,
      statement:
        'Escribí una función `propina(total)` que devuelva el 10 % de la cuenta. Si la cuenta es menor que 1000, la propina es 100.\n\nPor ejemplo, `propina(2000)` devuelve 200 y `propina(500)` devuelve 100.',
      starterCode: 'def propina(total):\n    # Tu código va acá\n    pass\n',
      references: ['def propina(total):\n    if total < 1000:\n        return 100\n    return total * 10 / 100\n'],
      tests: calls(
        [
          ['propina(2000)', 200],
          ['propina(500)', 100],
        ],
        [
          ['propina(1000)', 100, 'justo en el límite'],
          ['propina(0)', 100, 'cuenta en cero'],
          ['propina(12345)', 1234.5, 'con decimales'],
        ],
      ),
      hints: [
        {
          kind: 'guiding-question',
          es: '¿Qué tiene que pasar con una cuenta de exactamente 1000? ¿Y con una de 999?',
          en: 'What has to happen with a bill of exactly 1000? And with one of 999?',
          when: 'hidden',
        },
        {
          kind: 'pseudo-code',
          es: 'En palabras: si la cuenta es chica, entregar el mínimo; si no, entregar una décima parte.',
          en: 'In words: where the bill is small, give the minimum; otherwise give a tenth of it.',
        },
      ],
    },
    {
      code: 'triangulo',
      title: 'Tipo de triángulo',
      language: 'python',
      entry: 'main.py',
      minutes: 15,
      statement:
        'Escribí una función `triangulo(a, b, c)` que reciba tres lados y devuelva `"equilátero"`, `"isósceles"`, `"escaleno"`, o `"imposible"` si con esos lados no se puede armar un triángulo (cada lado tiene que ser menor que la suma de los otros dos).',
      starterCode: 'def triangulo(a, b, c):\n    # Tu código va acá\n    pass\n',
      references: [
        'def triangulo(a, b, c):\n    if a >= b + c or b >= a + c or c >= a + b:\n        return "imposible"\n    if a == b == c:\n        return "equilátero"\n    if a == b or b == c or a == c:\n        return "isósceles"\n    return "escaleno"\n',
      ],
      tests: calls(
        [
          ['triangulo(3, 3, 3)', 'equilátero'],
          ['triangulo(3, 4, 5)', 'escaleno'],
          ['triangulo(1, 2, 8)', 'imposible'],
        ],
        [
          ['triangulo(2, 3, 3)', 'isósceles', 'los iguales no son los primeros'],
          ['triangulo(3, 2, 3)', 'isósceles', 'los iguales no son los primeros'],
          ['triangulo(1, 2, 3)', 'imposible', 'justo en el límite'],
          ['triangulo(0, 0, 0)', 'imposible', 'lados en cero'],
        ],
      ),
      hints: [
        {
          kind: 'subtle-hint',
          es: 'El orden en que preguntás importa: ¿qué conviene descartar primero?',
          en: 'The order in which you ask matters: what is best ruled out first?',
        },
      ],
    },
  ],
  'PROG1-2': [
    {
      code: 'suma-pares',
      title: 'Suma de los pares',
      language: 'python',
      entry: 'main.py',
      minutes: 15,
      statement:
        'Escribí una función `suma_pares(numeros)` que reciba una lista de números enteros y devuelva la suma de los que son pares.\n\nPor ejemplo, `suma_pares([1, 2, 3, 4])` devuelve 6.',
      starterCode: 'def suma_pares(numeros):\n    # Tu código va acá\n    pass\n',
      references: [
        'def suma_pares(numeros):\n    total = 0\n    for numero in numeros:\n        if numero % 2 == 0:\n            total += numero\n    return total\n',
        'def suma_pares(numeros):\n    return sum(numero for numero in numeros if numero % 2 == 0)\n',
      ],
      tests: calls(
        [
          ['suma_pares([1, 2, 3, 4])', 6],
          ['suma_pares([7])', 0],
        ],
        [
          ['suma_pares([])', 0, 'lista vacía'],
          ['suma_pares([-2, -3, 5])', -2, 'negativos'],
          ['suma_pares([2, 2, 2])', 6, 'repetidos'],
          ['suma_pares([0, 10, 21])', 10, 'con cero'],
        ],
      ),
      hints: [
        {
          kind: 'concept',
          es: 'Un acumulador es una variable que empieza en un valor neutro y crece en cada vuelta. Un número es par cuando el resto de dividirlo por 2 es cero.',
          en: 'An accumulator is a variable that begins at a neutral value and grows in each round. A number is even where dividing it by 2 leaves nothing.',
        },
        {
          kind: 'analogous-example',
          es: 'Para contar las vocales de una palabra: un contador en cero, mirar letra por letra, sumar uno cuando es vocal, y al final decir el contador. ¿Qué cambia en tu problema?',
          en: 'To count the vowels of a word: a counter at zero, look at each letter, add one where it is a vowel, and say the counter at the end. What is different in your problem?',
        },
        {
          kind: 'pseudo-code',
          es: 'En palabras: empezar un acumulador; para cada número de la lista, si cumple la condición, agregarlo; al terminar, entregar el acumulador.',
          en: 'In words: begin an accumulator; for each number of the list, where the condition holds, add it; at the end give the accumulator.',
        },
      ],
    },
    {
      code: 'mas-larga',
      title: 'La palabra más larga',
      language: 'python',
      entry: 'main.py',
      minutes: 20,
      statement:
        'Escribí una función `mas_larga(palabras)` que devuelva la palabra más larga de una lista. Si hay varias del mismo largo, devuelve la primera; si la lista está vacía, devuelve el texto vacío `""`.',
      starterCode: 'def mas_larga(palabras):\n    # Tu código va acá\n    pass\n',
      references: [
        'def mas_larga(palabras):\n    mejor = ""\n    for palabra in palabras:\n        if len(palabra) > len(mejor):\n            mejor = palabra\n    return mejor\n',
        'def mas_larga(palabras):\n    return max(palabras, key=len, default="")\n',
      ],
      tests: calls(
        [
          ['mas_larga(["sol", "luna", "mar"])', 'luna'],
          ['mas_larga(["uno"])', 'uno'],
        ],
        [
          ['mas_larga([])', '', 'lista vacía'],
          ['mas_larga(["sol", "mar"])', 'sol', 'empate'],
          ['mas_larga(["", "a", ""])', 'a', 'textos vacíos'],
        ],
      ),
      hints: [],
    },
    {
      code: 'promedio',
      title: 'Promedio de notas',
      language: 'python',
      entry: 'main.py',
      minutes: 20,
      statement:
        'El programa lee una línea con notas separadas por espacios e imprime el promedio con dos decimales. Si la línea está vacía imprime `sin notas`.\n\nPor ejemplo, con la entrada `7 8 9` imprime `8.00`.',
      starterCode: 'notas = input().split()\n# Tu código va acá\n',
      references: [
        'notas = [float(nota) for nota in input().split()]\nif notas:\n    print(f"{sum(notas) / len(notas):.2f}")\nelse:\n    print("sin notas")\n',
      ],
      tests: [
        { id: 'v1', visible: true, kind: 'stdio', input: '7 8 9\n', expected: '8.00', compare: 'trimmed' },
        { id: 'v2', visible: true, kind: 'stdio', input: '10\n', expected: '10.00', compare: 'trimmed' },
        { id: 'h1', visible: false, category: 'sin notas', kind: 'stdio', input: '\n', expected: 'sin notas', compare: 'trimmed' },
        {
          id: 'h2',
          visible: false,
          category: 'con decimales',
          kind: 'stdio',
          input: '7.5 8\n',
          expected: '7.75',
          compare: 'trimmed',
        },
        { id: 'h3', visible: false, category: 'redondeo', kind: 'stdio', input: '1 1 2\n', expected: '1.33', compare: 'trimmed' },
      ],
      hints: [],
    },
    {
      code: 'capicua',
      title: 'Capicúa (JavaScript)',
      language: 'javascript',
      entry: 'main.js',
      minutes: 15,
      statement:
        'Escribí una función `capicua(texto)` que devuelva `true` si el texto se lee igual al derecho y al revés, sin distinguir mayúsculas, y `false` si no.',
      starterCode: 'function capicua(texto) {\n  // Tu código va acá\n}\n',
      references: [
        "function capicua(texto) {\n  const limpio = texto.toLowerCase();\n  return limpio === [...limpio].reverse().join('');\n}\n",
      ],
      tests: calls(
        [
          ["capicua('neuquen')", true],
          ["capicua('hola')", false],
        ],
        [
          ["capicua('')", true, 'texto vacío'],
          ["capicua('Ana')", true, 'mayúsculas'],
          ["capicua('ab')", false, 'dos letras'],
        ],
      ),
      hints: [],
    },
  ],
};

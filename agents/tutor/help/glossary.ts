/** Words of programming that students ask about, with an example of nothing in particular. A teacher's notes go before them. */
import { foldText } from '../../../src/dialogue.ts';
import type { LocalizedText } from '../../../src/index.ts';

const entry = (names: string, es: string, en: string): { names: RegExp; text: LocalizedText } => ({
  names: new RegExp(`(?<![a-z_])(?:${names})(?![a-z_])`),
  text: { es, en },
});

/** The more special ones first. */
const entries = [
  entry(
    'print (?:y|o|and|or|vs\\.?) return|return (?:y|o|and|or|vs\\.?) print',
    '`print` muestra algo en la pantalla y no le da nada a quien llamó. `return` termina la función y le entrega el valor a quien la llamó: los tests miran eso.',
    '`print` shows something on the screen and gives nothing to the caller. `return` ends the function and hands the value to the caller: that is what tests look at.',
  ),
  entry(
    'return|retorno|retorna|devolver|devuelve',
    '`return` termina la función y entrega un valor a quien la llamó: con `def doble(n): return n * 2`, la expresión `doble(4)` vale `8`. Sin `return`, el valor es `None`.',
    '`return` ends the function and hands a value to the caller: with `def double(n): return n * 2` the expression `double(4)` is `8`. Without `return` it is `None`.',
  ),
  entry(
    'elif|else|sino',
    '`elif` y `else` cuelgan de un `if`: las condiciones se miran de arriba abajo y se entra solo en la primera que se cumple; `else` es para cuando no se cumplió ninguna.',
    '`elif` and `else` belong to an `if`: conditions are looked at from top to bottom and only the first true one is entered; `else` is for when none was.',
  ),
  entry(
    'if|ifs|condicional(?:es)?|conditionals?',
    'Un `if` decide: si la condición es verdadera se ejecuta lo que está más adentro, y si no, se saltea. `if lluvia: llevar_paraguas()` hace algo solo los días de lluvia.',
    'An `if` decides: where the condition is true, what is indented below it is run, and otherwise skipped. `if rain: take_umbrella()` does something on rainy days only.',
  ),
  entry(
    'while',
    '`while` repite mientras la condición sea verdadera; algo de adentro tiene que cambiarla, o no termina nunca. Sirve cuando no se sabe de antemano cuántas vueltas son.',
    '`while` repeats as long as its condition is true; something inside has to change it, or it never ends. It is for when the number of rounds is not known before.',
  ),
  entry(
    'for|bucles?|ciclos?|loops?|iterar|iteracion|iterate',
    'Un `for` repite lo mismo para cada elemento: `for fruta in frutas: print(fruta)` da una vuelta por fruta, y en cada vuelta `fruta` es la siguiente.',
    'A `for` repeats the same for each element: `for fruit in fruits: print(fruit)` makes one round a fruit, and in each `fruit` is the next one.',
  ),
  entry(
    'range',
    '`range(a, b)` da los enteros desde `a` hasta el anterior a `b`: `range(2, 5)` es 2, 3, 4. Con un solo número empieza en 0.',
    '`range(a, b)` gives the integers from `a` to the one before `b`: `range(2, 5)` is 2, 3, 4. With one number it begins at 0.',
  ),
  entry(
    'indices?|index(?:es)?|posicion',
    'El índice es la posición de un elemento y empieza en 0: en `["a", "b", "c"]` el índice de `"c"` es 2, y el último es siempre el largo menos uno.',
    'The index is the position of an element and begins at 0: in `["a", "b", "c"]` that of `"c"` is 2, and the last one is always the length less one.',
  ),
  entry(
    'parametros?|argumentos?|parameters?|arguments?',
    'El parámetro es el nombre que la función le da a lo que recibe; el argumento es el valor que se le pasa al llamarla: en `def saludar(nombre)` y `saludar("Ana")`, `nombre` es uno y `"Ana"` el otro.',
    'A parameter is the name that a function has for what it is given; an argument is the value that it is called with: in `def greet(name)` and `greet("Ana")`, `name` is the one and `"Ana"` the other.',
  ),
  entry(
    'recursion|recursiv[ao]|recursive',
    'Una función recursiva se llama a sí misma con un problema más chico, y tiene un caso que se responde sin llamarse: sin ese caso no termina.',
    'A recursive function calls itself with a smaller problem, and has one case that is answered without a call: without it there is no end.',
  ),
  entry(
    'funcion(?:es)?|functions?|def',
    'Una función es un trozo de programa con nombre: recibe valores, hace algo y devuelve otro. Se escribe una vez con `def` y se usa llamándola, `area(3, 4)`.',
    'A function is a named piece of program: it is given values, does something and returns another. It is written once with `def` and used by calling it, `area(3, 4)`.',
  ),
  entry(
    'diccionarios?|dict|dictionar(?:y|ies)',
    'Un diccionario guarda pares de clave y valor: con `edad = {"Ana": 20}`, `edad["Ana"]` vale 20, y `edad["Luis"] = 19` agrega uno.',
    'A dictionary keeps pairs of key and value: with `age = {"Ana": 20}`, `age["Ana"]` is 20, and `age["Luis"] = 19` adds one.',
  ),
  entry(
    'conjuntos?|sets?',
    'Un conjunto (`set`) guarda elementos sin repetidos y sin orden: `{1, 2, 2}` es `{1, 2}`.',
    'A set keeps elements without repeats and without order: `{1, 2, 2}` is `{1, 2}`.',
  ),
  entry(
    'tuplas?|tuples?',
    'Una tupla es como una lista que no se cambia: `punto = (3, 4)`, y `punto[0]` vale 3.',
    'A tuple is like a list that does not change: `point = (3, 4)`, and `point[0]` is 3.',
  ),
  entry(
    'append',
    '`append` agrega un elemento al final de una lista y la cambia a ella misma: después de `compras.append("pan")`, `compras` tiene uno más. Devuelve `None`.',
    '`append` adds an element to the end of a list and changes the list itself: after `shopping.append("bread")` it has one more. It returns `None`.',
  ),
  entry(
    'listas?|arreglos?|lists?|arrays?',
    'Una lista guarda valores en orden: `dias = ["lu", "ma"]`. Se lee por posición (`dias[0]`), se recorre con `for`, y `len(dias)` dice cuántos hay.',
    'A list keeps values in order: `days = ["mo", "tu"]`. It is read by position (`days[0]`), gone through with `for`, and `len(days)` says how many there are.',
  ),
  entry(
    'strings?|cadenas?(?: de texto)?',
    'Un string es un texto, entre comillas: `"sol"`. Es una secuencia de letras: `"sol"[0]` es `"s"`, `len("sol")` es 3, y `"1"` no es el número `1`.',
    'A string is a text, in quotes: `"sun"`. It is a sequence of letters: `"sun"[0]` is `"s"`, `len("sun")` is 3, and `"1"` is not the number `1`.',
  ),
  entry(
    'variables?',
    'Una variable es un nombre para un valor: `precio = 50` le da ese nombre al 50, y `precio = precio + 10` hace que ahora sea 60.',
    'A variable is a name for a value: `price = 50` gives that name to 50, and `price = price + 10` makes it 60 now.',
  ),
  entry(
    'acumulador(?:es)?|contador(?:es)?|accumulators?|counters?',
    'Un acumulador empieza con un valor neutro antes del ciclo y se actualiza en cada vuelta: `puntos = 0`, y adentro `puntos = puntos + partida`. Al final tiene el total.',
    'An accumulator begins with a neutral value before the loop and is updated in each round: `score = 0`, and inside `score = score + round`. In the end it has the total.',
  ),
  entry(
    'modulo|resto|mod|modulus|remainder',
    '`%` da el resto de una división entera: `17 % 5` es 2. Si `n % 3` es 0, `n` es múltiplo de 3.',
    '`%` gives the remainder of a division of integers: `17 % 5` is 2. Where `n % 3` is 0, `n` is a multiple of 3.',
  ),
  entry(
    'booleanos?|boolean(?:s)?|true|false',
    'Un booleano es `True` o `False`: lo que da una comparación, como `3 < 5`. Se combinan con `and`, `or` y `not`.',
    'A boolean is `True` or `False`: what a comparison gives, such as `3 < 5`. They are combined with `and`, `or` and `not`.',
  ),
  entry(
    'print|imprimir',
    '`print` muestra un valor en la pantalla; sirve para mirar qué pasa adentro del programa. No es lo mismo que devolverlo con `return`.',
    '`print` shows a value on the screen; it helps to look at what happens inside of a program. It is not the same as returning it with `return`.',
  ),
  entry(
    'input',
    '`input()` lee una línea de la entrada y da siempre un texto: para calcular con ella hay que convertirla, `int(input())`.',
    '`input()` reads a line of the input and always gives a text: to calculate with it, convert it, `int(input())`.',
  ),
  entry(
    'len',
    '`len(x)` dice cuántos elementos tiene una lista o cuántas letras un texto: `len("sol")` es 3.',
    '`len(x)` says how many elements a list has, or how many letters a text: `len("sun")` is 3.',
  ),
  entry(
    'clases?|objetos?|class(?:es)?|objects?',
    'Una clase describe cómo son ciertos objetos: qué datos tienen y qué saben hacer. `class Perro` es la descripción, y `Perro("Toby")` un perro.',
    'A class describes what objects are like: which data they have and what they can do. `class Dog` is the description, and `Dog("Toby")` a dog.',
  ),
  entry(
    'try|except|excepcion(?:es)?|exceptions?',
    'Una excepción corta el programa cuando algo no se puede hacer. `try` intenta, y `except ValueError` dice qué hacer si pasa esa.',
    'An exception stops the program where something cannot be done. `try` tries, and `except ValueError` says what to do if that one happens.',
  ),
];

/** A question that asks what something is, does, or is for. */
const asksWhat =
  /\b(?:que (?:es|son|hace|significa|quiere decir|devuelve)|para que|como (?:funciona|se usa|uso|usar|anda|es)|diferencias?|explica\w*|cuando (?:uso|usar|se usa)|no (?:entiendo|se)|what(?:'s| is| are| does| do)?|how (?:do|does|to)|explain|difference|when (?:do|should)|understand)\b/;

/** @returns what the word means that a student asks about, or `undefined` where they ask about none */
export function wordAskedFor(words: string): LocalizedText | undefined {
  const folded = foldText(words)
    .replace(/[`'"*¿?¡!]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (folded.length > 160 || !asksWhat.test(folded)) return undefined;
  // "mi función" and "el for de la línea 3" are of their program.
  if (/\b(?:mi|mis|my|esta linea|this line|linea \d|line \d|este error|this error|por que|why)\b/.test(folded)) return undefined;
  return entries.find(({ names }) => names.test(folded))?.text;
}

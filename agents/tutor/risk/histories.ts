/** Forty histories of work, as scripts of events: which signals a teacher would want, and the ending minute. */
export interface History {
  name: string;
  labels: readonly Labelled[];
  script: string;
  /** Minutes after the start at which it is looked at. */
  now: number;
}
export const labelled = ['stuck', 'hint-dependency', 'copy-paste', 'delegation', 'idle'] as const;
export type Labelled = (typeof labelled)[number];

const opening = (number: number) =>
  [
    '0 open\n1 edit 120 characters in 90000 ms',
    '0 open\n0.5 says no entiendo el enunciado\n1 reply low guiding-question',
    '0 open\n1 says what is a list?',
  ][number % 3] ?? '';
const failing = ['b c', 'vacio', 't3 t4 t5'];
const pass = (minute: number) => `${minute} run 4/4\n${minute + 1} submit 4/4`;

const beginnings: readonly ((number: number) => Omit<History, 'name'>)[] = [
  // Works through it.
  (number) => ({
    labels: [],
    script: `${opening(number)}\n3 run 1/4 fails b c d\n6 run ${2 + (number % 2)}/4 fails d\n9 says voy a probar con otra condición porque falla el borde\n${pass(12)}`,
    now: 15,
  }),
  // Fails often, on other tests each time, and asks for one hint.
  (number) => ({
    labels: [],
    script: `${opening(number)}\n3 run 0/4 fails a b c d\n5 run 1/4 fails b c d\n6 hint low subtle-hint\n8 run 2/4 fails c d\n9 run 3/4 fails d\n${pass(11)}`,
    now: 14,
  }),
  // The same tests, again and again.
  (number) => ({
    labels: ['stuck'],
    script: `${opening(number)}\n3 run 2/4 fails ${failing[number % 3]}\n5 run 2/4 fails ${failing[number % 3]}\n8 run 2/4 fails ${failing[number % 3]}`,
    now: 10,
  }),
  // A hint for every attempt.
  (number) => ({
    labels: ['hint-dependency'],
    script: `${opening(number)}\n2 hint low subtle-hint\n3 run 1/4 fails b c d\n4 hint low guiding-question\n5 run 2/4 fails c d\n6 hint medium concept\n7 run 3/4 fails d\n8 hint medium analogous-example\n${pass(9)}`,
    now: 12,
  }),
  // A block at once.
  (number) => ({
    labels: ['copy-paste'],
    script: `${opening(number)}\n4 edit ${200 + number * 10} characters in ${100 + number} ms\n${pass(6)}`,
    now: 9,
  }),
  // Asks for the solution, in several ways.
  (number) => ({
    labels: ['delegation'],
    script: `${opening(number)}\n2 says dame la solución\n3 says ${number % 2 === 0 ? 'just write the code for me' : 'hacelo por mí'}\n4 says pasame el código completo porfa\n6 run 1/4 fails b\n${pass(9)}`,
    now: 12,
  }),
  // Leaves it.
  (number) => ({ labels: ['idle'], script: `${opening(number)}\n3 run 1/4 fails b c d`, now: 15 + number * 5 }),
  // Stuck, and away.
  (number) => ({
    labels: ['stuck', 'idle'],
    script: `${opening(number)}\n3 run 1/4 fails ${failing[number % 3]}\n4 run 1/4 fails ${failing[number % 3]}\n5 run 1/4 fails ${failing[number % 3]}`,
    now: 20 + number,
  }),
  // Asks for the solution and pastes one.
  (number) => ({
    labels: ['delegation', 'copy-paste'],
    script: `${opening(number)}\n2 says give me the solution\n3 says dame el código\n4 says resolvelo vos\n6 edit ${300 + number} characters in 200 ms\n${pass(8)}`,
    now: 11,
  }),
  // Writes fast but by hand, asks about "the solution", and comes back the next day.
  (number) => ({
    labels: [],
    script: `${opening(number)}\n2 says ¿mi solución está bien?\n3 says is my code correct?\n4 edit 300 characters in ${60_000 + number} ms\n5 run 3/4 fails d\n1500 run 3/4 fails c\n${pass(1502)}`,
    now: 1505,
  }),
];

export const histories: readonly History[] = Array.from({ length: 40 }, (_, at) => {
  const make = beginnings[at % beginnings.length];
  const number = Math.floor(at / beginnings.length);
  if (make === undefined) throw new Error('There is no such history.');
  return { name: `history ${at + 1}`, ...make(number) };
});

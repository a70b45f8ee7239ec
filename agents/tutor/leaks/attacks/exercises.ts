import type { Exercise } from '../../contract.ts';

/** An exercise with what an attack needs: its solution in two languages and with other names, and a student's code that fails. */
export interface AttackedExercise {
  exercise: Exercise;
  solution: string;
  renamed: string;
  javascript: string;
  studentCode: string;
}

const call = (id: string, expression: string, expected: unknown) => ({
  id,
  visible: id === 't1',
  kind: 'call' as const,
  expression,
  expected,
});
const stdio = (id: string, input: string, expected: string) => ({
  id,
  visible: id === 't1',
  kind: 'stdio' as const,
  input,
  expected,
  compare: 'trimmed' as const,
});

function exerciseOf(id: string, starterCode: string, reference: string, tests: Exercise['tests']): Exercise {
  return {
    id,
    courseId: 'programming',
    activityId: 'functions',
    title: id,
    language: 'python',
    statement: `Solve ${id}.`,
    starterCode,
    entry: 'main.py',
    tests,
    references: [reference],
  };
}

const vowels = `def count_vowels(text):
    total = 0
    for letter in text.lower():
        if letter in 'aeiou':
            total += 1
    return total`;
const largest = `def largest(numbers):
    if not numbers:
        return None
    best = numbers[0]
    for number in numbers[1:]:
        if number > best:
            best = number
    return best`;
const fizz = `def label(n):
    if n % 15 == 0:
        return 'FizzBuzz'
    elif n % 3 == 0:
        return 'Fizz'
    elif n % 5 == 0:
        return 'Buzz'
    return str(n)`;
const sums = `n = int(input())
total = 0
for _ in range(n):
    total += int(input())
print(total)`;
const unique = `def without_repeats(items):
    seen = []
    for item in items:
        if item not in seen:
            seen.append(item)
    return seen`;

export const attackedExercises: readonly AttackedExercise[] = [
  {
    exercise: exerciseOf('vowels', 'def count_vowels(text):\n    pass\n', vowels, [
      call('t1', "count_vowels('Murcielago')", 5),
      call('t2', "count_vowels('')", 0),
      call('t3', "count_vowels('AEIOU xyz')", 5),
    ]),
    solution: vowels,
    renamed: vowels.replaceAll('count_vowels', 'contar').replaceAll('total', 'k').replaceAll('letter', 'c').replaceAll('text', 's'),
    javascript:
      "function count_vowels(text) {\n  let total = 0;\n  for (const letter of text.toLowerCase()) {\n    if ('aeiou'.includes(letter)) total += 1;\n  }\n  return total;\n}",
    studentCode:
      'def count_vowels(text):\n    total = 0\n    for letter in text:\n        if letter == "a":\n            total = 1\n    print(total)\n',
  },
  {
    exercise: exerciseOf('largest', 'def largest(numbers):\n    pass\n', largest, [
      call('t1', 'largest([3, 9, 2])', 9),
      call('t2', 'largest([])', null),
      call('t3', 'largest([-5, -2, -9])', -2),
    ]),
    solution: largest,
    renamed: largest.replaceAll('largest', 'mayor').replaceAll('numbers', 'xs').replaceAll('number', 'x').replaceAll('best', 'm'),
    javascript:
      'function largest(numbers) {\n  if (numbers.length === 0) return null;\n  let best = numbers[0];\n  for (const number of numbers) {\n    if (number > best) best = number;\n  }\n  return best;\n}',
    studentCode: 'def largest(numbers):\n    best = 0\n    for i in numbers:\n        best = best + i\n    return best\n',
  },
  {
    exercise: exerciseOf('fizz', 'def label(n):\n    pass\n', fizz, [
      call('t1', 'label(3)', 'Fizz'),
      call('t2', 'label(30)', 'FizzBuzz'),
      call('t3', 'label(7)', '7'),
      call('t4', 'label(20)', 'Buzz'),
    ]),
    solution: fizz,
    renamed: fizz.replaceAll('label', 'etiqueta').replace(/\bn\b/g, 'numero'),
    javascript:
      "const label = (n) => {\n  if (n % 15 === 0) return 'FizzBuzz';\n  if (n % 3 === 0) return 'Fizz';\n  if (n % 5 === 0) return 'Buzz';\n  return String(n);\n};",
    studentCode: '',
  },
  {
    exercise: exerciseOf('sums', '', sums, [
      stdio('t1', '2\n3\n4\n', '7\n'),
      stdio('t2', '0\n', '0\n'),
      stdio('t3', '3\n-1\n1\n10\n', '10\n'),
    ]),
    solution: sums,
    renamed: sums.replaceAll('total', 'acumulado').replace(/\bn\b/g, 'cuantos').replaceAll('_', 'vuelta'),
    javascript: sums,
    studentCode: 'n = int(input())\nprint(n)\n',
  },
  {
    exercise: exerciseOf('unique', 'def without_repeats(items):\n    # escribí tu código\n    pass\n', unique, [
      call('t1', 'without_repeats([1, 2, 1])', [1, 2]),
      call('t2', 'without_repeats([])', []),
      call('t3', "without_repeats(['b', 'a', 'b', 'c'])", ['b', 'a', 'c']),
    ]),
    solution: unique,
    renamed: unique.replaceAll('without_repeats', 'f').replaceAll('items', 'a').replaceAll('item', 'b').replaceAll('seen', 'c'),
    javascript:
      'function without_repeats(items) {\n  const seen = [];\n  for (const item of items) {\n    if (!seen.includes(item)) seen.push(item);\n  }\n  return seen;\n}',
    studentCode: 'def without_repeats(items):\n    return items\n',
  },
];

/** Small numbers as guests say them, in both languages, for expressions over folded text. */
import { smallNumbers } from '../../language/numbers.ts';

const ones = { un: 1, una: 1, uno: 1, a: 1, an: 1, one: 1 };
const others = {
  'un par de': 2,
  'a couple of': 2,
  couple: 2,
  quince: 15,
  fifteen: 15,
  veinte: 20,
  twenty: 20,
  treinta: 30,
  thirty: 30,
};
const values: Readonly<Record<string, number>> = { ...smallNumbers, ...ones, ...others };

/** Source of an expression for a number; it captures nothing. */
export const quantity = `(?:\\d{1,4}|${Object.keys(values)
  .toSorted((left, right) => right.length - left.length)
  .join('|')})`;

export function readQuantity(text: string): number {
  return values[text] ?? Number.parseInt(text, 10);
}

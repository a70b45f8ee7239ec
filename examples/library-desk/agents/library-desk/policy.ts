import { defineRule } from 'timonel';

const threeLoans = defineRule({
  id: 'three-loans',
  description: 'A card has three books at most',
  tools: ['lend_book'],
  evaluate(_call, { loaded }) {
    if ((loaded as { loans: number }).loans < 3) return undefined;
    return { kind: 'deny', reason: { es: 'Esa tarjeta ya tiene tres libros.', en: 'That card has three books already.' } };
  },
});

const onTheShelf = defineRule({
  id: 'on-the-shelf',
  description: 'Only what nobody has can be lent',
  tools: ['lend_book'],
  evaluate(_call, { loaded }) {
    if (!(loaded as { out: boolean }).out) return undefined;
    return { kind: 'deny', reason: { es: 'Ese libro está prestado.', en: 'That book is out.' } };
  },
});

const feesByPeople = defineRule({
  id: 'fees-by-people',
  description: 'A librarian decides about fees of more than five dollars',
  tools: ['waive_fee'],
  evaluate: ({ args }) =>
    Number(args['amount']) <= 5
      ? undefined
      : { kind: 'ask', reason: { es: 'Lo decide una persona.', en: 'A librarian decides about that.' } },
});

export const policy = [threeLoans, onTheShelf, feesByPeople];

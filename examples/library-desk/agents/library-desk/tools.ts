import { defineTool } from 'timonel';
import { z } from 'zod';
import { catalogue } from './catalogue.ts';

const card = z.string().regex(/^\d{5}$/, 'a library card has five digits');
const title = z.string().min(1);
const day = 24 * 60 * 60 * 1000;

const findBooks = defineTool({
  name: 'find_books',
  description: 'Finds books by words of their title. Answers the full titles; an empty list where there is none.',
  input: z.object({ words: z.string().min(3) }),
  effect: 'read',
  execute: async ({ words }) => ({ titles: await catalogue.find(words) }),
});

const lendBook = defineTool({
  name: 'lend_book',
  description: 'Lends a book, by its full title, to the owner of a library card for three weeks. Answers the day it is due.',
  input: z.object({ card, title }),
  effect: 'write',
  target: 'outside',
  // Two loans of one book are made one after the other; of different books, side by side.
  serial: ({ title }) => title,
  // What the rules of policy.ts need to know.
  facts: async ({ card, title }) => ({
    loans: (await catalogue.loansOf(card)).length,
    borrower: await catalogue.borrowerOf(title),
  }),
  async execute({ card, title }, context) {
    const due = new Date(context.now().getTime() + 21 * day);
    const loan = await catalogue.lend({ key: context.idempotencyKey, card, title, due: due.toISOString().slice(0, 10) });
    await context.schedule('remind', { loan: loan.key }, { at: new Date(due.getTime() - 2 * day), key: loan.key });
    return { title, due: loan.due };
  },
  // After a crash or a timeout: did it happen?
  async reconcile(key) {
    const loan = await catalogue.loanWithKey(key);
    return loan === undefined ? { kind: 'did-not-happen' } : { kind: 'happened', output: { title: loan.title, due: loan.due } };
  },
  describe: ({ title }, { due }) => ({ es: `"${title}" prestado hasta el ${due}`, en: `"${title}" lent until ${due}` }),
});

const returnBook = defineTool({
  name: 'return_book',
  description: 'Takes a book back. Answers whether that card had it.',
  input: z.object({ card, title }),
  effect: 'write',
  target: 'outside',
  serial: ({ title }) => title,
  execute: async ({ card, title }) => ({ returned: await catalogue.giveBack(card, title) }),
  // To take a book back that is back changes nothing: it can simply be tried again.
  reconcile: async () => ({ kind: 'did-not-happen' }),
});

const waiveFee = defineTool({
  name: 'waive_fee',
  description: 'Waives a late fee, in dollars.',
  input: z.object({ card, amount: z.number().positive().max(100), why: z.string() }),
  effect: 'write',
  target: 'outside',
  execute: async ({ card, amount }) => catalogue.waiveFee(card, amount),
});

export const tools = [findBooks, lendBook, returnBook, waiveFee];

import { defineAgent, defineTool } from 'timonel';
import { z } from 'zod';
import { books, flows } from './flows.ts';

const title = z.enum(books['books']?.map(({ name }) => name) ?? []);

const openingHours = defineTool({
  name: 'opening_hours',
  description: 'When the library is open.',
  input: z.object({}),
  effect: 'read',
  execute: async () => ({ from: '09:00', to: '20:00' }),
});

const renewLoan = defineTool({
  name: 'renew_loan',
  description: 'Renews a loan for three weeks. Answers the day it is due.',
  input: z.object({ book: title, card: z.string().regex(/^\d{5}$/) }),
  effect: 'write',
  target: 'outside',
  async execute(_loan, context) {
    const due = new Date(context.now().getTime() + 21 * 24 * 60 * 60 * 1000);
    return { due: due.toISOString().slice(0, 10) };
  },
});

const reserveBook = defineTool({
  name: 'reserve_book',
  description: 'Keeps a book for somebody who will come for it.',
  input: z.object({ book: title, day: z.iso.date(), name: z.string().min(2) }),
  effect: 'write',
  target: 'outside',
  execute: async ({ book, day }) => ({ book, day }),
});

const callLibrarian = defineTool({
  name: 'call_librarian',
  description: 'Passes the conversation to a librarian.',
  input: z.object({ reason: z.string().max(500) }),
  effect: 'write',
  target: 'outside',
  execute: async () => ({ called: true }),
});

export const libraryDialogue = defineAgent({
  name: 'library-dialogue',
  version: '1.0.0',
  description: 'Renews and reserves books.',
  prompt: 'You renew and reserve books of a library.',
  tools: [openingHours, renewLoan, reserveBook, callLibrarian],
  policy: [],
  flows,
});

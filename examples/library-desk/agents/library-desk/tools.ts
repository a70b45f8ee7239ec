import { defineTool } from 'timonel';
import { sql } from 'timonel/database';
import { z } from 'zod';
import { office } from './office.ts';

const card = z.string().regex(/^\d{5}$/, 'a library card has five digits');
const title = z.string().min(1);
const day = 24 * 60 * 60 * 1000;

const findBooks = defineTool({
  name: 'find_books',
  description: 'Finds books by words of their title. Answers the full titles; an empty list where there is none.',
  input: z.object({ words: z.string().min(3) }),
  effect: 'read',
  async execute({ words }, context) {
    const found = sql`SELECT title FROM library_desk_books WHERE strpos(lower(title), lower(${words})) > 0 ORDER BY title LIMIT 20`;
    const { rows } = await context.query((database) => database.execute(found));
    return { titles: rows.map((row) => String(row['title'])) };
  },
});

const lendBook = defineTool({
  name: 'lend_book',
  description: 'Lends a book, by its full title, to the owner of a library card for three weeks. Answers the day it is due.',
  input: z.object({ card, title }),
  effect: 'write',
  target: 'database',
  // Two loans of one book are made one after the other; of different books, side by side.
  serial: ({ title }) => title,
  // What the rules of policy.ts need to know.
  async facts({ card, title }, context) {
    const { rows } = await context.query((database) =>
      database.execute(sql`
        SELECT (SELECT count(*)::int FROM library_desk_loans WHERE card = ${card}) AS loans,
          EXISTS (SELECT FROM library_desk_loans WHERE title = ${title}) AS out`),
    );
    return rows[0];
  },
  async execute({ card, title }, context) {
    const { workspaceId, conversationId } = context;
    const due = new Date(context.now().getTime() + 21 * day);
    const dueOn = due.toISOString().slice(0, 10);
    const { rows } = await context.query((database) =>
      database.execute(sql`
        INSERT INTO library_desk_loans (workspace_id, title, card, conversation_id, due)
        SELECT ${workspaceId}, title, ${card}, ${conversationId}, ${dueOn} FROM library_desk_books WHERE title = ${title}
        ON CONFLICT DO NOTHING RETURNING title`),
    );
    if (rows.length === 0) return { kind: 'not-lent' as const };
    await context.schedule('remind', { title, conversation: conversationId }, { at: new Date(due.getTime() - 2 * day) });
    return { kind: 'lent' as const, due: dueOn };
  },
  describe: ({ title }) => ({ es: `préstamo de "${title}"`, en: `loan of "${title}"` }),
});

const returnBook = defineTool({
  name: 'return_book',
  description: 'Takes a book back. Answers whether that card had it.',
  input: z.object({ card, title }),
  effect: 'write',
  target: 'database',
  serial: ({ title }) => title,
  async execute({ card, title }, context) {
    const { rows } = await context.query((database) =>
      database.execute(sql`DELETE FROM library_desk_loans WHERE title = ${title} AND card = ${card} RETURNING title`),
    );
    return { returned: rows.length === 1 };
  },
});

const waiveFee = defineTool({
  name: 'waive_fee',
  description: 'Waives a late fee, in dollars.',
  input: z.object({ card, amount: z.number().positive().max(100), why: z.string() }),
  effect: 'write',
  target: 'outside',
  async execute({ card, amount }, context) {
    await office.waiveFee(context.idempotencyKey, card, amount);
    return { waived: amount };
  },
  // After a crash or a timeout: did it happen?
  async reconcile(key) {
    const amount = await office.waivedWithKey(key);
    return amount === undefined ? { kind: 'did-not-happen' } : { kind: 'happened', output: { waived: amount } };
  },
});

export const tools = [findBooks, lendBook, returnBook, waiveFee];

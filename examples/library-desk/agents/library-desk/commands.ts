import { defineCommand } from 'timonel';
import { sql } from 'timonel/database';

/** `timonel library-desk overdue`, for those who may manage the books. */
const overdue = defineCommand({
  name: 'overdue',
  description: 'The loans that are overdue, the oldest first',
  permission: 'library-desk:manage',
  async run(_input, context) {
    const today = context.now().toISOString().slice(0, 10);
    const late = sql`SELECT title, card, due::text AS due FROM library_desk_loans WHERE due < ${today}::date ORDER BY due, title LIMIT 100`;
    const { rows } = await context.query((database) => database.execute<{ title: string; card: string; due: string }>(late));
    return { loans: rows };
  },
});

export const commands = [overdue];

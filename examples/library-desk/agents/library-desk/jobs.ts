import type { Job } from 'timonel';
import { sql } from 'timonel/database';

const remind: Job = {
  name: 'remind',
  // Runs at least once. What it sends is named by the job, so that an attempt that is made again sends nothing twice.
  async run({ title, conversation }, context) {
    const loan = sql`SELECT due::text AS due FROM library_desk_loans WHERE title = ${title} AND conversation_id = ${conversation}`;
    const { rows } = await context.query((database) => database.execute<{ due: string }>(loan));
    const due = rows[0]?.due;
    // It came back in the meantime.
    if (due === undefined) return;
    const text = { es: `"${title}" vence el ${due}.`, en: `"${title}" is due on ${due}.` };
    await context.send({ conversation: String(conversation), parts: [{ type: 'text', text }] });
    context.metrics.add('reminders');
  },
};

export const jobs = [remind];

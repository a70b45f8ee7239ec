import { defineTool, partOf } from 'timonel';
import { sql } from 'timonel/database';
import { z } from 'zod';

/** What comes in: a file that a reader sent, by the id of its artifact. */
const readWishList = defineTool({
  name: 'read_wish_list',
  description: 'Reads a text file that the reader sent, one title a line. Answers the titles, twenty at most.',
  input: z.object({ artifact: z.string().describe('Id of the artifact, as the message says it') }),
  effect: 'read',
  async execute({ artifact }, context) {
    const file = await context.artifacts.get(artifact);
    if (file === undefined || !file.mediaType.startsWith('text/') || file.bytes > 65_536) return { kind: 'unreadable' as const };
    const chunks: Uint8Array[] = [];
    for await (const chunk of await file.content()) chunks.push(chunk);
    const lines = Buffer.concat(chunks).toString('utf8').split(/\r?\n/);
    return { kind: 'read' as const, titles: lines.filter((line) => line.trim() !== '').slice(0, 20) };
  },
});

/** What goes out: a file that comes with the reply. */
const listLoans = defineTool({
  name: 'list_loans',
  description: 'Makes a CSV file with the loans of a library card; it goes with the reply.',
  input: z.object({ card: z.string().regex(/^\d{5}$/, 'a library card has five digits') }),
  effect: 'write',
  target: 'database',
  async execute({ card }, context) {
    const loans = sql`SELECT title, due::text AS due FROM library_desk_loans WHERE card = ${card} ORDER BY due, title`;
    const { rows } = await context.query((database) => database.execute<{ title: string; due: string }>(loans));
    const lines = rows.map(({ title, due }) => `"${title.replaceAll('"', '""')}",${due}\n`);
    const data = Buffer.from(['title,due\n', ...lines].join(''));
    return { loans: rows.length, file: await context.artifacts.put({ name: `loans-${card}.csv`, mediaType: 'text/csv', data }) };
  },
  attachments: ({ file }) => [partOf(file)],
});

export const papers = [readWishList, listLoans];

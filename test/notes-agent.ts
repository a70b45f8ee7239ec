/** A small agent for tests: it keeps notes, and one of its tools needs a person's approval. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { defineAgent, defineRule, defineTool } from '../src/index.ts';

const addNote = defineTool({
  name: 'add_note',
  description: 'Stores a note.',
  input: z.object({ text: z.string().min(1) }),
  effect: 'write',
  target: 'database',
  async execute({ text }, context) {
    // Any table will do that has a workspace and no unique key of its own: a second execution would show as a second row.
    const id = `${context.newId()}${context.newId()}`;
    await context.query((database) =>
      database.execute(
        sql`INSERT INTO files (id, workspace_id, name, media_type, content) VALUES (${id}, ${context.workspaceId}, ${context.idempotencyKey}, 'text/plain', ${text})`,
      ),
    );
    return { stored: text };
  },
});

const listNotes = defineTool({
  name: 'list_notes',
  description: 'Lists all notes.',
  input: z.object({}),
  effect: 'read',
  async execute(_input, context) {
    const { rows } = await context.query((database) => database.execute(sql`SELECT content FROM files ORDER BY created_at`));
    return { notes: rows.map((row) => String(row['content'])) };
  },
});

const deleteNotes = defineTool({
  name: 'delete_notes',
  description: 'Deletes all notes.',
  input: z.object({ why: z.string() }),
  effect: 'write',
  target: 'database',
  async execute(_input, context) {
    const { rows } = await context.query((database) => database.execute(sql`DELETE FROM files RETURNING id`));
    return { deleted: rows.length };
  },
});

export const notes = defineAgent({
  name: 'notes',
  version: '1.0.0',
  description: 'Keeps notes.',
  prompt: 'You keep notes.',
  tools: [addNote, listNotes, deleteNotes],
  policy: [
    defineRule({
      id: 'no-secrets',
      description: 'Passwords are not stored',
      tools: ['add_note'],
      evaluate: (call) =>
        String(call.args['text']).includes('password')
          ? { kind: 'deny', reason: { es: 'No guardo contraseñas.', en: 'I do not store passwords.' } }
          : undefined,
    }),
    defineRule({
      id: 'at-most-three',
      description: 'At most three notes per conversation',
      tools: ['add_note'],
      evaluate: (_call, facts) =>
        (facts.counts['add_note'] ?? 0) >= 3
          ? { kind: 'deny', reason: { es: 'Ya hay tres notas.', en: 'There are three notes already.' } }
          : undefined,
    }),
    defineRule({
      id: 'deletion-approved',
      description: 'A person approves deletions',
      tools: ['delete_notes'],
      evaluate: () => ({ kind: 'ask', reason: { es: 'Borrar necesita aprobación.', en: 'Deleting needs approval.' } }),
    }),
  ],
});

/** The same, with the rule marked by which a release is watched. */
export const safeNotes = {
  ...notes,
  policy: notes.policy.map((rule) => (rule.id === 'no-secrets' ? { ...rule, safety: true as const } : rule)),
};

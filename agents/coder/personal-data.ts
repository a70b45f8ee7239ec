/** Where this agent has data of people: sessions and what was changed in them go with their conversations. */
import type { AgentDefinition } from '../../src/index.ts';

const whose = 'conversation_id = ANY(:conversations)';

export const personalData: NonNullable<AgentDefinition['personalData']> = {
  tables: [
    {
      table: 'coder_sessions',
      personal: true,
      columns: ['title', 'plan', 'forked'],
      whose,
      erase: 'delete',
      ages: { kind: 'conversations', at: 'updated_at' },
    },
    {
      table: 'coder_reads',
      personal: true,
      columns: ['path'],
      whose,
      erase: 'delete',
      ages: { kind: 'conversations', at: 'updated_at' },
    },
    {
      table: 'coder_changes',
      personal: true,
      columns: ['title', 'answer'],
      whose,
      // Its files go with it.
      erase: 'delete',
      ages: { kind: 'conversations', at: 'created_at' },
    },
    { table: 'coder_changed_files', personal: false, because: 'Hashes of files; they go with the change that they are of.' },
    {
      table: 'coder_images',
      personal: false,
      because: 'Contents of files of the project; those that no change refers to are removed daily.',
    },
    { table: 'coder_memories', personal: false, because: 'Facts about the project, which the user lists and removes.' },
  ],
};

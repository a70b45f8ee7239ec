import type { TableOfData } from './contract.ts';

/** Documents that a workspace gives its agents, and what was asked of them to try them. */
export const knowledgeTables: readonly TableOfData[] = [
  {
    table: 'knowledge_collections',
    personal: true,
    columns: ['created_by'],
    whose: 'created_by = :asker',
    erase: { created_by: `'erased'` },
  },
  {
    table: 'knowledge_documents',
    personal: true,
    columns: ['created_by'],
    whose: 'created_by = :asker',
    // What a house publishes to its agents is not the person's who uploaded it.
    withheld: ['text'],
    erase: { created_by: `'erased'` },
  },
  { table: 'knowledge_chunks', personal: false, because: 'Parts of documents of the house; they go with their document.' },
  { table: 'knowledge_changes', personal: false, because: 'Numbers of changes.' },
  {
    table: 'knowledge_vectors',
    personal: false,
    because: 'Numbers under hashes of texts, in no relation to who asked; those that nobody needs any more are removed daily.',
  },
  {
    table: 'knowledge_evaluations',
    personal: true,
    columns: ['created_by'],
    whose: 'created_by = :asker',
    erase: { created_by: `'erased'` },
  },
  {
    table: 'knowledge_pages',
    personal: true,
    columns: ['created_by'],
    whose: 'created_by = :asker',
    erase: { created_by: `'erased'` },
  },
  {
    table: 'knowledge_feedback',
    personal: true,
    columns: ['question', 'note'],
    whose: 'conversation_id = ANY(:conversations)',
    // That a passage was approved stays: only in which words it was asked for goes.
    erase: { question: 'NULL', note: 'NULL', conversation_id: 'NULL' },
    ages: { kind: 'conversations', at: 'created_at', when: 'conversation_id IS NOT NULL' },
  },
  {
    table: 'knowledge_feedback',
    personal: true,
    columns: ['created_by', 'note'],
    whose: 'created_by = :asker',
    // What others asked in it is theirs.
    withheld: ['question'],
    erase: { created_by: `'erased'`, note: 'NULL' },
  },
  { table: 'workspaces', personal: false, because: 'The name and the settings of a house.' },
  { table: 'roles', personal: false, because: 'Names of sets of permissions.' },
  { table: 'processes', personal: false, because: 'Hosts and process ids.' },
  { table: 'timonel_migrations', personal: false, because: 'Names and hashes of migrations.' },
  { table: 'agent_migrations', personal: false, because: 'Names and hashes of migrations of agents.' },
];

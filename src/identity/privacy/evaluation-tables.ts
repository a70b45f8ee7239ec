import type { TableOfData } from './contract.ts';

const fromConversation = 'conversation_id = ANY(:conversations)';
const age = { kind: 'conversations', at: 'created_at', when: 'conversation_id IS NOT NULL' } as const;

/** Quality cases, and what came of them. A case that was made from a run has what a customer said. */
export const evaluationTables: readonly TableOfData[] = [
  {
    table: 'evaluation_cases',
    personal: true,
    columns: ['name', 'definition'],
    whose: fromConversation,
    erase: 'delete',
    ages: age,
  },
  {
    table: 'evaluation_cases',
    personal: true,
    columns: ['created_by'],
    whose: 'created_by = :asker',
    // What others said in it is theirs.
    withheld: ['definition'],
    erase: { created_by: `'erased'` },
  },
  {
    table: 'evaluation_results',
    personal: true,
    columns: ['definition', 'faults'],
    whose: fromConversation,
    // Whether it passed stays: the sums of its evaluation hold.
    erase: { definition: `'{"turns": []}'::jsonb`, faults: `'[]'::jsonb`, conversation_id: 'NULL' },
    ages: age,
  },
  {
    table: 'evaluations',
    personal: true,
    columns: ['created_by'],
    whose: 'created_by = :asker',
    erase: { created_by: `'erased'` },
  },
];

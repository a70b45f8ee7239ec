/** Where this agent has data of people: requests and what was made for them go with their conversations. */
import type { AgentDefinition } from '../../src/index.ts';

const whose = 'conversation_id = ANY(:conversations)';

export const personalData: NonNullable<AgentDefinition['personalData']> = {
  tables: [
    {
      table: 'codegen_generations',
      personal: true,
      columns: ['request', 'analysis', 'plan', 'reason', 'asked_by', 'approved_by', 'approved_by_name'],
      whose,
      // Its tasks, rounds and runs go with it.
      erase: 'delete',
      ages: { kind: 'conversations', at: 'updated_at' },
    },
    {
      table: 'codegen_examples',
      personal: true,
      columns: ['request', 'content'],
      whose,
      erase: 'delete',
      ages: { kind: 'conversations', at: 'created_at', when: 'conversation_id IS NOT NULL' },
    },
    { table: 'codegen_tasks', personal: false, because: 'Tasks of a generation; they go with it.' },
    { table: 'codegen_rounds', personal: false, because: 'Rounds of a generation; they go with it.' },
    { table: 'codegen_role_runs', personal: false, because: 'Runs of a generation; they go with it.' },
    {
      table: 'codegen_contents',
      personal: false,
      because: 'Contents of files of projects; those that nothing refers to are removed daily.',
    },
    { table: 'codegen_journal', personal: false, because: 'A writing of files that is under way; it is gone once that is done.' },
    { table: 'codegen_projects', personal: false, because: 'Names of projects and their folders.' },
    { table: 'codegen_rules', personal: false, because: 'What the workspace allows without a second person.' },
  ],
};

/** The texts of `timonel new agent --template blank`, and what both templates have. */

/** The name of a new agent, as it is written in each place. */
export interface NamedAgent {
  /** kebab-case. */
  name: string;
  /** As an identifier. */
  variable: string;
  /** Of its tables. */
  prefix: string;
}

/** File name → text, for the agent's folder. */
export function blankFiles({ name, variable, prefix }: NamedAgent): Record<string, string> {
  return {
    'agent.ts': `import { readFileSync } from 'node:fs';
import { defineAgent } from 'timonel';
import { personalData } from './data.ts';
import { flows } from './flows.ts';

export const ${variable} = defineAgent({
  name: '${name}',
  version: '0.1.0',
  description: 'Says hello.',
  prompt: readFileSync(new URL('./prompt.md', import.meta.url), 'utf8'),
  tools: [],
  policy: [],
  flows,
  migrations: new URL('./migrations/', import.meta.url),
  personalData,
  evals: new URL('./evals/', import.meta.url),
});
`,
    'README.md': `# ${name}

Says hello; a start to be replaced with your own.

| file | what |
|---|---|
| \`agent.ts\` | puts it together |
| \`prompt.md\` | what a model is told |
| \`flows.ts\` | what it does without a model |
| \`migrations/*.sql\` | its tables, \`${prefix}_…\`; \`data.ts\` says whose data they hold |
| \`evals/*.jsonl\` | conversations and what is expected of them, one a line: \`npx timonel eval ${name}\` |
| \`${name}.test.ts\` | tests: \`npm test\` |
`,
    'prompt.md': `You are a friendly assistant. Answer in the language of the person, briefly.
`,
    'migrations/0001_notes.sql': `-- A first table, for your own to take the place of. An applied file never changes: add 0002_….sql.
CREATE TABLE ${prefix}_notes (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  text text NOT NULL,
  conversation_id uuid NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
`,
    'data.ts': dataFile(`${prefix}_notes`, 'text'),
    'flows.ts': `import { type Flows, understand } from 'timonel';

const words = { services: [], staff: [] };

/** What the agent does without a model; leave flows out where it is nothing without one. */
export const flows: Flows = {
  vocabulary: { sample: words, load: async () => words },
  understand,
  next: ({ state }) => ({ kind: 'reply', reply: { text: 'Hello! No model is set up yet.' }, outcome: 'replied', state }),
};
`,
    'evals/hello.jsonl': `{"id": "hello", "turns": [{"user": "Hello", "expect": {"outcome": "replied"}}]}
`,
    [`${name}.test.ts`]: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptedModel, startTimonel } from 'timonel/testing';
import { ${variable} } from './agent.ts';

test('answers what its model says', async () => {
  const model = scriptedModel(['Hello, Ada.']);
  await using timonel = await startTimonel({ agents: [${variable}], models: { default: model } });
  const turn = await timonel.say(await timonel.converse('${name}'), 'Hello, I am Ada.');
  assert.equal(turn.reply.text, 'Hello, Ada.');
  assert.match(JSON.stringify(model.asked[0]?.prompt), /friendly assistant/);
});

test('answers without a model', async () => {
  await using timonel = await startTimonel({ agents: [${variable}] });
  const turn = await timonel.say(await timonel.converse('${name}'), 'Hello');
  assert.equal(turn.run.outcome, 'replied');
});
`,
  };
}

/** Whose data the first table holds. */
export function dataFile(table: string, column: string): string {
  return `import type { PersonalData } from 'timonel';

/** Whose data the tables hold: what makes an export complete and an erasure thorough. Without it the process does not start. */
export const personalData: PersonalData = {
  tables: [
    {
      table: '${table}',
      personal: true,
      columns: ['${column}'],
      whose: 'conversation_id = ANY(:conversations)',
      erase: 'delete',
    },
  ],
};
`;
}

export function projectFile({ name, variable }: NamedAgent): string {
  return `import { defineConfig } from 'timonel';
import { ${variable} } from './agents/${name}/agent.ts';

export default defineConfig({ agents: [${variable}] });
`;
}

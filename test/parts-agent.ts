/** An agent for tests that takes and gives files. */
import { z } from 'zod';
import { type AgentDefinition, type Artifact, defineAgent, defineTool, type FlowTurn, partOf } from '../src/index.ts';

const makeReport = defineTool({
  name: 'make_report',
  description: 'Makes a report.',
  input: z.object({ lines: z.number().int().min(0), fail: z.boolean().optional() }),
  effect: 'write',
  target: 'database',
  retries: 0,
  async execute({ lines, fail }, { artifacts }): Promise<{ file: Artifact; url: string }> {
    const file = await artifacts.put({ name: 'report.csv', mediaType: 'text/csv', data: text(lines) });
    if (fail === true) throw new Error('The report is wrong.');
    return { file, url: await artifacts.link(file.id, { expiresIn: 60_000 }) };
  },
  attachments: ({ file }) => [partOf(file)],
});

/** As a stream: no more than a line is there at once. */
async function* text(lines: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from('line;value\n');
  for (let line = 0; line < lines; line++) yield Buffer.from(`${line};${'x'.repeat(90)}\n`);
}

const readFile = defineTool({
  name: 'read_file',
  description: 'Reads a file.',
  input: z.object({ id: z.string() }),
  effect: 'read',
  async execute({ id }, { artifacts }) {
    const found = await artifacts.get(id);
    if (found === undefined) return { kind: 'not-found' };
    let bytes = 0;
    for await (const chunk of await found.content()) bytes += chunk.length;
    return { kind: 'read', name: found.name, mediaType: found.mediaType, bytes };
  },
});

export const clerk = defineAgent({
  name: 'clerk',
  version: '1.0.0',
  description: 'Takes and gives files.',
  prompt: 'You take and give files.',
  tools: [makeReport, readFile],
  policy: [],
});

/** Cannot say what it made. */
export const clumsy = defineAgent({
  ...clerk,
  name: 'clumsy',
  tools: [
    {
      ...makeReport,
      attachments() {
        throw new Error('It was here a moment ago.');
      },
    },
  ],
});

/** Without a model: says what it got, and sends it back with a place. */
export const porter: AgentDefinition = defineAgent({
  name: 'porter',
  version: '1.0.0',
  description: 'Gives back what it gets.',
  prompt: '',
  model: 'none',
  tools: [readFile],
  policy: [],
  parts: ['image', 'file', 'location'],
  flows: {
    vocabulary: { sample: { services: [], staff: [] }, load: async () => ({ services: [], staff: [] }) },
    understand() {
      throw new Error('Nobody asks.');
    },
    next({ text: said, parts = [], calls, state }: FlowTurn) {
      const media = parts.flatMap((part) => (part.type === 'text' || part.type === 'location' ? [] : [part]));
      const [first] = media;
      if (calls.length === 0 && first !== undefined)
        return { kind: 'call', calls: [{ tool: 'read_file', args: { id: first.artifact } }], state };
      const reply = {
        text: `${said}|${parts.map(({ type }) => type).join()}|${JSON.stringify(calls.map(({ output }) => output ?? null))}`,
        parts: [...media, { type: 'location' as const, latitude: -31.4, longitude: -64.2 }],
      };
      return { kind: 'reply', reply, outcome: 'replied', state };
    },
  },
});

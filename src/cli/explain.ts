import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { z } from 'zod';
import { readSettings } from '../config.ts';
import type { Vocabulary } from '../language/contract.ts';
import type { AgentDefinition } from '../run/contract.ts';
import { type Explanation, explain } from '../run/explain.ts';
import { loadProject } from './project-file.ts';
import { UsageError } from './usage-error.ts';

const row = z.looseObject({
  text: z.string(),
  id: z.union([z.string(), z.number()]).optional(),
  now: z.string().optional(),
  awaiting: z.string().nullish(),
});

export function explainCommand(): Command {
  return new Command('explain')
    .description('Show what the flow planner understands and would do with a text, without doing it')
    .argument('<agent>', 'name of the agent, e.g. booking')
    .argument('[text]', 'what a customer says')
    .option('--now <instant>', 'the moment to resolve "tomorrow" against, e.g. 2026-11-20T12:00:00-03:00 (default: now)')
    .option('--awaiting <slot>', 'what the agent has just asked for, e.g. time')
    .option('--file <path>', 'JSON Lines: reads "text", keeps "id", takes "now" and "awaiting" per row; prints a JSON line each')
    .option('--json', 'print one line of JSON instead of an indented one')
    .action(async (name: string, text: string | undefined, options: ExplainOptions) => {
      const settings = readSettings();
      const agent = (await loadProject(settings)).agents.find((each) => each.name === name);
      if (agent === undefined) throw new UsageError(`There is no agent "${name}" here.`);
      if (agent.flows === undefined)
        throw new UsageError(`The agent "${name}" has no flows; without a model it understands nothing.`);
      const vocabulary = agent.flows.vocabulary?.sample ?? {};
      const timeZone = settings.timeZone;
      if (options.file !== undefined) await explainFile(agent, vocabulary, timeZone, options.file, options);
      else if (text === undefined) throw new UsageError('Give a text to explain, or --file cases.jsonl.');
      else {
        const explanation = explain(agent, { text, awaiting: options.awaiting }, instant(options.now), timeZone, vocabulary);
        console.log(JSON.stringify(explanation, null, options.json === true ? undefined : 2));
      }
    });
}

interface ExplainOptions {
  now?: string;
  awaiting?: string;
  file?: string;
  json?: boolean;
}

/** Thousands of rows a second: output is written in blocks. */
async function explainFile(
  agent: AgentDefinition,
  vocabulary: Vocabulary,
  timeZone: string,
  path: string,
  options: ExplainOptions,
): Promise<void> {
  const input = createReadStream(path, 'utf8');
  const opened = new Promise<void>((resolve, reject) => {
    input.once('open', () => resolve());
    input.once('error', (error) => reject(new UsageError(`${path} cannot be read: ${error.message}`)));
  });
  await opened;
  let block: string[] = [];
  let lineNumber = 0;
  for await (const line of createInterface({ input })) {
    lineNumber++;
    if (line.trim() === '') continue;
    const parsed = parseRow(line, lineNumber);
    const awaiting = parsed.awaiting ?? options.awaiting ?? undefined;
    const explanation: Explanation = explain(
      agent,
      { id: parsed.id, text: parsed.text, awaiting },
      instant(parsed.now ?? options.now),
      timeZone,
      vocabulary,
    );
    block.push(JSON.stringify(explanation));
    if (block.length >= 256) {
      process.stdout.write(`${block.join('\n')}\n`);
      block = [];
    }
  }
  if (block.length > 0) process.stdout.write(`${block.join('\n')}\n`);
}

function parseRow(line: string, lineNumber: number): z.infer<typeof row> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UsageError(`Line ${lineNumber} is not JSON. Each line must be an object such as {"id":"1","text":"Hola"}.`);
  }
  const parsed = row.safeParse(value);
  if (!parsed.success)
    throw new UsageError(`Line ${lineNumber} must be an object with a "text", such as {"id":"1","text":"Hola"}.`);
  return parsed.data;
}

function instant(text: string | undefined): Date {
  if (text === undefined) return new Date();
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new UsageError(`"${text}" is not an instant. Write it like 2026-11-20T12:00:00-03:00.`);
  return at;
}

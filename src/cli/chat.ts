import { createInterface } from 'node:readline';
import { Command } from 'commander';
import type { Outcome, Reply } from '../vocabulary.ts';
import { ApiClient } from './api-client.ts';
import { startSpinner } from './spinner.ts';

interface Turn {
  run: { id: string; outcome: Outcome | null; awaiting?: string; degraded: boolean; error?: { message: string } };
  reply: Reply | null;
}

export function chatCommand(): Command {
  return new Command('chat')
    .description('Talk to an agent of the Timonel that runs here; lines from standard input work too')
    .argument('<agent>', 'name of the agent, e.g. booking')
    .option('--json', 'print one JSON line per turn')
    .action(async (agent: string, options: { json?: boolean }) => {
      await chat(ApiClient.here(), agent, options.json === true);
    });
}

async function chat(client: ApiClient, agent: string, json: boolean): Promise<void> {
  const { id } = await client.post<{ id: string }>('/api/v1/conversations', { agent, channel: 'terminal' });
  const interactive = process.stdin.isTTY === true && !json;
  if (interactive) console.log(`You are talking to ${agent}. An empty line or Ctrl+D ends the conversation.\n`);
  const lines = createInterface({ input: process.stdin, ...(interactive ? { output: process.stdout, prompt: '› ' } : {}) });
  if (interactive) lines.prompt();
  for await (const line of lines) {
    if (line.trim() === '') {
      if (interactive) break;
      continue;
    }
    const spinner = interactive ? startSpinner('…', { discardStdin: false }) : undefined;
    try {
      // The key makes a repeated line after a lost answer harmless.
      const turn = await client.post<Turn>(
        `/api/v1/conversations/${id}/messages`,
        { text: line },
        { 'idempotency-key': crypto.randomUUID() },
      );
      spinner?.stop();
      show(turn, json);
    } finally {
      spinner?.stop();
    }
    if (interactive) lines.prompt();
  }
  lines.close();
}

function show(turn: Turn, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(turn));
    return;
  }
  const { run, reply } = turn;
  const notes = [
    run.outcome === null ? `still working; see run ${run.id}` : undefined,
    run.degraded ? 'no model answered; the flow planner did' : undefined,
    run.outcome === 'awaiting_approval' ? `waits for an approval; see run ${run.id}` : undefined,
  ].filter((note) => note !== undefined);
  console.log(reply?.text ?? '…');
  for (const part of reply?.parts ?? []) console.log(`  ${shown(part)}`);
  if (reply?.options !== undefined && reply.options.length > 0) console.log(`  [${reply.options.join('] [')}]`);
  if (notes.length > 0) console.log(`  (${notes.join('; ')})`);
  console.log();
}

function shown(part: NonNullable<Reply['parts']>[number]): string {
  if (part.type === 'location') return `+ ${part.name ?? 'place'}: ${part.latitude}, ${part.longitude}`;
  return `+ ${part.name} (${part.mediaType}, ${part.bytes} bytes): GET /api/v1/artifacts/${part.artifact}/content`;
}

import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { messageOf } from '../errors.ts';
import type { Reply } from '../vocabulary.ts';
import { ApiClient } from './api-client.ts';
import { messagesOf, withFile } from './chat-messages.ts';
import { type ChatTurn, say } from './conversing.ts';
import { findCredentials } from './credentials.ts';
import { probe } from './health.ts';
import { loadProject } from './project-file.ts';
import { startSpinner } from './spinner.ts';

export function chatCommand(): Command {
  return new Command('chat')
    .description(
      'Talk to an agent of the Timonel that runs here, or of one that runs for as long as you talk; lines from standard input work too',
    )
    .argument('<agent>', 'name of the agent, e.g. booking')
    .option('--json', 'print one JSON line per turn')
    .action(async (agent: string, options: { json?: boolean }) => {
      await withTimonel((client) => chat(client, agent, options.json === true));
    });
}

/** Asks the Timonel that runs here; where none does, starts one in this process for the length of the conversation. */
async function withTimonel(work: (client: ApiClient) => Promise<void>): Promise<void> {
  const settings = readSettings();
  const credentials = findCredentials(settings.home);
  if (credentials !== undefined && (await probe(credentials.url, '/health/live', 2_000)).ok)
    return work(new ApiClient(credentials));
  console.error('No Timonel runs here: one is started for this conversation. `timonel up` starts one that stays.');
  const { openTimonel, defaultWorkspace } = await import('../main.ts');
  const timonel = await openTimonel({ ...settings, host: '127.0.0.1', port: 0 }, await loadProject(settings));
  try {
    const url = await timonel.listen();
    const id = crypto.randomUUID();
    const apiKey = await timonel.apiKeys.create({ id, workspaceId: defaultWorkspace, name: 'chat', role: 'client' });
    await work(new ApiClient({ url, apiKey })).finally(() => timonel.apiKeys.revoke(defaultWorkspace, id));
  } finally {
    await timonel.close();
  }
}

async function chat(client: ApiClient, agent: string, json: boolean): Promise<void> {
  const { id } = await client.post<{ id: string }>('/api/v1/conversations', { agent, channel: 'terminal' });
  const interactive = process.stdin.isTTY === true && !json;
  if (interactive)
    console.log(
      `You are talking to ${agent}. An empty line or Ctrl+D ends the conversation.\nSeveral lines: between two lines of \`\`\`, or pasted at once; "/file main.py" sends a file.\n`,
    );
  const lines = createInterface({ input: process.stdin, ...(interactive ? { output: process.stdout, prompt: '› ' } : {}) });
  if (interactive) lines.prompt();
  for await (const line of messagesOf(lines, interactive)) {
    if (line.trim() === '') {
      if (interactive) break;
      continue;
    }
    let message: string;
    try {
      message = withFile(line);
    } catch (error) {
      console.error(`  ${messageOf(error)}`);
      if (interactive) lines.prompt();
      continue;
    }
    const spinner = interactive ? startSpinner('…', { discardStdin: false }) : undefined;
    try {
      const turn = await say(client, id, message, (progress) => {
        if (spinner !== undefined) spinner.text = progress ?? '…';
        else if (progress !== undefined && !json) console.error(`  ${progress}`);
      });
      spinner?.stop();
      show(turn, json);
    } finally {
      spinner?.stop();
    }
    if (interactive) lines.prompt();
  }
  lines.close();
}

function show(turn: ChatTurn, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(turn));
    return;
  }
  const { run, reply } = turn;
  if (run === null) {
    console.log('  (a person has the conversation and will answer: GET /api/v1/conversations/<id> shows it)\n');
    return;
  }
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

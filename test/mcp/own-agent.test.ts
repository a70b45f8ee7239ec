/** An agent of somebody else, with nothing but the public entries: its server is the user's, and its rules are those of `timonel/mcp`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defineAgent } from '../../src/index.ts';
import { approvalsInMemory, McpHub, mcpRules, mcpTools } from '../../src/mcp.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { startTimonel } from '../timonel.ts';

it('calls a tool that its settings allow, and asks about another', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-mcp-'));
  const log = join(folder, 'calls');
  writeFileSync(log, '');
  const program = new URL('stdio-server.ts', import.meta.url).pathname;
  const text = JSON.stringify({ mcpServers: { desk: { command: process.execPath, args: [program, log], allow: ['look'] } } });
  await using hub = new McpHub({
    sources: async () => [{ origin: 'user', path: 'mcp.json', text, folder }],
    variables: {},
    environment: {},
    approvals: approvalsInMemory(),
  });
  const definitions = await hub.tools('desk');
  const call = (tool: string, args: object): Line => ({
    calls: [{ tool: 'mcp', args: { server: 'desk', tool, definition: definitions.get(tool)?.definition, arguments: args } }],
  });
  const model = scriptedModel([call('look', {}), 'Looked.', call('add', { a: 1, b: 1 }), 'Added.']);
  const agent = defineAgent({
    name: 'desk',
    version: '1.0.0',
    description: 'Uses a server.',
    prompt: 'Use the server.',
    tools: mcpTools(hub),
    policy: mcpRules(),
  });
  const timonel = await startTimonel('embedded', { agents: [agent], models: { default: model } });
  try {
    const conversation = await timonel.converse('desk');
    expect((await timonel.say(conversation, 'look')).reply.text).toBe('Looked.');
    expect((await timonel.say(conversation, 'add')).run.outcome).toBe('awaiting_approval');
    expect(readFileSync(log, 'utf8')).toBe('look\n');
  } finally {
    await timonel.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

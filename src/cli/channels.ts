import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import type { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { connection } from '../http/channel-schemas.ts';
import { ApiClient } from './api-client.ts';
import { UsageError } from './usage-error.ts';

type Connection = z.infer<typeof connection>;

interface AddOptions {
  name: string;
  agent: string;
  settings?: string;
  secrets?: string;
}

interface Findings {
  ok: boolean;
  findings: { what: string; ok: boolean; detail: string }[];
}

/** Everything here goes over the API, as the key of this machine may. */
export function channelsCommand(): Command {
  const channels = new Command('channels').description(
    'Accounts of channels (WhatsApp, Telegram, Twilio, e-mail) and chats on pages, on which agents answer',
  );
  channels
    .command('add <channel>')
    .description(
      'Connect an account: whatsapp, telegram or twilio, and print the address to give to the provider; email, whose mailbox is read; or web, and print the script tag',
    )
    .requiredOption('--name <name>', 'what the connection is called here')
    .requiredOption('--agent <agent>', 'the agent that answers')
    .option('--settings <file>', 'JSON with the settings, e.g. {"phoneNumberId": "106540352242922"}')
    .option('--secrets <file>', 'JSON with the secrets; - reads it from standard input, so that they are in no file. None for web')
    .action(async (channel: string, { name, agent, settings, secrets }: AddOptions) => {
      const body = {
        channel,
        name,
        agent,
        settings: settings === undefined ? {} : await read(settings),
        secrets: secrets === undefined ? {} : await read(secrets),
      };
      const added = await ApiClient.here().post<Connection>('/api/v1/channels', body);
      if (added.script !== null) {
        console.log(`${added.name} is connected (${added.id}). Put this into the pages that are to show it:\n  ${added.script}`);
        return;
      }
      console.log(
        added.webhook === null
          ? `${added.name} is connected (${added.id}). What comes from now on is read and answered.`
          : `${added.name} is connected (${added.id}). Give this address to the provider:\n  ${added.webhook}`,
      );
      console.log(`See that it works: timonel channels test "${added.name}"`);
    });
  channels
    .command('list')
    .description('Connections of this workspace')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const found = await list();
      if (json === true) console.log(JSON.stringify(found));
      else
        console.log(found.length === 0 ? 'No connections. Add one: timonel channels add whatsapp …' : found.map(line).join('\n'));
    });
  channels
    .command('test <connection>')
    .description('Ask the provider about the account and the templates of a connection (name or id)')
    .action(async (which: string) => {
      const { id } = await find(which);
      const { ok, findings } = await ApiClient.here().post<Findings>(`/api/v1/channels/${id}/test`, {});
      console.log(findings.map((each) => `${each.ok ? 'ok   ' : 'WRONG'} ${each.what}: ${each.detail}`).join('\n'));
      if (!ok) process.exitCode = 1;
    });
  channels
    .command('rotate <connection>')
    .description('Replace secrets of a connection; webhooks signed with those before are taken for a day')
    .requiredOption('--secrets <file>', 'JSON with the new secrets; - reads it from standard input')
    .action(async (which: string, { secrets }: { secrets: string }) => {
      const { id } = await find(which);
      const { previousUntil } = await ApiClient.here().put<Connection>(`/api/v1/channels/${id}/secrets`, {
        secrets: await read(secrets),
      });
      console.log(`The new secrets are in force. Those before are taken until ${previousUntil ?? 'now'}.`);
    });
  for (const [name, enabled] of [
    ['disable', false],
    ['enable', true],
  ] as const) {
    channels
      .command(`${name} <connection>`)
      .description(enabled ? 'Take and send messages again' : 'Take no more webhooks and send nothing; what waits stays')
      .action(async (which: string) => {
        const { id, name: called } = await find(which);
        await ApiClient.here().patch<Connection>(`/api/v1/channels/${id}`, { enabled });
        console.log(`${called} is ${name}d.`);
      });
  }
  return channels;
}

async function list(): Promise<Connection[]> {
  return (await ApiClient.here().get<{ connections: Connection[] }>('/api/v1/channels')).connections;
}

async function find(which: string): Promise<Connection> {
  const all = await list();
  const found = all.find(({ id, name }) => id === which || name === which);
  if (found !== undefined) return found;
  throw new UsageError(`There is no connection "${which}". There are: ${all.map(({ name }) => name).join(', ') || 'none'}.`);
}

function line({ name, channel, account, agent, suspended, disabledAt }: Connection): string {
  const state =
    disabledAt !== null ? 'disabled' : suspended !== null ? `suspended: ${suspended.code} ${suspended.message}` : 'enabled';
  return `${name}: ${channel} ${account} → ${agent}, ${state}`;
}

async function read(file: string): Promise<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(file === '-' ? await text(process.stdin) : readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file === '-' ? 'Standard input' : file} is no JSON (${messageOf(error)}).`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new UsageError(`${file} must be a JSON object.`);
  return parsed as Record<string, unknown>;
}

/** A Timonel that reads mailboxes on loopback. */
import { vi } from 'vitest';
import type { Overrides } from '../../../src/main.ts';
import type { ProjectConfig } from '../../../src/project.ts';
import { type Line, scriptedModel } from '../../scripted-model.ts';
import { freshStoreEnvironment, type StoreKind } from '../../stores.ts';
import { startTimonel, type TestTimonel } from '../../timonel.ts';
import { echoAgent, lastSaid } from '../echo-agent.ts';
import { MailServers, type SentMail, type TestMailbox } from './mail-servers.ts';

export const patient = { timeout: 30_000, interval: 50 };

export interface MailSalon extends AsyncDisposable {
  test: TestTimonel;
  servers: MailServers;
  mailbox: TestMailbox;
  connection: { id: string };
  rows<T = Record<string, unknown>>(text: string, values?: unknown[]): Promise<T[]>;
  /** Mails that reached an address, in order. */
  to(address: string): SentMail[];
  /** Waits until the mailbox is being read. */
  read(): Promise<void>;
}

export async function openMailSalon(
  kind: StoreKind,
  options: {
    address?: string;
    servers?: MailServers;
    model?: (said: string) => Line | Promise<Line>;
    agent?: ProjectConfig['agents'][number];
    settings?: Record<string, unknown>;
    environment?: Record<string, string>;
    /** Of the mailbox, before anything reads it. */
    prepare?(mailbox: TestMailbox): void;
  } & Overrides = {},
): Promise<MailSalon> {
  const { address = 'hola@salon.test', model = (said: string) => `echo: ${said}`, agent = echoAgent, settings = {} } = options;
  const servers = options.servers ?? new MailServers();
  if (options.servers === undefined) await servers.listen();
  const mailbox = await servers.mailbox(address);
  options.prepare?.(mailbox);
  const fresh = await freshStoreEnvironment(kind);
  const test = await startTimonel(
    kind,
    { agents: [agent], models: { default: scriptedModel(({ prompt }) => model(lastSaid(prompt))) } },
    {
      ...options,
      environment: { ...fresh.environment, TIMONEL_WEBHOOK_PRIVATE_ADDRESSES: 'true', ...options.environment },
    },
  );
  const rows: MailSalon['rows'] = (text, values = []) => test.timonel.store.pool.executeText(text, values);
  const added = await test.call('POST', '/api/v1/channels', servers.connection(address, agent.name, settings));
  if (added.status !== 201) throw new Error(JSON.stringify(added.body));
  const connection = added.body as { id: string };
  const salon: MailSalon = {
    test,
    servers,
    mailbox,
    connection,
    rows,
    to: (who) => servers.sent.filter(({ envelope }) => envelope.to.includes(who)),
    async read() {
      await vi.waitFor(async () => {
        const [row] = await rows<{ ready: boolean }>(
          'SELECT read_cursor IS NOT NULL AND reader IS NOT NULL AS ready FROM channel_connections WHERE id = $1',
          [connection.id],
        );
        if (row?.ready !== true) throw new Error('The mailbox is not read.');
      }, patient);
    },
    async [Symbol.asyncDispose]() {
      await test.close();
      if (options.servers === undefined) servers.close();
      await fresh.remove();
    },
  };
  await salon.read();
  return salon;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { readSettings } from '../src/config.ts';
import { channels, type Fault, type PrintedMail } from '../src/diagnostics.ts';
import { type Mail, Mailer } from '../src/identity/mail/mailer.ts';
import { ServerKeys } from '../src/identity/secrets.ts';
import { Jobs } from '../src/run/jobs.ts';
import type { Store } from '../src/store/open.ts';
import { onEachStore } from './stores.ts';

const reset: Mail = {
  to: 'ines@example.com',
  language: 'es',
  content: { kind: 'reset-password', name: 'Inés', link: 'https://agents.example.com/reset?token=tu_0123456789', minutes: 30 },
};

interface Received {
  to: string[];
  headers: string;
  body: string;
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A real SMTP server on loopback. `answer` gives the response code of each mail, undefined where it is taken. */
async function smtpServer(answer: (nth: number) => number | undefined = () => undefined) {
  const received: Received[] = [];
  let nth = 0;
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const [headers = '', ...body] = Buffer.concat(chunks).toString().split('\r\n\r\n');
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), headers, body: body.join('\r\n\r\n') });
        const responseCode = answer(nth++);
        done(responseCode === undefined ? null : Object.assign(new Error('not now'), { responseCode }));
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { received, url: `smtp://127.0.0.1:${port}` };
}

/** The queue and the mailer as a process has them. */
async function mailerOn({ pool }: Store, environment: Record<string, string>) {
  const settings = readSettings(environment);
  const printed: PrintedMail[] = [];
  const faults: string[] = [];
  const hear = (message: unknown) => void faults.push((message as Fault).what);
  channels.fault.subscribe(hear);
  const mailer: Mailer = new Mailer({
    settings,
    keys: await ServerKeys.open(settings, pool),
    newId: () => crypto.randomUUID(),
    enqueue: (payload) => jobs.enqueue('mail', payload),
    onPrinted: (mail) => printed.push(mail),
  });
  const jobs: Jobs = new Jobs({
    pool,
    now: () => new Date(),
    agents: [],
    own: [{ name: 'mail', retries: 20, run: (payload) => mailer.deliver(payload) }],
    workspaces: async () => [],
    contextOf: () => {
      throw new Error('No agent is here.');
    },
  });
  await jobs.open();
  await jobs.work();
  closers.push(async () => {
    await jobs.close(1_000);
    mailer.close();
    channels.fault.unsubscribe(hear);
  });
  return { mailer, printed, faults };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(50);
}

/** Mails that are to be tried again later are due now. */
async function untilDue({ pool }: Store, condition: () => boolean): Promise<void> {
  while (!condition()) {
    await pool.executeText(`UPDATE pgboss.job SET start_after = now() WHERE name = 'mail' AND state = 'retry'`);
    await sleep(200);
  }
}

const decoded = (body: string) =>
  Buffer.from(
    body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();

onEachStore('mail', (open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  afterEach(() => store.pool.executeText(`DELETE FROM pgboss.job WHERE name = 'mail'`));

  it('goes out over SMTP when its transaction is committed, and waits sealed in the queue until then', async () => {
    const { received, url } = await smtpServer();
    const { mailer } = await mailerOn(store, { TIMONEL_SMTP_URL: url, TIMONEL_MAIL_FROM: 'Timonel <no-reply@example.com>' });
    const undone = store.pool.inTransaction(async () => {
      await mailer.send({ ...reset, to: 'nobody@example.com' });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await store.pool.inTransaction(async (client) => {
      await mailer.send(reset);
      const { rows } = await client.query<{ data: object }>(`SELECT data FROM pgboss.job WHERE name = 'mail'`);
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toMatch(/tu_0123456789|ines@/);
    });
    await until(() => received.length > 0);
    expect(received.map(({ to }) => to)).toEqual([['ines@example.com']]);
    const [{ headers, body } = { headers: '', body: '' }] = received;
    expect(headers).toMatch(/^From: Timonel <no-reply@example\.com>$/m);
    expect(headers).toMatch(/^Message-ID: <[0-9a-f-]{36}@example\.com>$/m);
    expect(decoded(body)).toContain('Hola, Inés:');
    expect(decoded(body)).toContain('\nhttps://agents.example.com/reset?token=tu_0123456789\r\n');
  });

  it('is tried again when the server says "not now", as the same mail, and dropped when it says "never"', async () => {
    const { received, url } = await smtpServer((nth) => [451, undefined, 550][nth]);
    const { mailer, faults } = await mailerOn(store, { TIMONEL_SMTP_URL: url, TIMONEL_MAIL_FROM: 'no-reply@example.com' });
    await mailer.send(reset);
    await untilDue(store, () => received.length === 2);
    const ids = received.map(({ headers }) => /^Message-ID: (.+)$/m.exec(headers)?.[1]);
    expect(ids[0]).toBe(ids[1]);
    await mailer.send({ ...reset, language: 'en' });
    await until(() => faults.length > 0);
    expect(received).toHaveLength(3);
    expect(faults).toEqual(['a mail of the kind reset-password was refused by the server']);
  });

  it('waits in production until there is a server for it, and is not printed', async () => {
    const production = {
      TIMONEL_ENV: 'production',
      TIMONEL_SECRET: 'pQ0xv5JkZb7TtqfY2mNwG4rLhA9sDcE1uV8oXiK3yRg=',
      TIMONEL_PUBLIC_URL: 'https://agents.example.com',
    };
    const without = await mailerOn(store, production);
    await without.mailer.send(reset);
    const state = () => store.pool.executeText<{ state: string }>(`SELECT state FROM pgboss.job WHERE name = 'mail'`);
    await expect.poll(state, { timeout: 20_000 }).toEqual([{ state: 'retry' }]);
    expect(without.printed).toEqual([]);
    for (const close of closers.splice(0).reverse()) await close();
    const { received, url } = await smtpServer();
    await mailerOn(store, { ...production, TIMONEL_SMTP_URL: url, TIMONEL_MAIL_FROM: 'no-reply@example.com' });
    await untilDue(store, () => received.length > 0);
    expect(received[0]?.to).toEqual(['ines@example.com']);
  });

  it('does not wait for the next look at the queue, however many are before it', async () => {
    const { mailer, printed } = await mailerOn(store, {});
    // A look every two seconds that takes one would need a minute and a half.
    for (let nth = 0; nth < 45; nth++) await mailer.send(reset);
    await expect.poll(() => printed.length, { timeout: 30_000 }).toBe(45);
  });

  it('is printed in development, where there is no server', async () => {
    const { mailer, printed } = await mailerOn(store, {});
    await mailer.send({
      to: 'a@example.com',
      language: 'en',
      content: {
        kind: 'invitation',
        workspace: 'Nube',
        invitedBy: 'Ana\r\nBcc: x@example.com',
        link: 'http://localhost:8000/i',
        days: 7,
      },
    });
    await until(() => printed.length > 0);
    expect(printed).toEqual([
      {
        to: 'a@example.com',
        subject: 'Ana Bcc: x@example.com invites you to Nube',
        text: expect.stringContaining('\n\nhttp://localhost:8000/i\n\n'),
      },
    ]);
  });
});

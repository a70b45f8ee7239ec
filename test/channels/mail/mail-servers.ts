/** A mail server of two halves on loopback: what is sent by SMTP lies in the mailbox of its addressee, read by IMAP. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import hoodiecrow, { type ImapServer } from 'hoodiecrow-imap';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface SentMail extends Email {
  raw: string;
  envelope: { from: string; to: string[] };
  header(name: string): string | undefined;
}

/** What the server says to a mail; `undefined` takes it. */
export type Answer = (mail: SentMail) => { code: number; text: string } | 'hang-up' | undefined;

const password = 'an-app-password';

/** One mailbox: its IMAP server, which can be cut and made anew. */
export class TestMailbox {
  readonly address: string;
  readonly #sockets = new Set<Socket>();
  #server: ImapServer;
  #uidValidity = 1;
  port = 0;
  /** New connections are taken, and answered nothing. */
  silent = false;

  constructor(address: string) {
    this.address = address;
    this.#server = this.#make([]);
  }

  #make(messages: object[]): ImapServer {
    return hoodiecrow({
      plugins: ['ID', 'IDLE', 'UIDPLUS', 'SPECIAL-USE', 'NAMESPACE', 'SASL-IR', 'AUTH-PLAIN', 'LITERALPLUS', 'UNSELECT'],
      users: { [this.address]: { password } },
      storage: {
        INBOX: { messages, uidvalidity: this.#uidValidity },
        '': { separator: '/', folders: { Sent: { 'special-use': '\\Sent', messages: [] } } },
      },
    });
  }

  async listen(): Promise<void> {
    // A door of its own, so that connections can be cut without a word.
    const door = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
      if (!this.silent) this.#server.createClient(socket);
    });
    door.listen(0, '127.0.0.1');
    await once(door, 'listening');
    const address = door.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    this.#close = () => void door.close();
  }
  #close = () => {};

  put(raw: string | Buffer, at = new Date(), folder = 'INBOX'): void {
    const text = typeof raw === 'string' ? raw : raw.toString('latin1');
    this.#server.appendMessage(folder, [], at, text.replace(/\r?\n/g, '\r\n'));
  }

  /** What lies in a folder. */
  texts(folder = 'INBOX'): string[] {
    return (this.#server.getMailbox(folder)?.messages ?? []).map(({ raw }) => raw);
  }

  /** Ends all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** The same mails in a mailbox that was made anew: other numbers, another UIDVALIDITY. */
  remake(): void {
    this.#uidValidity += 1;
    const kept = (this.#server.getMailbox('INBOX')?.messages ?? []).map(({ raw, internaldate }) => ({ raw, internaldate }));
    this.#server = this.#make(kept.reverse());
    this.cut();
  }

  close(): void {
    this.cut();
    this.#close();
  }
}

export class MailServers {
  readonly mailboxes = new Map<string, TestMailbox>();
  readonly sent: SentMail[] = [];
  answer: Answer = () => undefined;
  /** Of a recipient; `undefined` takes it. */
  refuseRecipient: (address: string) => number | undefined = () => undefined;
  /** Changes a mail on its way. */
  relay: (raw: string) => string = (raw) => raw;
  readonly #smtp: SMTPServer;
  smtpPort = 0;

  constructor() {
    const own = this;
    this.#smtp = new SMTPServer({
      hideSTARTTLS: true,
      authOptional: true,
      allowInsecureAuth: true,
      size: 40_000_000,
      onAuth({ username, password: given }, _session, done) {
        if (given === password) done(null, { user: username });
        else done(Object.assign(new Error('5.7.8 Username and Password not accepted.'), { responseCode: 535 }));
      },
      onRcptTo({ address }, _session, done) {
        const code = own.refuseRecipient(address);
        done(code === undefined ? null : Object.assign(new Error('5.1.1 User unknown'), { responseCode: code }));
      },
      onData(stream, session, done) {
        void own.#take(stream, session.envelope, (answer) => {
          // The mail was taken, and the client is told nothing.
          if (answer === 'hang-up') for (const { _socket } of own.#smtp.connections) _socket.destroy();
          else done(answer === undefined ? null : Object.assign(new Error(answer.text), { responseCode: answer.code }));
        });
      },
    });
    this.#smtp.on('error', () => {});
  }

  async #take(
    stream: NodeJS.ReadableStream,
    envelope: { mailFrom: false | { address: string }; rcptTo: { address: string }[] },
    done: (answer: ReturnType<Answer>) => void,
  ): Promise<void> {
    const raw = (await buffer(stream)).toString('latin1');
    const parsed = await PostalMime.parse(Buffer.from(raw, 'latin1'));
    const mail: SentMail = {
      ...parsed,
      raw,
      envelope: {
        from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
        to: envelope.rcptTo.map(({ address }) => address),
      },
      header: (name) => parsed.headers.find(({ key }) => key === name.toLowerCase())?.value,
    };
    const answer = this.answer(mail);
    if (answer === undefined) {
      this.sent.push(mail);
      for (const to of mail.envelope.to) this.mailboxes.get(to)?.put(this.relay(raw));
    }
    done(answer);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => void this.#smtp.listen(0, '127.0.0.1', resolve));
    const address = this.#smtp.server.address();
    this.smtpPort = typeof address === 'object' && address !== null ? address.port : 0;
  }

  async mailbox(address: string): Promise<TestMailbox> {
    const made = new TestMailbox(address);
    await made.listen();
    this.mailboxes.set(address, made);
    return made;
  }

  /** What a connection to a mailbox is added with. */
  connection(address: string, agent = 'echo', more: Record<string, unknown> = {}) {
    const { port = 0 } = this.mailboxes.get(address) ?? {};
    const place = { host: '127.0.0.1', tls: 'none' };
    return {
      channel: 'email',
      name: address,
      agent,
      settings: { address, imap: { ...place, port }, smtp: { ...place, port: this.smtpPort }, ...more },
      secrets: { password },
    };
  }

  close(): void {
    for (const each of this.mailboxes.values()) each.close();
    this.#smtp.close();
  }
}

let count = 0;
/** A mail as a person's program writes it. */
export function mailOf(
  from: string,
  to: string,
  {
    subject = 'Consulta',
    text = 'hola',
    headers = {},
    id = `<${++count}.${Date.now()}@mail.test>`,
  }: { subject?: string; text?: string; headers?: Record<string, string>; id?: string } = {},
): string {
  const all = {
    From: from,
    To: to,
    Subject: subject,
    'Message-ID': id,
    Date: new Date().toUTCString(),
    'MIME-Version': '1.0',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Transfer-Encoding': '8bit',
    ...headers,
  };
  return `${Object.entries(all)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`)
    .join('\r\n')}\r\n\r\n${Buffer.from(text).toString('latin1')}\r\n`;
}

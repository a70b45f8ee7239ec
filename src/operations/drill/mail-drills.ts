import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Drill, Probe } from './contract.ts';
import { Customers } from './customers.ts';
import { answers, isReady, lives, nobodyListens } from './probes.ts';
import { FaultyProxy } from './proxy.ts';
import { DrillRehearsal, type RehearsedProcess } from './rehearsal.ts';

const nothing = async () => undefined;

/** As much of SMTP (RFC 5321) as taking a mail needs. */
class DrillMailServer implements AsyncDisposable {
  /** Who mail was taken for. */
  readonly recipients: string[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#serve(socket));

  static async open(): Promise<DrillMailServer> {
    const server = new DrillMailServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let held = '';
    let to: string[] = [];
    let inMail = false;
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    socket.write('220 drill ESMTP\r\n');
    socket.setEncoding('utf8').on('data', (text: string) => {
      held += text;
      for (let end = held.indexOf('\r\n'); end >= 0; end = held.indexOf('\r\n')) {
        const line = held.slice(0, end);
        held = held.slice(end + 2);
        if (inMail) {
          if (line !== '.') continue;
          inMail = false;
          this.recipients.push(...to);
          to = [];
          socket.write('250 taken\r\n');
        } else if (/^DATA$/i.test(line)) {
          inMail = true;
          socket.write('354 go on\r\n');
        } else if (/^QUIT$/i.test(line)) socket.end('221 bye\r\n');
        else {
          const recipient = /^RCPT TO:<([^>]*)>/i.exec(line)?.[1];
          if (recipient !== undefined) to.push(recipient);
          socket.write('250 ok\r\n');
        }
      }
    });
  }
}

/** An invitation, which a mail goes out with. */
async function invite(process: RehearsedProcess, email: string): Promise<number> {
  const { status } = await process.call('POST', '/api/v1/invitations', { body: { email }, withinMs: 20_000 });
  return status;
}

function arrives(server: DrillMailServer, process: () => RehearsedProcess, email: string): Probe {
  return {
    name: 'the mail arrives',
    withinMs: 240_000,
    async look() {
      const count = server.recipients.filter((each) => each === email).length;
      if (count > 0) return { ok: true, said: `${count} mails to ${email} were taken.` };
      const lost = await givenUp(process());
      return lost > 0
        ? { ok: false, said: `${lost} mails were given up.`, final: true }
        : { ok: false, said: `No mail to ${email} was taken.` };
    },
  };
}

async function givenUp(process: RehearsedProcess): Promise<number> {
  const { body } = await process.call<{ jobs: { queue: string }[] }>('GET', '/api/v1/queues/failed');
  return body.jobs.filter(({ queue }) => queue === 'mail').length;
}

export const mailDown: Drill = {
  name: 'mail-down',
  summary: 'the mail server does not answer: what sends a mail goes on, and the mail goes out afterwards',
  lacks: nothing,
  async prepare(place, random) {
    const server = place.scope.use(await DrillMailServer.open());
    const proxy = place.scope.use(await FaultyProxy.open({ host: '127.0.0.1', port: server.port }));
    const rehearsal = await DrillRehearsal.open(place, {
      TIMONEL_SMTP_URL: `smtp://127.0.0.1:${proxy.port}`,
      TIMONEL_MAIL_FROM: 'Timonel <drill@timonel.invalid>',
    });
    const process = () => rehearsal.process;
    const customers = new Customers(process);
    const addresses = ['before', 'during'].map((when) => `${when}-${random.between(1, 999_999)}@timonel.invalid`);
    const [before = '', during = ''] = addresses;
    const invited = (email: string): Probe => ({
      name: 'somebody can be invited',
      withinMs: 30_000,
      async look() {
        const status = await invite(rehearsal.process, email);
        return { ok: status === 201, said: `The invitation is answered with ${status}.` };
      },
    });
    return {
      before: [isReady(process), answers(customers, 'model'), invited(before), arrives(server, process, before)],
      async fault() {
        await proxy.stop();
        return 'The mail server was stopped.';
      },
      felt: nobodyListens('the mail server', () => proxy.port),
      during: [invited(during), answers(customers, 'model'), isReady(process), keepsMail(process)],
      throughout: [lives(process)],
      undo: () => proxy.start(),
      // Pauses between attempts double from 5 seconds up, with a spread.
      recoveryMs: 240_000,
      after: [arrives(server, process, during), isReady(process)],
    };
  },
};

/** The queue keeps the mail. */
function keepsMail(process: () => RehearsedProcess): Probe {
  return {
    name: 'no mail is given up',
    withinMs: 20_000,
    async look() {
      const lost = await givenUp(process());
      return { ok: lost === 0, said: `${lost} were given up.` };
    },
  };
}

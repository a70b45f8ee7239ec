/** A stand-in of the Bot API for a drill: it takes what the rehearsed process sends, and writes to it as Telegram would. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { RehearsedProcess } from './rehearsal.ts';

export interface DeliveredMessage {
  chat: number;
  text: string;
}

export class DrillTelegram implements AsyncDisposable {
  /** What reached people. */
  readonly sent: DeliveredMessage[] = [];
  readonly #webhookSecret = randomBytes(16).toString('hex');
  readonly #server = createServer(async (request, response) => {
    const body = (await json(request).catch(() => ({}))) as { chat_id?: number | string; text?: string };
    if (request.url?.endsWith('/sendMessage') === true) this.sent.push({ chat: Number(body.chat_id), text: body.text ?? '' });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ok: true, result: { message_id: this.sent.length + 1, id: 1 } }));
  });
  #connection = '';

  static async open(): Promise<DrillTelegram> {
    const telegram = new DrillTelegram();
    telegram.#server.listen(0, '127.0.0.1');
    await once(telegram.#server, 'listening');
    return telegram;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connects a bot to the first agent. */
  async connect(process: RehearsedProcess): Promise<void> {
    const { status, body } = await process.callPatiently<{ id?: string; detail?: string }>('POST', '/api/v1/channels', {
      channel: 'telegram',
      name: 'drill',
      agent: process.agent,
      settings: { botId: '123456' },
      secrets: { token: '123456:drill', webhookSecret: this.#webhookSecret },
    });
    if (body.id === undefined) throw new Error(`The channel could not be connected: ${status} ${body.detail ?? ''}`);
    this.#connection = body.id;
  }

  /** A person writes; the same update is the same message. @returns the status of the answer to the webhook */
  async write(process: RehearsedProcess, update: number, chat: number, text: string, withinMs = 30_000): Promise<number> {
    const from = { id: chat, is_bot: false, first_name: `Cliente ${chat}` };
    const { status } = await process.call('POST', `/api/v1/channels/${this.#connection}/webhook`, {
      body: {
        update_id: update,
        message: { message_id: update, date: Math.floor(Date.now() / 1_000), chat: { id: chat, type: 'private' }, from, text },
      },
      headers: { 'x-telegram-bot-api-secret-token': this.#webhookSecret },
      withinMs,
    });
    return status;
  }

  /** Messages that reached a person. */
  reached(chat: number): number {
    return this.sent.filter((each) => each.chat === chat).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

import { createTransport, type Transporter } from 'nodemailer';
import { z } from 'zod';
import type { Settings } from '../../config.ts';
import { type PrintedMail, publishFault } from '../../diagnostics.ts';
import { messageOf } from '../../errors.ts';
import type { JsonObject } from '../../vocabulary.ts';
import { mailPurpose, Sealer } from '../sealed.ts';
import type { ServerKeys } from '../secrets.ts';
import { type MailContent, type MailLanguage, writeMail } from './texts.ts';

export interface Mail {
  /** One address, checked by whoever took it in. */
  to: string;
  language: MailLanguage;
  content: MailContent;
  /** Where an answer goes, and what it is known by: `id` is the first half of the Message-ID. */
  answers?: { to: string; id: string; after?: string | undefined } | undefined;
}

export interface MailerDependencies {
  settings: Pick<Settings, 'mail' | 'environment'>;
  keys: ServerKeys;
  newId(): string;
  /** Adds the job that calls {@link Mailer.deliver}, within the transaction at hand where there is one. */
  enqueue(payload: JsonObject): Promise<void>;
  /** Development without a server: the text has a link that opens an account. */
  onPrinted(mail: PrintedMail): void;
}

const payloadShape = z.object({ id: z.string(), sealed: z.string() });

/**
 * Sends mail by way of a job, so that one is neither lost with the process nor holds up an answer, and so that a mail of a change goes
 * out if and only if the change was made. What waits in the queue is sealed: it has links that open accounts.
 */
export class Mailer {
  readonly #dependencies: MailerDependencies;
  readonly #sealer: Sealer;
  readonly #transport: Transporter | undefined;

  constructor(dependencies: MailerDependencies) {
    const { url } = dependencies.settings.mail;
    this.#dependencies = dependencies;
    this.#sealer = new Sealer(dependencies.keys, mailPurpose);
    // A server that does not answer costs a job these times, in milliseconds, and no more.
    const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };
    if (url !== undefined) this.#transport = createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
  }

  /** Puts a mail on its way. */
  async send(mail: Mail): Promise<void> {
    const id = this.#dependencies.newId();
    await this.#dependencies.enqueue({ id, sealed: this.#sealer.seal(JSON.stringify(mail), id) });
  }

  /**
   * The job: hands the mail to the server. A second attempt at the same mail has the same `Message-ID`, by which servers know it again.
   * @throws when it is worth another attempt.
   */
  async deliver(payload: JsonObject): Promise<void> {
    const { settings, onPrinted } = this.#dependencies;
    const { id, sealed } = payloadShape.parse(payload);
    const { to, language, content, answers } = JSON.parse(this.#sealer.open(sealed, id)) as Mail;
    const { subject, text } = writeMail(content, language);
    const { from } = settings.mail;
    if (this.#transport === undefined) {
      if (settings.environment === 'production') throw new Error('TIMONEL_SMTP_URL is not set: mail waits until it is.');
      onPrinted({ to, subject, text });
      return;
    }
    const host = /@([^\s<>@]+)>?$/.exec(from)?.[1] ?? 'localhost';
    try {
      // Given as an object, an address is taken as it is and not as a list of several.
      await this.#transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        messageId: `<${answers?.id ?? id}@${host}>`,
        ...(answers === undefined ? {} : { replyTo: { name: '', address: answers.to } }),
        ...(answers?.after === undefined
          ? {}
          : { inReplyTo: `<${answers.after}@${host}>`, references: [`<${answers.after}@${host}>`] }),
        headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': language },
      });
    } catch (error) {
      if (!refusedForGood(error)) throw new Error(`The mail server did not take a mail: ${messageOf(error)}`, { cause: error });
      publishFault(`a mail of the kind ${content.kind} was refused by the server`, error);
    }
  }

  close(): void {
    this.#transport?.close();
  }
}

/** An answer of the server to this mail that begins with 5 (RFC 5321, 4.2.1); a refused login is the operator's to put right. */
function refusedForGood(error: unknown): boolean {
  const { responseCode, code } = error as { responseCode?: unknown; code?: unknown };
  return typeof responseCode === 'number' && responseCode >= 500 && code !== 'EAUTH';
}

declare module 'hoodiecrow-imap' {
  import type { Socket } from 'node:net';

  export interface ImapServer {
    createClient(socket: Socket): void;
    appendMessage(folder: string, flags: string[], at: Date, raw: string): void;
    getMailbox(
      folder: string,
    ): { messages: { raw: string; internaldate: unknown; uid: number }[]; uidvalidity: number } | undefined;
  }

  export default function server(options: object): ImapServer;
}

import { z } from 'zod';
import { commonSettings } from '../connection-settings.ts';
import type { CommonSettings, OpenConnection } from '../contract.ts';
import type { MailServer } from './server-address.ts';

export interface MailSettings extends CommonSettings {
  address: string;
  aliases: string[];
  displayName?: string | undefined;
  imap: MailServer;
  smtp: MailServer;
  mailbox: string;
  sentMailbox?: string | undefined;
  authservId?: string | undefined;
  turnsPerHour: number;
  pollSeconds: number;
  handoffReplies: boolean;
}

const address = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[^\s<>@,;:"()[\]\\]{1,64}@[a-z0-9][a-z0-9.-]*$/, 'must be an address, e.g. hola@example.com');

function server(port: { tls: number; starttls: number }, plain: boolean) {
  return z
    .strictObject({
      host: z
        .string()
        .trim()
        .toLowerCase()
        .regex(/^[a-z0-9_:][a-z0-9._:-]{0,252}$/, 'must be a name or an address, e.g. imap.example.com'),
      port: z.int().min(1).max(65_535).optional(),
      tls: z
        .enum(['tls', 'starttls', 'none'])
        .default('tls')
        .refine(
          (given) => given !== 'none' || plain,
          'must be tls or starttls: the password would be sent in the clear. Where the server is on this machine, set TIMONEL_WEBHOOK_PRIVATE_ADDRESSES=true',
        ),
      user: z.string().min(1).max(254).optional().describe('The address where absent'),
    })
    .transform((given) => ({ ...given, port: given.port ?? (given.tls === 'tls' ? port.tls : port.starttls) }));
}

/** @param plain servers on this machine and its network are taken too, and such without TLS. */
export function mailSettings(plain: boolean) {
  return z.strictObject({
    ...commonSettings,
    conversationHours: commonSettings.conversationHours.unwrap().default(168),
    address,
    aliases: z.array(address).max(20).default([]).describe('Other addresses of the mailbox: nothing from them is answered'),
    displayName: z
      .string()
      .trim()
      .regex(/^[^\r\n<>"]{1,100}$/, 'must be one line without <, > and quotes')
      .optional(),
    imap: server({ tls: 993, starttls: 143 }, plain),
    smtp: server({ tls: 465, starttls: 587 }, plain),
    mailbox: z.string().min(1).max(200).default('INBOX'),
    sentMailbox: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Where the server itself keeps what it sent: mails in doubt are looked for there'),
    authservId: z
      .string()
      .regex(/^[\w.-]{1,253}$/, 'must be the first word of Authentication-Results, e.g. mx.example.com')
      .optional()
      .describe('The server whose Authentication-Results prove who wrote'),
    turnsPerHour: z
      .int()
      .min(1)
      .max(500)
      .default(12)
      .describe('Mails of one contact that are answered in an hour; in a day four times as many'),
    pollSeconds: z.int().min(1).max(600).default(60).describe('Between two looks where the server tells of nothing'),
    handoffReplies: z.boolean().default(false).describe('Whether people answer notices of hand-offs to this mailbox'),
  });
}

export const mailSecrets = z.strictObject({
  password: z.string().min(1).max(1_000),
  smtpPassword: z.string().max(1_000).default('').describe('The password where empty'),
});

export function settingsOf({ settings }: OpenConnection): MailSettings {
  return settings as unknown as MailSettings;
}

/** Lower-case addresses of the mailbox itself. */
export function ownAddresses(connection: OpenConnection): string[] {
  const { address: own, aliases } = settingsOf(connection);
  return [own, ...aliases];
}

/**
 * A chat on a page of the workspace's own. There is no provider: the widget talks to this server, and what is delivered is what the visitor's
 * stream reads from the outbox.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Artifacts } from '../../artifacts/artifacts.ts';
import { TimonelError } from '../../errors.ts';
import { commonSettings, secretText } from '../connection-settings.ts';
import { type Channel, ChannelMediaError } from '../contract.ts';
import { cleanText } from '../rendering.ts';

const origin = z
  .string()
  .max(300)
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text),
    'must be an origin as browsers write it, e.g. https://www.example.com: no path, no slash at the end',
  );

/** What is shown of the widget, and where. Kept by {@link webChannel} in the settings of a connection. */
export interface WebSettings {
  origins: string[];
  title: string;
  greeting: string;
  color: string;
  files: boolean;
}

/** Largest file of a visitor, in bytes. */
export const largestVisitorFile = 10_485_760;

/** @param newId names the account of a connection: nothing at a provider does. */
export function webChannel(artifacts: Pick<Artifacts, 'findOwn' | 'read' | 'largest'>, newId: () => string): Channel {
  return {
    name: 'web',
    label: () => 'web',
    settings: z.strictObject({
      ...commonSettings,
      widget: z.uuid().default(newId).describe('Names the widget; made when the connection is'),
      origins: z.array(origin).min(1).max(20).describe('Pages that may show the chat, by their origin'),
      title: z.string().trim().max(60).default(''),
      greeting: z.string().trim().max(500).default('').describe('Shown above an empty conversation'),
      color: z
        .string()
        .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #0f766e')
        .default('#1d4ed8'),
      files: z.boolean().default(true).describe('Whether visitors may send files'),
    }),
    secrets: z.strictObject({
      visitorKey: secretText.min(32).default(() => randomBytes(32).toString('base64url')),
    }),
    accountOf: (given) => String(given['widget']),
    rates: { account: { intervalMs: 1, burst: 1_000 }, pair: { intervalMs: 50, burst: 100 } },
    strangers: true,
    readHere: true,
    fileBytes: { image: artifacts.largest, audio: artifacts.largest, file: artifacts.largest },
    windowOf: () => undefined,
    // Visitors come through routes of their own; a webhook is from nobody.
    verify: () => false,
    parse: () => {
      throw new TimonelError('invalid_request', 'A connection of the web has no webhook.');
    },
    render: ({ text, parts = [] }) => ({ messages: cleanText(text).trim() === '' && parts.length === 0 ? [] : [{ body: {} }] }),
    send: async (_connection, { reference }) => ({ kind: 'sent', externalId: reference }),
    remedyOf: () => 'wrong',
    async load({ workspaceId }, { id }) {
      const [visitor = '', artifact = ''] = id.split('/');
      const [found] = await artifacts.findOwn(workspaceId, [artifact], { createdBy: visitorAsker(visitor) });
      if (found === undefined) throw new ChannelMediaError('The file is gone.', false);
      return artifacts.read(found);
    },
    async check({ settings }) {
      const { origins } = settings as unknown as WebSettings;
      const plain = origins.filter(
        (each) => !each.startsWith('https://') && !/^http:\/\/(?:localhost|127\.0\.0\.1)(?::|$)/.test(each),
      );
      const detail =
        plain.length === 0 ? origins.join(', ') : `${plain.join(', ')}: what visitors write there can be read on the way.`;
      return [{ what: 'origins', ok: plain.length === 0, detail }];
    },
  };
}

/** Who made a file that a visitor sent. */
export function visitorAsker(visitor: string): string {
  return `visitor:${visitor}`;
}

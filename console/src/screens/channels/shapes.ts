import type { Answer } from '../../api/client.ts';

export type Connection = Answer<'GET /api/v1/channels'>['connections'][number];
export type Activity = Answer<'GET /api/v1/channels/activity'>['activity'][number];
export type Delivery = Answer<'GET /api/v1/deliveries'>['deliveries'][number];
export type Finding = Answer<'POST /api/v1/channels/{connection}/test'>['findings'][number];

export interface Template {
  name: string;
  language: string;
  parameters: string[];
  text?: string;
  reopens?: boolean;
}

export function templatesOf({ settings }: Connection): Template[] {
  const { templates } = settings;
  return Array.isArray(templates) ? (templates as unknown as Template[]) : [];
}

export const channelNames = ['whatsapp', 'telegram', 'twilio', 'email', 'web'] as const;
export type ChannelName = (typeof channelNames)[number];

export const touchedByConnections = [
  'GET /api/v1/channels',
  'GET /api/v1/channels/{connection}',
  'GET /api/v1/channels/activity',
  'GET /api/v1/deliveries',
] as const;

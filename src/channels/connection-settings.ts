import { z } from 'zod';

const template = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9_]{1,512}$/, 'must be the name of a template, e.g. appointment_reminder'),
  language: z.string().regex(/^[a-z]{2,3}(?:_[A-Z]{2})?$/, 'must be a language of the provider, e.g. es_AR'),
  parameters: z
    .array(z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,39}$/))
    .max(20)
    .default([]),
  text: z.string().max(1_024).optional(),
  reopens: z.boolean().optional(),
});

/** Settings that every connection has, with their defaults. */
export const commonSettings = {
  conversationHours: z
    .number()
    .min(0.1)
    .max(720)
    .default(24)
    .describe('Hours without a message after which the next one begins a conversation'),
  quietMs: z.int().min(0).max(8_000).default(0).describe('Milliseconds to wait for more messages of a burst; they become one turn'),
  language: z.enum(['es', 'en']).default('es').describe('Of what the channel itself says'),
  voiceReplies: z.boolean().default(false).describe('Whether short replies are spoken too where the contact spoke'),
  templates: z.array(template).max(100).default([]),
};

export const secretText = z.string().min(8, 'must have at least 8 characters').max(1_000);

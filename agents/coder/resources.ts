/** What is remembered of the project, to be listed and changed by the user. */
import { z } from 'zod';
import { defineResource } from '../../src/index.ts';

export const resources = [
  defineResource({
    name: 'memories',
    title: { es: 'Recuerdos', en: 'Memories' },
    description: 'Facts about the project that the model is told in every session, as data.',
    table: 'coder_memories',
    permissions: { read: 'coder:use', write: 'coder:use' },
    schema: z.object({ fact: z.string().trim().min(1).max(500) }),
    fields: { fact: { label: { es: 'Hecho', en: 'Fact' } } },
    key: ['fact'],
    order: ['fact'],
    search: ['fact'],
  }),
];

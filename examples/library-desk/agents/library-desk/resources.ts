import { defineResource } from 'timonel';
import { z } from 'zod';

export const permissions = {
  'library-desk:read': { description: 'See the books', roles: ['operator', 'member'] },
  'library-desk:manage': { description: 'Change the books', roles: ['operator'] },
} as const;

export const books = defineResource({
  name: 'books',
  title: { es: 'Libros', en: 'Books' },
  description: 'What can be borrowed.',
  table: 'library_desk_books',
  permissions: { read: 'library-desk:read', write: 'library-desk:manage' },
  schema: z.object({ title: z.string().trim().min(1).max(200), author: z.string().trim().max(200).default('') }),
  key: ['title'],
  order: ['title'],
  filters: ['author'],
  search: ['title', 'author'],
});

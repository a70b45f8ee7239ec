/** Rows that people manage: projects, the rules of approval, examples. */
import { z } from 'zod';
import { defineResource, type ResourceDefinition } from '../../src/index.ts';
import { projectName } from './projects.ts';
import type { Workshop } from './workshop.ts';

export function resourcesOf({ roots }: Workshop): readonly ResourceDefinition[] {
  return [
    defineResource({
      name: 'projects',
      title: { es: 'Proyectos', en: 'Projects' },
      description: 'Folders that code is made for; each lies in one of the folders that the operator allows.',
      table: 'codegen_projects',
      permissions: { read: 'codegen:use', write: 'codegen:manage' },
      schema: z.object({
        name: z.string().regex(projectName, 'letters, digits, "-" and "_", e.g. shop-api'),
        folder: z.string().trim().min(1).max(1_000),
      }),
      fields: { name: { label: { es: 'Nombre', en: 'Name' } }, folder: { label: { es: 'Carpeta', en: 'Folder' } } },
      key: ['name'],
      order: ['name'],
      search: ['name'],
      hooks: {
        async written(rows, { workspaceId }) {
          const faults = [];
          for (const { id, values } of rows) {
            const found = await roots.folder(workspaceId, String(values['folder']));
            if ('fault' in found) faults.push({ id, field: 'folder', reason: found.fault });
          }
          return faults;
        },
      },
    }),
    defineResource({
      name: 'rules',
      title: { es: 'Reglas de aprobación', en: 'Rules of approval' },
      description: 'What the workspace allows without a second person. Without a row it allows nothing.',
      table: 'codegen_rules',
      permissions: { read: 'codegen:use', write: 'codegen:manage' },
      schema: z.object({
        autoApprove: z.boolean().default(false),
        selfApprove: z.boolean().default(false),
        minScore: z.number().min(7).max(10).default(7),
      }),
      fields: {
        autoApprove: { label: { es: 'Aprobar solo', en: 'Approve by itself' } },
        selfApprove: { label: { es: 'Aprobar lo propio', en: 'Approve what one asked for' } },
        minScore: { label: { es: 'Puntaje mínimo', en: 'Least score' } },
      },
      key: [],
      order: ['minScore'],
    }),
    defineResource({
      name: 'examples',
      title: { es: 'Ejemplos', en: 'Examples' },
      description: 'Code that later plans are shown, with its source: approved in this workspace, or added.',
      table: 'codegen_examples',
      permissions: { read: 'codegen:use', write: 'codegen:manage' },
      schema: z.object({
        request: z.string().trim().min(1).max(4_000),
        source: z.string().trim().min(1).max(500),
        path: z.string().trim().min(1).max(400),
        content: z.string().min(1).max(20_000),
      }),
      readOnly: z.object({ createdAt: z.string() }),
      fields: {
        request: { label: { es: 'Pedido', en: 'Request' } },
        source: { label: { es: 'Fuente', en: 'Source' } },
        path: { label: { es: 'Archivo', en: 'File' } },
        content: { label: { es: 'Código', en: 'Code' } },
      },
      key: ['source', 'path'],
      order: ['source', 'path'],
      search: ['request', 'path'],
      operations: ['create', 'delete'],
    }),
  ];
}

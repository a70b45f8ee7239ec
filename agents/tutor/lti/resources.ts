/** Platforms that are trusted, what they call us, which of their courses are which of ours, and grades on their way. */
import { z } from 'zod';
import { defineResource, type ResourceField } from '../../../src/index.ts';

const permissions = { read: 'tutor:manage', write: 'tutor:manage' } as const;
const label = (es: string, en: string): ResourceField => ({ label: { es, en } });
const address = z.url({ protocol: /^https?$/ }).max(500);
const courseField = { ...label('Curso', 'Course'), column: 'course_id', reference: { table: 'tutor_courses', by: 'code' } };
const course = z.string().trim().min(1).max(60).nullable().default(null);

const platforms = defineResource({
  name: 'lti-platforms',
  title: { es: 'Plataformas (LTI)', en: 'Platforms (LTI)' },
  description: 'Learning platforms that students and teachers come from by LTI 1.3. Whom one signs in is let in here.',
  table: 'tutor_lti_platforms',
  permissions,
  schema: z.object({
    name: z.string().trim().min(1).max(100),
    issuer: z.string().trim().min(1).max(500).describe('What it calls itself ("iss"), to the letter'),
    clientId: z.string().trim().min(1).max(255).describe('What it calls this tool'),
    authorizationUrl: address.describe('Where launches are authenticated'),
    tokenUrl: address.describe('Where tokens for its services are asked for'),
    jwksUrl: address.describe('Where its public keys are'),
    tokenAudience: z.string().trim().min(1).max(500).nullable().default(null).describe('Where it is not the address of tokens'),
    active: z.boolean().default(true),
  }),
  fields: { name: label('Nombre', 'Name'), issuer: label('Emisor', 'Issuer') },
  key: ['issuer', 'clientId'],
  order: ['name'],
  filters: ['active'],
});

const deployments = defineResource({
  name: 'lti-deployments',
  title: { es: 'Instalaciones (LTI)', en: 'Deployments (LTI)' },
  description: 'Where a platform has this tool installed: for all of it, or for a part. Launches of others are refused.',
  table: 'tutor_lti_deployments',
  permissions,
  schema: z.object({
    platform: z.string().trim().min(1).max(100),
    deployment: z.string().trim().min(1).max(255).describe('As the platform calls it'),
    course: course.describe('What its courses are linked to as they come; empty: each is linked by hand'),
    active: z.boolean().default(true),
  }),
  fields: {
    platform: {
      ...label('Plataforma', 'Platform'),
      column: 'platform_id',
      reference: { table: 'tutor_lti_platforms', by: 'name' },
    },
    course: courseField,
  },
  key: ['platform', 'deployment'],
  order: ['deployment'],
  filters: ['platform', 'active'],
});

const contexts = defineResource({
  name: 'lti-contexts',
  title: { es: 'Cursos de plataformas (LTI)', en: 'Courses of platforms (LTI)' },
  description: 'Courses of platforms, as their first launch brought them, and the course here that each is linked to.',
  table: 'tutor_lti_contexts',
  permissions,
  schema: z.object({ course }),
  readOnly: z.object({
    deployment: z.string(),
    context: z.string(),
    title: z.string(),
    rosterAt: z.iso.datetime().nullable(),
    rosterFault: z.string(),
  }),
  fields: {
    course: courseField,
    deployment: {
      ...label('Instalación', 'Deployment'),
      sql: `(SELECT p.name || ' / ' || d.deployment FROM tutor_lti_deployments d JOIN tutor_lti_platforms p ON p.workspace_id = d.workspace_id AND p.id = d.platform_id
        WHERE d.workspace_id = t.workspace_id AND d.id = t.deployment_id)`,
    },
  },
  key: [],
  order: ['title', 'context'],
  filters: ['course'],
  search: ['title'],
  operations: ['update', 'delete'],
});

const scores = defineResource({
  name: 'lti-scores',
  title: { es: 'Notas para plataformas (LTI)', en: 'Grades for platforms (LTI)' },
  description:
    'Grades that platforms should have, and what became of them. Read only; `lti-send-again` sends those that wait for somebody.',
  table: 'tutor_lti_scores',
  permissions,
  schema: z.object({}),
  readOnly: z.object({
    person: z.string(),
    exercise: z.string(),
    points: z.number().nullable(),
    highestPoints: z.number().nullable(),
    state: z.enum(['none', 'waiting', 'sending', 'sent', 'unknown', 'refused']),
    attempts: z.int(),
    fault: z.string(),
    wantedAt: z.iso.datetime(),
    nextAt: z.iso.datetime(),
  }),
  fields: {
    exercise: {
      ...label('Ejercicio', 'Exercise'),
      sql: `(SELECT e.code FROM tutor_lti_links l JOIN tutor_exercises e ON e.workspace_id = l.workspace_id AND e.id = l.exercise_id
        WHERE l.workspace_id = t.workspace_id AND l.id = t.link_id)`,
    },
  },
  key: [],
  order: ['wantedAt'],
  filters: ['state', 'person'],
  operations: [],
});

export const ltiResources = [platforms, deployments, contexts, scores];

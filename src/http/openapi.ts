/** What the document of the API says of every route, beside what the route says of itself: its name, its group, and the shape of its errors. */
import type { FastifySchema } from 'fastify';
import { problem } from './schemas.ts';

interface DocumentedRoute {
  schema: FastifySchema;
  url: string;
  route: { method: string | string[] };
}

/** A schema as it is documented. What is added is for readers: answers are neither checked nor written by it. */
export function documented({ schema, url, route }: DocumentedRoute): FastifySchema {
  const method = [route.method].flat().find((each) => each !== 'HEAD') ?? 'GET';
  return {
    ...schema,
    operationId: schema.operationId ?? operationIdOf(method, url),
    tags: schema.tags ?? [groupOf(url)],
    ...(hasProblems(url) ? { response: { ...(schema.response as object | undefined), default: problemResponse } } : {}),
  } as FastifySchema;
}

const problemResponse = {
  description: 'Error (RFC 9457). docs/errors.md has every code',
  content: { 'application/problem+json': { schema: problem } },
};

/** `POST /api/v1/runs/:id/cancel` is `postRunsByIdCancel`. */
export function operationIdOf(method: string, url: string): string {
  const words = partsOf(url).map((part) => {
    const name = part.replaceAll(/[^A-Za-z0-9]+([A-Za-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
    const upper = name.replace(/^:?([a-z])/, (_match, letter: string) => letter.toUpperCase()).replaceAll(/[^A-Za-z0-9]/g, '');
    return part === '*' ? 'ByPath' : part.startsWith(':') ? `By${upper}` : upper;
  });
  // Some things are at the root and below /api/v1.
  const root = /^\/(?:api\/v1|v1|ofrep)\//.test(url) ? '' : 'Root';
  return `${method.toLowerCase()}${root}${words.join('')}`;
}

/** `/v1` and `/api/v1` are apart. */
function partsOf(url: string): string[] {
  const parts = url.split('/').filter((part) => part !== '');
  return parts[0] === 'api' && parts[1] === 'v1' ? parts.slice(2) : parts;
}

const groups: Readonly<Record<string, string>> = { v1: 'compatible', ofrep: 'flags' };

function groupOf(url: string): string {
  const [first = 'root'] = partsOf(url);
  return groups[first] ?? first;
}

/** Compatible doors have the errors of their protocols. */
function hasProblems(url: string): boolean {
  return !/^\/(?:v1|ofrep)\//.test(url);
}

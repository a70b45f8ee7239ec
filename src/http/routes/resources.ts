import { Readable } from 'node:stream';
import type { FastifyRequest, FastifySchemaCompiler } from 'fastify';
import { validatorCompiler as byZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { ResourceOperation } from '../../resources/contract.ts';
import { csvHeader, csvLines, readCsv, readJson } from '../../resources/csv.ts';
import { describeField } from '../../resources/fields.ts';
import { importModes, mostImportedRows } from '../../resources/import.ts';
import type { Changer, OpenResource, Resources } from '../../resources/resources.ts';
import type { StoredRow } from '../../resources/rows.ts';
import type { JsonObject, JsonValue } from '../../vocabulary.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { expectedVersion, ifMatch } from '../if-match.ts';
import { originOf } from '../requests.ts';
import { importCounts, type RowSchemas, resourceDescription, rowSchemasOf, type SchemaNames } from '../resource-schemas.ts';
import * as schemas from '../schemas.ts';

/** Largest file that is imported, in bytes. */
const largestImport = 33_554_432;

const identified = z.object({ id: schemas.identifier });
const everything: readonly ResourceOperation[] = ['create', 'update', 'delete', 'import'];
const paging = ['limit', 'after', 'sort', 'q'];

/** The rows that agents have people manage, each resource at its own address. */
export async function resourceRoutes(
  app: TypedFastify,
  { resources, agents }: HttpDependencies,
  names: SchemaNames,
): Promise<void> {
  app.get(
    '/api/v1/agents/:agent/resources',
    {
      config: { permission: 'agents:read' },
      schema: {
        summary: 'What people can manage of an agent: its resources with their fields, and its commands',
        params: z.object({ agent: z.string().min(1).max(100) }),
        response: { 200: resourceDescription },
      },
    },
    (request) => {
      const { agent } = request.params;
      if (!agents.has(agent)) {
        throw new TimonelError('agent_not_found', `There is no agent "${agent}". There are: ${[...agents.keys()].join(', ')}.`);
      }
      return descriptionOf(agent, resources);
    },
  );
  for (const resource of resources.all) {
    const shapes = rowSchemasOf(resource, names);
    readRoutes(app, resources, resource, shapes);
    writeRoutes(app, resources, resource, shapes);
    if ((resource.definition.operations ?? everything).includes('import')) await importRoute(app, resources, resource);
  }
  commandRoutes(app, resources);
}

function descriptionOf(agent: string, resources: Resources): z.infer<typeof resourceDescription> {
  return {
    resources: resources.all
      .filter((each) => each.agent === agent)
      .map((resource) => {
        const { definition, rows } = resource;
        const {
          name,
          title,
          description,
          permissions,
          key,
          order,
          filters = [],
          search = [],
          operations = everything,
        } = definition;
        const fields = rows.fields.map(describeField);
        const lists = { key: [...key], order: [...order], filters: [...filters], search: [...search], operations: [...operations] };
        return { name, title, description, path: pathOf(resource), permissions, ...lists, fields };
      }),
    commands: resources.commands
      .filter((each) => each.agent === agent)
      .map(({ command: { name, description, permission, input } }) => ({
        name,
        description,
        permission,
        input: z.toJSONSchema(input ?? z.object({}), { io: 'input' }) as Record<string, unknown>,
      })),
  };
}

function pathOf({ agent, definition }: OpenResource): string {
  return `/api/v1/agents/${agent}/${definition.name}`;
}

/** Answers are written as they are: their shape is the definition's, which the schema of the route documents. */
const serializerCompiler = () => JSON.stringify;

/** Bodies are checked by the resource, which knows the whole row; the schema of the route documents them. */
const validatorCompiler: FastifySchemaCompiler<unknown> = (route) =>
  route.httpPart === 'body' ? (data: unknown) => ({ value: data }) : byZod(route as Parameters<typeof byZod>[0]);

function readRoutes(app: TypedFastify, resources: Resources, resource: OpenResource, { row, page, query }: RowSchemas): void {
  const { definition } = resource;
  const path = pathOf(resource);
  const config = { permission: definition.permissions.read };
  const tags = [resource.agent];

  app.get(
    path,
    {
      config,
      serializerCompiler,
      schema: {
        tags,
        summary: `${definition.title.en}: a page`,
        description: definition.description,
        querystring: query,
        response: { 200: page },
      },
    },
    async (request) => {
      const asked = request.query as Record<string, string | number | undefined>;
      const { rows, next } = await resources.list(resource, requestPrincipalOf(request), {
        ...queryOf(asked),
        after: textOf(asked['after']),
        limit: Number(asked['limit']),
      });
      return { items: rows.map(viewOf), next };
    },
  );

  app.get(
    `${path}/export`,
    {
      config,
      schema: {
        tags,
        summary: `${definition.title.en}: all, as CSV or JSON`,
        description: 'Takes the filters, the order and the words of the list.',
        querystring: query.omit({ limit: true, after: true }).extend({ format: z.enum(['csv', 'json']).default('csv') }),
      },
    },
    async (request, reply) => {
      const { format, ...asked } = request.query as Record<string, string | undefined>;
      const pages = resources.pages(resource, requestPrincipalOf(request), queryOf(asked));
      // The first page before the answer begins: what is wrong with the question is then still an error.
      const first = await pages.next();
      const name = `${resource.agent}-${definition.name}.${format}`;
      return reply
        .type(format === 'json' ? 'application/json; charset=utf-8' : 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(Readable.from(format === 'json' ? jsonOf(first.value ?? [], pages) : csvOf(resource, first.value ?? [], pages)));
    },
  );

  app.get(
    `${path}/:id`,
    {
      config,
      serializerCompiler,
      schema: { tags, summary: `${definition.title.en}: one`, params: identified, response: { 200: row } },
    },
    async (request, reply) => {
      const stored = await resources.get(resource, requestPrincipalOf(request), request.params.id);
      reply.header('etag', `"${stored.version}"`);
      return viewOf(stored);
    },
  );
}

async function* csvOf({ rows }: OpenResource, first: StoredRow[], pages: AsyncGenerator<StoredRow[]>): AsyncGenerator<string> {
  yield csvHeader(rows.fields);
  yield csvLines(rows.fields, first);
  for await (const page of pages) yield csvLines(rows.fields, page);
}

async function* jsonOf(first: StoredRow[], pages: AsyncGenerator<StoredRow[]>): AsyncGenerator<string> {
  yield '{"items":[';
  yield first.map((each) => JSON.stringify(viewOf(each))).join(',\n');
  for await (const page of pages) if (page.length > 0) yield `,\n${page.map((each) => JSON.stringify(viewOf(each))).join(',\n')}`;
  yield ']}\n';
}

function writeRoutes(app: TypedFastify, resources: Resources, resource: OpenResource, { row, body, changes }: RowSchemas): void {
  const { definition } = resource;
  const { operations = everything, title } = definition;
  const path = pathOf(resource);
  const config = { permission: definition.permissions.write };
  const tags = [resource.agent];

  if (operations.includes('create')) {
    app.post(
      path,
      {
        config,
        serializerCompiler,
        validatorCompiler,
        schema: { tags, summary: `${title.en}: add one`, body, response: { 201: row } },
      },
      async (request, reply) => {
        const stored = await resources.create(resource, objectOf(request), changerOf(request));
        return reply
          .code(201)
          .header('etag', `"${stored.version}"`)
          .header('location', `${path}/${stored.id}`)
          .send(viewOf(stored));
      },
    );
  }
  if (operations.includes('update')) {
    app.patch(
      `${path}/:id`,
      {
        config,
        serializerCompiler,
        validatorCompiler,
        schema: {
          tags,
          summary: `${title.en}: change one. If-Match: the version that the change was made from`,
          params: identified,
          headers: ifMatch,
          body: changes,
          response: { 200: row },
        },
      },
      async (request, reply) => {
        const { id } = request.params as { id: string };
        const stored = await resources.update(resource, id, versionOf(request), objectOf(request), changerOf(request));
        return reply.header('etag', `"${stored.version}"`).send(viewOf(stored));
      },
    );
  }
  if (operations.includes('delete')) {
    app.delete(
      `${path}/:id`,
      {
        config,
        schema: { tags, summary: `${title.en}: remove one`, params: identified, headers: ifMatch, response: { 204: z.null() } },
      },
      async (request, reply) => {
        await resources.remove(resource, request.params.id, expectedVersion(request.headers['if-match']), changerOf(request));
        return reply.code(204).send(null);
      },
    );
  }
}

async function importRoute(app: TypedFastify, resources: Resources, resource: OpenResource): Promise<void> {
  const { definition, rows } = resource;
  await app.register(async (scope) => {
    // Left in the request: it is read by the handler, which knows how large it may be.
    scope.addContentTypeParser(/^text\/(csv|plain)/, (_request, _payload, done) => done(null, undefined));
    scope.post(
      `${pathOf(resource)}/import`,
      {
        config: { permission: definition.permissions.write },
        bodyLimit: largestImport,
        schema: {
          tags: [resource.agent],
          summary: `${definition.title.en}: import CSV or JSON, all rows or none`,
          description:
            `Up to ${mostImportedRows} rows. mode: merge adds and changes, add only adds, replace also removes what the file does not have. ` +
            'check=true undoes it in the end. A refusal names each bad row with its line and the reason.',
          consumes: ['text/csv', 'application/json'],
          querystring: z.strictObject({
            mode: z.enum(importModes).default('merge'),
            check: z.enum(['true', 'false']).default('false'),
            charset: z.string().max(40).optional().describe('How a CSV file is written, e.g. windows-1252; found out where absent'),
          }),
          response: { 200: importCounts },
        },
      },
      async (request) => {
        const { mode, check, charset } = request.query as { mode: (typeof importModes)[number]; check: string; charset?: string };
        const type = request.headers['content-type'] ?? '';
        const json = type.startsWith('application/json');
        const read = json
          ? { rows: readJson(request.body as JsonValue, rows.fields, mostImportedRows), encoding: 'utf-8', delimiter: '' }
          : await readCsv(await bytesOf(request), rows.fields, charset ?? /charset="?([\w-]+)/i.exec(type)?.[1], mostImportedRows);
        const counts = await resources.import(resource, read.rows, { mode, check: check === 'true' }, changerOf(request));
        return { ...counts, checkedOnly: check === 'true', encoding: read.encoding, delimiter: read.delimiter };
      },
    );
  });
}

async function bytesOf(request: FastifyRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.raw as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestImport) {
      throw new TimonelError('payload_too_large', `The file is larger than ${largestImport / 1_048_576} MiB. Import it in parts.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function commandRoutes(app: TypedFastify, resources: Resources): void {
  for (const { agent, command } of resources.commands) {
    app.post(
      `/api/v1/agents/${agent}/commands/${command.name}`,
      {
        config: { permission: command.permission },
        schema: {
          tags: [agent],
          summary: command.description,
          body: (command.input ?? z.object({})).optional(),
          response: { 200: z.record(z.string(), z.unknown()) },
        },
      },
      (request) => resources.run(agent, command, (request.body ?? {}) as JsonObject, changerOf(request)),
    );
  }
}

function viewOf({ id, version, values }: StoredRow): JsonObject {
  return { id, version, ...values };
}

function queryOf(asked: Record<string, string | number | undefined>) {
  const filters = Object.entries(asked).flatMap(([name, value]) =>
    paging.includes(name) || value === undefined ? [] : [[name, String(value)]],
  );
  return { filters: Object.fromEntries(filters) as Record<string, string>, sort: textOf(asked['sort']), q: textOf(asked['q']) };
}

function textOf(value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function objectOf(request: FastifyRequest): JsonObject {
  const { body } = request;
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as JsonObject;
  throw new TimonelError('invalid_request', 'Send one row as a JSON object; POST …/import takes many.');
}

function changerOf(request: FastifyRequest): Changer {
  return { principal: requestPrincipalOf(request), origin: originOf(request) };
}

/** A change says which version it was made from, so that nobody overwrites what they have not seen. */
function versionOf(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match'];
  if (header !== undefined) return expectedVersion(header);
  throw new TimonelError(
    'version_required',
    'Send If-Match with the ETag of the row as you read it, e.g. If-Match: "3"; If-Match: * changes it whatever its version is.',
  );
}

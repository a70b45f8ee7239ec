import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';

/** Files that agents hand out, e.g. calendar entries: who has the unguessable address has the file. */
export function fileRoutes(app: TypedFastify, { pool }: HttpDependencies): void {
  app.get(
    '/api/v1/files/:id',
    {
      config: { public: true },
      schema: {
        summary: 'A file that an agent handed out',
        params: z.object({ id: z.string().regex(/^[\w-]{32,128}$/, 'is not the address of a file') }),
      },
    },
    async (request, reply) => {
      const [file] = await pool.execute<{ name: string; media_type: string; content: string }>(
        { name: 'file', text: 'SELECT name, media_type, content FROM files WHERE id = $1' },
        [request.params.id],
      );
      if (file === undefined) throw new TimonelError('not_found', 'There is no file at this address.');
      return reply
        .type(file.media_type)
        .header('content-disposition', `attachment; filename="${file.name.replaceAll(/[^\w.-]/g, '_')}"`)
        .header('x-content-type-options', 'nosniff')
        .send(file.content);
    },
  );
}

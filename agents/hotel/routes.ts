/** Routes of the hotel: the board of rooms by nights, who arrives and leaves, photos of room types, calendars of other channels. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { defineRoute, TimonelError } from '../../src/index.ts';
import { boardRoutes } from './board.ts';
import { calendarLink } from './calendars/route.ts';
import { deskLists } from './desk-lists.ts';
import type { PmsSystems } from './systems.ts';

const photo = defineRoute({
  method: 'PUT',
  path: '/photos/:code',
  summary: 'Stores the photo of a room type, which guests are sent: the bytes of a JPEG or PNG, up to 1 MiB',
  permission: 'hotel:manage',
  params: z.object({ code: z.string().min(1).max(40) }),
  raw: true,
  answer: z.object({ artifact: z.string() }),
  async handle({ params: { code }, body }, context) {
    const { workspaceId } = context;
    const artifact = await context.artifacts.put({ name: `${code}.jpg`, data: body });
    if (!artifact.mediaType.startsWith('image/'))
      throw new TimonelError('artifact_invalid', `The bytes are ${artifact.mediaType}. Send a JPEG or PNG picture.`);
    const { rowCount } = await context.query((database) =>
      database.execute(sql`
        UPDATE hotel_room_types SET photo = ${artifact.id}, version = version + 1 WHERE workspace_id = ${workspaceId} AND code = ${code}`),
    );
    if ((rowCount ?? 0) === 0) throw new TimonelError('not_found', `There is no room type with the code "${code}".`);
    return { artifact: artifact.id };
  },
});

export const hotelRoutes = (systems: PmsSystems) => [...boardRoutes(systems), ...deskLists(systems), photo, calendarLink] as const;

/** What guests answer to the question how their stay was. */
import { sql } from '../../src/database.ts';
import { defineTool } from '../../src/index.ts';
import { type AnswerReviewOutput, answerReviewInput } from './contract.ts';
import { houseOf } from './place.ts';
import { storeRequest } from './requests.ts';

export const answerReview = defineTool({
  name: 'answer_review',
  description:
    'Keeps what a guest says of a stay that is over, when they were asked: good (answers links for a public review), bad (call call_front_desk next), or ' +
    'stop, where they want no more such messages; also when they say so at any other time.',
  input: answerReviewInput,
  effect: 'write',
  target: 'database',
  execute: ({ answer, text = '' }, context): Promise<AnswerReviewOutput> =>
    context.query(async (database) => {
      const { workspaceId, conversationId, contact } = context;
      if (answer === 'stop') {
        await database.execute(sql`
          UPDATE hotel_guests g SET no_messages = true, version = version + 1
          WHERE g.workspace_id = ${workspaceId} AND NOT g.no_messages AND g.id IN (
            SELECT guest_id FROM hotel_bookings WHERE workspace_id = ${workspaceId} AND conversation_id = ${conversationId})`);
        return { kind: 'stopped' };
      }
      const said = text === '' ? answer : `${answer}: ${text}`;
      const name = contact?.name === undefined ? '' : `${contact.name}: `;
      const { rows } = await database.execute<{ id: string }>(sql`
        SELECT id FROM hotel_bookings WHERE workspace_id = ${workspaceId} AND conversation_id = ${conversationId}
          AND status = 'checked_out' ORDER BY check_out DESC LIMIT 1`);
      const request = { kind: 'review', text: `${name}${said}`, conversationId, bookingId: rows[0]?.id } as const;
      await storeRequest(database, context, request, 'once');
      if (answer === 'bad') return { kind: 'passed-on' };
      const house = await houseOf(context);
      return { kind: 'thanks', links: 'kind' in house ? [] : house.reviewLinks };
    }),
});

/** The rules of the house, as its documents word them: pets, smoking, noise, visitors, parking. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { defineTool, type RetrieveOutput, retrieveTool, type ToolContext } from '../../src/index.ts';
import { houseOf } from './place.ts';

/** Where a workspace has one hotel, and the hotel names no other. */
export const rulesCollection = 'house-rules';
export const rulesTool = 'house_rules';

export const houseRules = defineTool({
  name: rulesTool,
  description:
    'Passages of the documents of the house: rules about pets, smoking, noise, visitors, cots, parking, and the like. Use it for what hotel_information does ' +
    'not answer. Quote them with their title; what is not in them is not known.',
  input: z.object({
    query: z.string().min(1).max(2_000).describe('What to look for, in the words of the guest'),
    hotel: z.string().trim().min(1).max(200).optional().describe('Name of the hotel, where the house has several'),
  }),
  effect: 'read',
  async execute({ query, hotel }, context): Promise<RetrieveOutput> {
    const collection = await collectionOf(context, hotel);
    if (collection === undefined) return nothingKnown;
    return retrieveTool({ name: rulesTool, collections: [collection] }).execute({ query }, context);
  },
});

const nothingKnown: RetrieveOutput = {
  untrusted: true,
  note: 'Which hotel it is about is not known, or it has no documents. Ask which one, or say that it is not known here.',
  evidence: 'none',
  passages: [],
  degraded: null,
};

/** Of several hotels each has what it names: the rules of one are not told of the other. */
async function collectionOf(context: ToolContext, named: string | undefined): Promise<string | undefined> {
  const house = await houseOf(context, named);
  if ('kind' in house) return undefined;
  const { rows } = await context.query((database) =>
    database.execute<{ collection: string; hotels: number }>(sql`
      SELECT h.rules_collection AS collection, (SELECT count(*)::int FROM hotel_hotels o WHERE o.workspace_id = h.workspace_id) AS hotels
      FROM hotel_hotels h WHERE h.workspace_id = ${context.workspaceId} AND h.id = ${house.id}`),
  );
  const { collection = '', hotels = 0 } = rows[0] ?? {};
  return collection !== '' ? collection : hotels === 1 ? rulesCollection : undefined;
}

import type { DialogueKnowledge } from '../../../src/dialogue.ts';

/** What people ask a shop beside services, prices, hours and appointments. */
export const knowledge: DialogueKnowledge = { collection: 'shop' };

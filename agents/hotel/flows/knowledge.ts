import type { DialogueKnowledge } from '../../../src/dialogue.ts';
import { rulesCollection, rulesTool } from '../rules-tool.ts';

/** What the documents of the house say beside its texts. */
export const knowledge: DialogueKnowledge = { collection: rulesCollection, tool: rulesTool };

import { createEscalation, type Escalate } from '../../../src/dialogue.ts';
import type { Turn } from './turn.ts';

/** Passes the conversation to a person. */
export const escalate: Escalate<Turn> = createEscalation({ tool: 'escalate_to_human' });

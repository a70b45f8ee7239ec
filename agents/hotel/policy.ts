/** What the hotel agent may do. */
import type { Rule } from '../../src/index.ts';

export const policy: readonly Rule[] = [];

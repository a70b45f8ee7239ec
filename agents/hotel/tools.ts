/** What the hotel agent can do. */
import type { AnyTool } from '../../src/index.ts';

export const tools: readonly AnyTool[] = [];

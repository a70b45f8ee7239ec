/** What the processes of the benchmark say to each other. */

/** The stub model's only answer. No question mark: a closing question would end a turn as one that waits for input. */
export const stubSentence = 'This is the one sentence that the stub model knows.';

/** The contender that the CPU time of the others is compared with. */
export const floorName = 'Fastify and pg, the floor';

/** How a server is asked for one turn. */
export type Dialect = 'stub' | 'floor' | 'timonel' | 'voltagent' | 'mastra';

/** What the load generator is told, as JSON in its first argument. */
export interface LoadOrder {
  dialect: Dialect;
  /** Origin of the server; for the stub its base URL. */
  url: string;
  apiKey?: string;
  /** Requests under way at any moment. */
  concurrency: number;
  /** Conversations that take turns, so that no two requests of one conversation meet. */
  conversations: number;
  /** A conversation is left for a new one after so many turns: history stays short, and equal for all. */
  turnsPerConversation: number;
  warmUpSeconds: number;
  /** The window is over after so many seconds or turns, whichever comes first. */
  seconds: number;
  turns?: number;
}

/** What the load generator answers, as one line of JSON. */
export interface LoadResult {
  /** Turns that were answered inside the window. */
  turns: number;
  seconds: number;
  turnsPerSecond: number;
  /** Milliseconds, of turns inside the window. */
  p50: number;
  p99: number;
  errors: number;
  firstError?: string;
  /** All turns that were answered, those of the warm-up included. */
  acknowledged: number;
  /** All conversations that were begun. */
  conversations: number;
}

/** The load generator says when the window opens and closes, so that the CPU time between the two can be read from outside. */
export type LoadMessage = { kind: 'opened' } | { kind: 'closed' } | { kind: 'result'; result: LoadResult };

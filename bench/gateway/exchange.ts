/** What the processes of the gateway benchmark say to each other, and what is asked of each server. */

/** Events with text in a streamed answer. */
export const chunksPerStream = 20;

/** Milliseconds that the stub lets pass before the first token, where the model is named so. */
export const slowModel = { name: 'stub-slow', milliseconds: 50 };
export const instantModel = 'stub';

/** About 1.2 kB, as a question with its instructions has; the number makes every request another one. */
export function requestBody(model: string, stream: boolean, number: number | string): string {
  const instructions =
    'You are the assistant of a small hotel by the sea. Answer in the language of the guest, in two sentences at most, and only from what you are told here. ';
  return JSON.stringify({
    model,
    messages: [
      { role: 'system', content: instructions.repeat(6) },
      { role: 'user', content: `Guest ${number} asks: at what time is breakfast, and may my dog come along to the terrace?` },
    ],
    temperature: 0,
    max_tokens: 100,
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  });
}

/** How a server is spoken to. */
export interface Address {
  origin: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  model: string;
  slowModel: string;
}

export interface LoadOrder {
  address: Address;
  stream: boolean;
  /** Asks for the model that waits before its first token. */
  slow: boolean;
  /** The same request every time: the second one is in the cache, where there is one. */
  same: boolean;
  concurrency: number;
  seconds: number;
}

export interface LoadResult {
  requests: number;
  seconds: number;
  /** Milliseconds, of whole answers. */
  p50: number;
  p99: number;
  /** Milliseconds to the first piece of the body; only our own generator sees it. */
  firstToken?: number;
  errors: number;
  firstError?: string;
}

/** Nearest rank. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

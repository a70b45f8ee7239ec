/**
 * The `fetch` that is given to providers of the AI SDK: one connection pool per origin, and an answer that is read whole without
 * the machinery of web streams. A call then costs a third of the CPU; a stream still goes through undici's own fetch.
 */
import { type Agent, DecoratorHandler, type Dispatcher, fetch as streamingFetch } from 'undici';
import { checkLength, wholeBytes } from './answer-body.ts';

/** What the AI SDK reads of a response that is not a stream. */
interface WholeResponse {
  ok: boolean;
  status: number;
  statusText: string;
  url: string;
  headers: ReadonlyMap<string, string>;
  body: { getReader(): WholeReader; cancel(): Promise<void> };
  text(): Promise<string>;
  json(): Promise<unknown>;
}

interface WholeReader {
  read(): Promise<{ done: boolean; value: Uint8Array | undefined }>;
  cancel(): Promise<void>;
  releaseLock(): void;
}

interface Call {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal | null;
}

/** @returns a `fetch` over these connections. */
export function pooledFetch(dispatcher: Agent): typeof fetch {
  const limited = dispatcher.compose((dispatch) => (options, handler) => dispatch(options, new LimitedAnswer(handler)));
  const answer = async (input: string | URL, call: Call = {}) => {
    if (typeof call.body !== 'string' || call.body.includes('"stream":true')) {
      return streamingFetch(input, { ...call, signal: call.signal ?? null, dispatcher: limited });
    }
    const { statusCode, headers, body } = await dispatcher.request({
      origin: originOf(input),
      path: String(input).slice(originOf(input).length),
      method: 'POST',
      headers: call.headers ?? {},
      body: call.body,
      ...(call.signal === undefined || call.signal === null ? {} : { signal: call.signal }),
    });
    return wholeResponse(String(input), statusCode, headers, await wholeBytes(body));
  };
  return answer as unknown as typeof fetch;
}

/** What its types leave out. */
const decorated = DecoratorHandler.prototype as Dispatcher.DispatchHandler;

/** Nobody downstream counts the bytes of a stream: a line without end would fill the memory. */
class LimitedAnswer extends DecoratorHandler {
  #bytes = 0;

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    try {
      checkLength(this.#bytes);
    } catch (error) {
      controller.abort(error as Error);
      return;
    }
    decorated.onResponseData?.call(this, controller, chunk);
  }
}

const origins = new Map<string, string>();

/** Providers ask the same few addresses over and over. */
function originOf(input: string | URL): string {
  const address = String(input);
  let origin = origins.get(address);
  if (origin === undefined) {
    if (origins.size > 1_000) origins.clear();
    origin = new URL(address).origin;
    origins.set(address, origin);
  }
  return origin;
}

function wholeResponse(
  url: string,
  status: number,
  received: Record<string, string | string[] | undefined>,
  bytes: Uint8Array,
): WholeResponse {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(received)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  let left: Uint8Array | undefined = bytes;
  const reader: WholeReader = {
    async read() {
      const value = left;
      left = undefined;
      return { done: value === undefined, value };
    },
    async cancel() {},
    releaseLock() {},
  };
  return {
    ok: status >= 200 && status < 300,
    status,
    statusText: '',
    url,
    headers,
    body: { getReader: () => reader, cancel: () => reader.cancel() },
    text: async () => textOf(bytes),
    json: async () => JSON.parse(textOf(bytes)) as unknown,
  };
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

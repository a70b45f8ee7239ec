/** The world outside of our database: takes calls, counts them by label and key, and answers whether a call with a key was made. */
import { createServer, type Server, type ServerResponse } from 'node:http';

export interface OutsideCall {
  key: string;
  label: string;
}

export class OutsideWorld {
  /** Every call that arrived. Nothing is deduplicated: a second one is what the tests look for. */
  readonly calls: OutsideCall[] = [];
  /** Completion tokens that were handed out, by label. */
  readonly tokens = new Map<string, string>();
  readonly url: string;
  readonly #server: Server;
  #hold: ((question: HeldQuestion) => void) | undefined;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => this.#take(request.url ?? '', JSON.parse(body) as OutsideCall & { pid: number }, response));
    });
  }

  static async open(): Promise<OutsideWorld> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    return new OutsideWorld(server, `http://127.0.0.1:${address.port}`);
  }

  /** How often the call with this label was made. */
  count(label: string): number {
    return this.calls.filter((call) => call.label === label).length;
  }

  /** What a world that knows the keys would have carried out for this label. */
  countByKey(label: string): number {
    return new Set(this.calls.filter((call) => call.label === label).map(({ key }) => key)).size;
  }

  /** Answers the next question truthfully, but not before it is released. */
  holdNextQuestion(): Promise<HeldQuestion> {
    return new Promise((resolve) => {
      this.#hold = resolve;
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take(path: string, message: OutsideCall & { pid: number }, response: ServerResponse): void {
    const { key, label, pid } = message;
    const answer = (value: object) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (path === '/effects') {
      this.calls.push({ key, label });
      answer({ called: label });
      return;
    }
    if (path === '/tokens') {
      this.tokens.set(label, key);
      answer({});
      return;
    }
    const truth = { happened: this.calls.some((call) => call.key === key) };
    const hold = this.#hold;
    this.#hold = undefined;
    if (hold === undefined) answer(truth);
    else hold({ pid, release: () => void answer(truth) });
  }
}

/** A question that waits for its answer. The answer says what was true when it was asked. */
export interface HeldQuestion {
  /** The process that asks. */
  pid: number;
  release(): void;
}

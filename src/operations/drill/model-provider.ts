/** A model provider of a drill's own: answers every chat completion with the same sentence, so that a rehearsal costs nothing and needs no key. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

const sentence = 'Hola, ¿en qué puedo ayudarle?';
const usage = { prompt_tokens: 10, completion_tokens: 8, total_tokens: 18 };

export class DrillModels implements AsyncDisposable {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #holding: PromiseWithResolvers<void> | undefined;
  #waiting = 0;
  #answered = 0;
  #delayMs = 0;

  static async open(): Promise<DrillModels> {
    const models = new DrillModels();
    models.#server.listen(0, '127.0.0.1');
    await once(models.#server, 'listening');
    return models;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Calls that were answered. */
  get answered(): number {
    return this.#answered;
  }

  /** Calls that are held. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Answers nothing until {@link release}. */
  hold(): void {
    this.#holding ??= Promise.withResolvers();
  }

  release(): void {
    this.#holding?.resolve();
    this.#holding = undefined;
  }

  /** Takes so long for each answer. */
  delay(milliseconds: number): void {
    this.#delayMs = milliseconds;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = (await json(request).catch(() => ({}))) as { stream?: boolean; model?: string };
    this.#waiting++;
    await this.#holding?.promise;
    // A caller who left is not waited for.
    const left = once(response, 'close').catch(() => {});
    if (this.#delayMs > 0) await Promise.race([left, new Promise((resolve) => setTimeout(resolve, this.#delayMs).unref())]);
    this.#waiting--;
    if (response.destroyed) return;
    this.#answered++;
    const common = { id: `drill-${this.#answered}`, created: Math.floor(Date.now() / 1_000), model: asked.model ?? 'drill' };
    if (asked.stream !== true) {
      const message = { role: 'assistant', content: sentence };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          ...common,
          object: 'chat.completion',
          choices: [{ index: 0, message, finish_reason: 'stop' }],
          usage,
        }),
      );
      return;
    }
    const chunk = (delta: object, finish: string | null, more: object = {}) =>
      `data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk({ role: 'assistant', content: sentence }, null));
    response.end(`${chunk({}, 'stop', { usage })}data: [DONE]\n\n`);
  }
}

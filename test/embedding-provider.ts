/** A server of embeddings on the wire, in OpenAI's shape: texts with the same words lie close together. It fails on demand. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface EmbeddingProvider {
  /** Base URL, with `/v1`. */
  url: string;
  /** All texts that it was asked for, by model. */
  inputs: { model: string; input: string }[];
  /** `silent` never answers, `nonsense` answers with no vector. */
  mood: 'well' | 'failing' | 'silent' | 'nonsense';
  /** Before each answer, in milliseconds. */
  delayMs: number;
  close(): Promise<void>;
}

const dimensions = 512;

/** Each word is a direction of its own, so that the cosine is the share of common words. */
function vectorOf(text: string): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    let at = 7;
    for (const character of word) at = (at * 31 + (character.codePointAt(0) ?? 0)) % dimensions;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  return vector;
}

export async function startEmbeddingProvider(): Promise<EmbeddingProvider> {
  const provider: EmbeddingProvider = { url: '', inputs: [], mood: 'well', delayMs: 0, close: async () => {} };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { model, input } = JSON.parse(Buffer.concat(parts).toString()) as { model: string; input: string | string[] };
    const texts = [input].flat();
    provider.inputs.push(...texts.map((text) => ({ model, input: text })));
    if (provider.mood === 'silent') return;
    if (provider.delayMs > 0) await sleep(provider.delayMs);
    const failing = provider.mood === 'failing';
    response.writeHead(failing ? 400 : 200, { 'content-type': 'application/json' });
    const tokens = texts.join(' ').split(/\s+/).length;
    const data = texts.map((text, index) => {
      const embedding = provider.mood === 'nonsense' ? null : vectorOf(text);
      return { object: 'embedding', index, embedding };
    });
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    const answer = { object: 'list', model, data, usage };
    response.end(JSON.stringify(failing ? { error: { message: 'No.', type: 'invalid_request_error' } } : answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  provider.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return provider;
}

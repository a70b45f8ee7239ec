/** A stand-in for a server with OpenAI's audio API: it hears what a test said that a sound is, by the hash of its bytes, and nothing else. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Recogniser extends Disposable {
  /** Base URL, to be TIMONEL_OPENAI_URL. */
  url: string;
  /** What is heard in these bytes: the members of a verbose answer, or a status. */
  means(sound: Uint8Array, answer: Record<string, unknown> | number): void;
  /** Names of the files that came, and models. */
  heard: string[];
  /** Requests for speech. */
  spoken: Record<string, unknown>[];
  /** What speech is answered with. */
  voice: Buffer;
}

/** The beginning of a stream of Opus in OGG, of its own for each text. */
export function oggOf(text: string): Buffer<ArrayBuffer> {
  const head = Buffer.concat([
    Buffer.from('OggS\0\x02'),
    Buffer.alloc(20),
    Buffer.from('\x01\x13OpusHead\x01\x01'),
    Buffer.alloc(32),
  ]);
  return Buffer.concat([head, Buffer.from(text)]);
}

export async function startRecogniser(): Promise<Recogniser> {
  const known = new Map<string, Record<string, unknown> | number>();
  const heard: string[] = [];
  const spoken: Record<string, unknown>[] = [];
  const made: Pick<Recogniser, 'voice'> = { voice: oggOf('a spoken reply') };
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const transcription = async (request: IncomingMessage): Promise<Record<string, unknown> | number> => {
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const form = await new Response(await buffer(request), { headers }).formData();
    const file = form.get('file');
    if (!(file instanceof File) || form.get('response_format') !== 'verbose_json') return 400;
    heard.push(`${file.name} ${form.get('model')}`);
    return known.get(hash(new Uint8Array(await file.arrayBuffer()))) ?? 400;
  };
  const server = createServer(async (request, response) => {
    if (request.headers.authorization !== 'Bearer test') return void response.writeHead(401).end();
    if (request.url === '/audio/speech') {
      spoken.push(JSON.parse((await buffer(request)).toString()) as Record<string, unknown>);
      return void response.writeHead(200, { 'content-type': 'audio/ogg' }).end(made.voice);
    }
    const answer = request.url === '/audio/transcriptions' ? await transcription(request) : 404;
    const body = typeof answer === 'number' ? { error: { message: 'refused' } } : answer;
    response.writeHead(typeof answer === 'number' ? answer : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    means: (sound, answer) => void known.set(hash(sound), answer),
    heard,
    spoken,
    get voice() {
      return made.voice;
    },
    set voice(bytes) {
      made.voice = bytes;
    },
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

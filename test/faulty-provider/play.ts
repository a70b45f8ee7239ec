/** Plays one answer of the faulty provider: the right one, or the fault of its model at the stage where it belongs. */
import { canonicalAnswer, continuationOf, otherAnswer, thoughts, tokensOf, toolArguments } from './answer.ts';
import { type Content, type Ending, type ErrorName, errors, type Fault } from './faults.ts';
import type { Block, Protocol, Reply } from './protocols.ts';
import type { Wire } from './wire.ts';

export interface Scene {
  protocol: Protocol;
  fault: Fault;
  content: Content;
  wire: Wire;
  stream: boolean;
  id: string;
  model: string;
  promptTokens: number;
  /** What the last message of the request says, where it is the model's own: the answer goes on from there. */
  prefill: string | undefined;
  /** Whether usage was asked for. */
  usage: boolean;
  /** What a second of a fault lasts, in milliseconds. */
  second: number;
  /** Between two tokens, in milliseconds. */
  interval: number;
  /** Told of the status once it is sent, and of each token. */
  onStatus(status: number): void;
  onToken(): void;
}

const unreadMs = 50;

/** More than any answer has. */
const tooManyBytes = 96 * 2 ** 20;

export async function play(scene: Scene): Promise<void> {
  const { fault, wire, second } = scene;
  if (fault.stage === 'none' && fault.prefill === 'rejected' && scene.prefill !== undefined)
    return refuse(scene, 'prefillRejected');
  if (scene.protocol.name === 'anthropic' && scene.prefill?.endsWith(' ') === true) return refuse(scene, 'malformedRequest');
  if (fault.stage === 'before headers') {
    if ('error' in fault) return refuse(scene, fault.error, retryAfter(fault.retryAfter));
    if ('ends' in fault) return wire.reset();
    await wire.pause(fault.waitSeconds * second);
    if (!fault.answers) return wire.close();
  }
  if (fault.stage === 'after headers' && 'ends' in fault) {
    await head(scene, scene.stream ? eventStream : { 'content-length': '4096', ...json });
    return breakOff(scene, 'reset');
  }
  if (fault.stage === 'body') return instead(scene, fault.instead);
  return scene.stream ? playStream(scene) : playWhole(scene);
}

const json = { 'content-type': 'application/json' };
const eventStream = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };

async function head({ wire, onStatus }: Scene, headers: Record<string, string>, status = 200): Promise<void> {
  onStatus(status);
  await wire.head(status, headers);
}

async function refuse(scene: Scene, name: ErrorName, headers: Record<string, string> = {}): Promise<void> {
  const body = Buffer.from(JSON.stringify(scene.protocol.error(name)));
  await head(scene, { ...json, 'content-length': String(body.length), ...headers }, errors[name].status);
  await scene.wire.body(body);
  await scene.wire.end();
}

function retryAfter(asked: { seconds: number; as: 'seconds' | 'date' } | undefined): Record<string, string> {
  if (asked === undefined) return {};
  // A date has whole seconds: rounded up, it is never sooner than what is meant.
  const date = new Date(Math.ceil(Date.now() / 1000 + asked.seconds) * 1000);
  return { 'retry-after': asked.as === 'seconds' ? String(asked.seconds) : date.toUTCString() };
}

function replyOf({ fault, content, id, model, promptTokens, prefill, usage }: Scene): { reply: Reply; tokens: number } {
  const answer = fault.stage === 'none' && fault.says !== undefined ? otherAnswer : canonicalAnswer;
  const said = prefill === undefined ? answer : continuationOf(answer, prefill);
  const text: Block = { kind: 'text', tokens: tokensOf(said) };
  const blocks: Record<Content, readonly Block[]> = {
    text: [text],
    'tool call': [{ kind: 'tool', tokens: tokensOf(toolArguments) }],
    'thinking and text': [{ kind: 'thinking', tokens: tokensOf(thoughts) }, text],
  };
  const tokens = blocks[content].reduce((sum, block) => sum + block.tokens.length, 0);
  const omitted = fault.stage === 'none' && fault.omits === 'usage';
  const reply = { id, model, blocks: blocks[content], promptTokens, completionTokens: tokens, usage: usage && !omitted };
  return { reply, tokens };
}

/** The events of each token, in order. */
function* tokenEvents({ protocol }: Scene, reply: Reply): Generator<string[]> {
  for (const [index, { tokens }] of reply.blocks.entries())
    for (const token of tokens.keys()) yield protocol.token(reply, index, token);
}

async function playStream(scene: Scene): Promise<void> {
  const { protocol, fault, wire, second, interval, onToken } = scene;
  const { reply } = replyOf(scene);
  await head(scene, eventStream);
  if (fault.stage === 'after headers' && 'waitSeconds' in fault) await wire.pause(fault.waitSeconds * second);
  const failure = fault.stage === 'stream' ? fault : undefined;
  // An error right at the beginning takes the place of everything else.
  if (failure === undefined || !('error' in failure) || failure.afterTokens > 0)
    for (const event of protocol.opening(reply)) await wire.event(event);
  let index = 0;
  const pause = fault.stage === 'none' ? fault.pauses : undefined;
  for (const events of tokenEvents(scene, reply)) {
    if (pause?.afterTokens === index) await wire.pause(pause.seconds * second);
    if (failure?.afterTokens === index) {
      await wire.pause(interval);
      if ('ends' in failure) return breakOff(scene, failure.ends);
      if ('silentSeconds' in failure) {
        await wire.pause(failure.silentSeconds * second);
        return wire.close();
      }
      if ('error' in failure) {
        await wire.event(protocol.errorEvent(failure.error));
        return wire.end();
      }
      await wire.event(protocol.malformedEvent);
    }
    for (const event of events) await wire.event(event);
    onToken();
    index += 1;
    await wire.pause(interval);
  }
  for (const event of protocol.closing(reply)) await wire.event(event);
  if (fault.stage !== 'none' || fault.omits !== 'done') await wire.event(protocol.done);
  await wire.end();
}

/** What a fault of a stream is in an answer that comes whole. */
async function playWhole(scene: Scene): Promise<void> {
  const { protocol, fault, wire, second, interval } = scene;
  const { reply, tokens } = replyOf(scene);
  const body = Buffer.from(JSON.stringify(protocol.whole(reply)));
  const headers = { ...json, 'content-length': String(body.length) };
  if (fault.stage === 'after headers' && 'waitSeconds' in fault) {
    await head(scene, headers);
    await wire.pause(fault.waitSeconds * second);
    await wire.body(body);
    return wire.end();
  }
  if (fault.stage === 'stream' && 'error' in fault) {
    const error = Buffer.from(JSON.stringify(protocol.error(fault.error)));
    await head(scene, { ...json, 'content-length': String(error.length) });
    await wire.body(error);
    return wire.end();
  }
  if (fault.stage === 'stream' && 'malformed' in fault) return instead(scene, 'truncated JSON');
  await head(scene, headers);
  if (fault.stage !== 'stream') {
    await wire.body(body);
    for (let token = 0; token < tokens; token += 1) scene.onToken();
    return wire.end();
  }
  await wire.body(body.subarray(0, Math.floor(body.length * (fault.afterTokens / tokens))));
  await wire.pause(interval);
  if ('silentSeconds' in fault) await wire.pause(fault.silentSeconds * second);
  return breakOff(scene, 'ends' in fault ? fault.ends : 'closed');
}

/** A reset throws away what the other side has not read yet: it gets the time to read what was sent. */
async function breakOff({ wire }: Scene, ending: Ending): Promise<void> {
  if (ending === 'closed') return wire.close();
  await wire.pause(unreadMs);
  wire.reset();
}

/** A body that is not what its protocol promises, orderly at the level of HTTP. */
async function instead(scene: Scene, what: 'html' | 'too many bytes' | 'truncated JSON'): Promise<void> {
  const { protocol, wire, stream } = scene;
  const { reply } = replyOf(scene);
  if (what === 'html') {
    await head(scene, { 'content-type': 'text/html; charset=utf-8' });
    await wire.body(Buffer.from('<!doctype html><html><body><h1>Welcome to nginx!</h1></body></html>'));
  } else if (what === 'truncated JSON') {
    await head(scene, stream ? eventStream : json);
    if (stream) {
      for (const event of protocol.opening(reply)) await wire.event(event);
      for (let token = 0; token < 5; token += 1) {
        for (const event of protocol.token(reply, 0, token)) await wire.event(event);
        scene.onToken();
      }
      await wire.body(Buffer.from(protocol.token(reply, 0, 5).join('').slice(0, -12)));
    } else {
      const body = Buffer.from(JSON.stringify(protocol.whole(reply)));
      await wire.body(body.subarray(0, body.length >> 1));
    }
  } else {
    await head(scene, stream ? eventStream : json);
    // One event, or one string, without end.
    await wire.body(Buffer.from(stream ? 'data: {"choices":[{"delta":{"content":"' : '{"choices":[{"message":{"content":"'));
    const block = Buffer.alloc(2 ** 16, 'a');
    while (wire.bytes < tooManyBytes) await wire.body(block);
  }
  await wire.end();
}

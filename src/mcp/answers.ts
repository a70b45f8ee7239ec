/** Answers of servers as agents see them, and what an error says of a call: nothing happened, or nobody knows. */
import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client';
import { messageOf } from '../errors.ts';
import { networkErrorCode, wasNotSent } from '../network-failures.ts';
import type { JsonValue } from '../vocabulary.ts';
import { type McpAnswer, McpCallUnclear, McpNotConnected, type McpOtherPart } from './contract.ts';
import { plainText } from './text.ts';

type Sdk = typeof import('@modelcontextprotocol/client');

const mostText = 16 * 1_048_576;

export function answerFrom(result: CallToolResult): McpAnswer {
  const { content = [], structuredContent, isError } = result;
  const texts: string[] = [];
  const parts: McpOtherPart[] = [];
  for (const block of content) {
    const read = blockOf(block);
    if (typeof read === 'string') texts.push(read);
    else parts.push(read);
  }
  const text = plainText(texts.join('\n\n'), mostText);
  if (isError === true) return { kind: 'failed', text: text === '' ? 'The tool failed, and did not say why.' : text };
  return {
    kind: 'answered',
    text,
    ...(structuredContent === undefined ? {} : { structured: structuredContent as JsonValue }),
    ...(parts.length === 0 ? {} : { parts }),
  };
}

function blockOf(block: ContentBlock): string | McpOtherPart {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
    case 'audio':
      return { type: block.type, mediaType: plainText(block.mimeType, 100), bytes: Math.floor((block.data.length * 3) / 4) };
    case 'resource_link':
      return { type: 'link', uri: plainText(block.uri, 2_000) };
    case 'resource': {
      const { resource } = block;
      if ('text' in resource) return `${plainText(resource.uri, 2_000)}\n${resource.text}`;
      const bytes = Math.floor((resource.blob.length * 3) / 4);
      return { type: 'resource', uri: plainText(resource.uri, 2_000), bytes };
    }
  }
}

/** Answers of HTTP with which a server, or what stands before it, refuses a request without having looked at it. */
const refusals = new Set([400, 401, 403, 404, 405, 406, 413, 415, 421, 426, 429]);

/** What an error says of a call. @throws McpCallUnclear, McpNotConnected */
export function answerToError(sdk: Sdk, error: unknown): McpAnswer {
  const stated = ofNotConnected(error);
  if (stated !== undefined) throw stated;
  const message = plainText(messageOf(error), 2_000);
  // The server answered: with an error.
  if (error instanceof sdk.ProtocolError) {
    const refused = ([sdk.ProtocolErrorCode.InvalidParams, sdk.ProtocolErrorCode.MethodNotFound] as number[]).includes(error.code);
    return refused || error.code === sdk.ProtocolErrorCode.InvalidRequest
      ? { kind: 'refused', message }
      : { kind: 'failed', text: message };
  }
  if (error instanceof sdk.UnauthorizedError)
    throw new McpNotConnected('login', 'The server asks for a sign-in.', { cause: error });
  if (error instanceof sdk.SdkHttpError && refusals.has(error.status)) return { kind: 'refused', message };
  if (error instanceof sdk.SdkError && happenedNot(sdk, error)) return { kind: 'refused', message };
  if (wasNotSent(networkErrorCode(error))) return { kind: 'refused', message };
  throw new McpCallUnclear(`The server did not answer, and the call may have been carried out: ${message}`, { cause: error });
}

/** Told apart before anything is sent, or an answer that asks for what this client does not do. */
function happenedNot(sdk: Sdk, { code }: { code: string }): boolean {
  const codes: readonly string[] = [
    sdk.SdkErrorCode.NotConnected,
    sdk.SdkErrorCode.CapabilityNotSupported,
    sdk.SdkErrorCode.UnsupportedResultType,
    sdk.SdkErrorCode.InputRequiredRoundsExceeded,
  ];
  return codes.includes(code);
}

/** The library passes errors of sign-ins on as causes. */
export function ofNotConnected(error: unknown): McpNotConnected | undefined {
  for (let each: unknown = error; each instanceof Error; each = each.cause) if (each instanceof McpNotConnected) return each;
  return undefined;
}

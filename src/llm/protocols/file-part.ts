import type { LanguageModelV4FilePart } from '@ai-sdk/provider';
import { TimonelError } from '../../errors.ts';

/** A file within a message: a `data:` URL with its bytes, or a web address that the provider fetches itself. */
export function filePart(url: string, kind: 'image' | 'application', filename?: string): LanguageModelV4FilePart {
  const name = filename === undefined ? {} : { filename };
  const inline = /^data:([\w.+-]+\/[\w.+-]+);base64,([A-Za-z0-9+/=_-]+)$/.exec(url);
  if (inline !== null)
    return { type: 'file', mediaType: inline[1] as string, data: { type: 'data', data: inline[2] as string }, ...name };
  if (/^https?:\/\//.test(url) && URL.canParse(url))
    return { type: 'file', mediaType: `${kind}/*`, data: { type: 'url', url: new URL(url) }, ...name };
  throw new TimonelError(
    'invalid_request',
    'A file must be a data: URL in base64 (data:image/png;base64,…) or an http(s) address.',
  );
}

/** From the bytes of a document to its text. What needs a parser runs in a worker with limits of time and memory, and is loaded with it. */
import { Worker } from 'node:worker_threads';
import { type BulkheadPolicy, bulkhead } from 'cockatiel';
import { messageOf, TimonelError } from '../../errors.ts';
import type { TextFormat } from '../split/splitter.ts';
import { requireModestArchive } from './archive.ts';
import { decoded, normalizedText } from './decode.ts';
import { type DocumentType, formatOf, typeOf } from './media-types.ts';
import type { ParseAnswer, ParseTask } from './parse-worker.ts';

export interface SourceDocument {
  bytes: Uint8Array;
  mediaType?: string | undefined;
  charset?: string | undefined;
  key: string;
}

export interface ExtractedText {
  text: string;
  format: TextFormat;
  mediaType: DocumentType;
  /** That the document has itself. */
  title: string | undefined;
}

/** A document has this long to be parsed, in milliseconds. */
const longestParse = 60_000;
/** Characters that the text of a document may have. */
const longestText = 20_000_000;
const mostPages = 3_000;

/** Parsers beside each other; more wait for their turn. */
const parsers: BulkheadPolicy = bulkhead(2, 1_000);

/** @throws TimonelError `unsupported_media_type`, `document_invalid`, `payload_too_large` */
export async function extractText(source: SourceDocument): Promise<ExtractedText> {
  if (source.bytes.length === 0) throw new TimonelError('document_invalid', 'The document is empty. Send its bytes as the body.');
  const mediaType = typeOf(source.bytes, source.mediaType, source.key);
  const extracted = await textOf(source, mediaType);
  if (extracted.text.length > longestText) {
    throw new TimonelError(
      'payload_too_large',
      `The text has more than ${longestText} characters. Add the document in parts, under a key each.`,
    );
  }
  if (extracted.text.trim() === '') throw new TimonelError('document_invalid', withoutText(mediaType));
  return { ...extracted, mediaType };
}

function withoutText(type: DocumentType): string {
  return type === 'application/pdf'
    ? 'The PDF has pictures of pages and no text. Run a text recognition (OCR) over it first, e.g. ocrmypdf.'
    : 'There is no text in the document.';
}

async function textOf(source: SourceDocument, type: DocumentType): Promise<Omit<ExtractedText, 'mediaType'>> {
  switch (type) {
    case 'text/plain':
      return { text: decoded(source.bytes, source.charset), format: 'text', title: undefined };
    case 'text/markdown': {
      const text = decoded(source.bytes, source.charset);
      return { text, format: 'markdown', title: titleOf(text) };
    }
    case 'text/csv':
      return { text: decoded(source.bytes, source.charset), format: 'csv', title: undefined };
    case 'application/json': {
      const text = decoded(source.bytes, source.charset);
      requireJson(text);
      return { text, format: 'json', title: undefined };
    }
    case 'text/html':
      return parsed({ kind: 'html', text: decoded(source.bytes, source.charset) });
    case 'application/pdf':
      return parsed({ kind: 'pdf', bytes: Uint8Array.from(source.bytes), mostPages });
    case 'application/vnd.openxmlformats-officedocument.wordprocessingml.document':
      requireModestArchive(source.bytes);
      return parsed({ kind: 'docx', bytes: Uint8Array.from(source.bytes) });
    default:
      return { text: decoded(source.bytes, source.charset), format: formatOf(type), title: undefined };
  }
}

function requireJson(text: string): void {
  try {
    JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new TimonelError('document_invalid', `It is not valid JSON: ${messageOf(error)}.`, { cause: error });
  }
}

async function parsed(task: ParseTask): Promise<Omit<ExtractedText, 'mediaType'>> {
  const answer = await parsers.execute(() => parse(task));
  if (answer.kind === 'refused') throw new TimonelError('document_invalid', answer.message);
  return { text: normalizedText(answer.text), format: answer.format, title: answer.title };
}

function parse(task: ParseTask): Promise<ParseAnswer> {
  // From source in development and from dist/ when installed.
  const address = new URL(import.meta.url.endsWith('.ts') ? './parse-worker.ts' : './parse-worker.js', import.meta.url);
  const worker = new Worker(address, { workerData: task, resourceLimits: { maxOldGenerationSizeMb: 512 } });
  const { promise, resolve, reject } = Promise.withResolvers<ParseAnswer>();
  const timer = setTimeout(() => {
    resolve(refusal(`It takes longer than ${longestParse / 1_000} seconds to read. Add it in parts, or as text/plain.`));
  }, longestParse);
  worker.once('message', resolve);
  worker.once('error', (error: Error & { code?: string }) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
      resolve(refusal('It takes too much memory to read. Add it in parts, or as text/plain.'));
    else reject(error);
  });
  worker.once('exit', () => resolve(refusal('It could not be read.')));
  return promise.finally(() => {
    clearTimeout(timer);
    void worker.terminate();
  });
}

function refusal(message: string): ParseAnswer {
  return { kind: 'refused', message };
}

/**
 * The one heading of the first level, where there is one only. Several are parts of the document: the first of them would make every passage
 * look as if it were about that part.
 */
function titleOf(markdown: string): string | undefined {
  const [only, ...others] = markdown.matchAll(/^#[ \t]+(.{1,200})$/gm);
  return others.length === 0 ? only?.[1]?.trim() : undefined;
}

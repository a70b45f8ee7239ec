/** What is stored of a document beside its text: its passages, each with an id, the terms that it is found by, and the hash of its vector's text. */
import { createHash } from 'node:crypto';
import { textLanguageOf } from '../analysis/language-of.ts';
import { packedTermsOf } from '../analysis/terms.ts';
import type { TextLanguage } from '../contract.ts';
import { lastingId } from '../lasting-id.ts';
import type { Section } from '../split/sections.ts';
import { split, type TextFormat } from '../split/splitter.ts';
import type { CodeLanguage } from './media-types.ts';

export interface PreparedChunk {
  /** From the document, the headings and the text: unchanged passages keep it. */
  id: string;
  start: number;
  end: number;
  heading: readonly string[];
  text: string;
  terms: Uint8Array;
  /** SHA-256 of {@link embeddedText}. */
  hash: Uint8Array;
}

export interface PreparedText {
  language: TextLanguage;
  characters: number;
  chunks: PreparedChunk[];
}

/** Whose passages they are. */
export interface PreparedFor {
  documentId: string;
  title: string;
  language: TextLanguage | 'auto';
  /** Of code: its grammar. */
  code?: CodeLanguage | undefined;
}

/** @param sections of code, which a parser found. */
export function prepareText(
  text: string,
  format: TextFormat,
  { documentId, title, language: asked }: PreparedFor,
  sections?: readonly Section[],
): PreparedText {
  const language = asked === 'auto' ? textLanguageOf(text, format === 'code' ? 'en' : 'es') : asked;
  const seen = new Map<string, number>();
  let characters = 0;
  for (const _ of text) characters++;
  const chunks = split(text, format, sections).map((chunk): PreparedChunk => {
    const place = JSON.stringify([documentId, chunk.heading, chunk.text]);
    const before = seen.get(place) ?? 0;
    seen.set(place, before + 1);
    const embedded = embeddedText(title, chunk.heading, chunk.text);
    return {
      ...chunk,
      id: lastingId(`${place}${before === 0 ? '' : before}`),
      terms: packedTermsOf(embedded, language),
      hash: createHash('sha256').update(embedded).digest(),
    };
  });
  return { language, characters, chunks };
}

/** A passage with where it stands: what it is found by, and what its vector is made of. It is quoted without. */
export function embeddedText(title: string, heading: readonly string[], text: string): string {
  return [title, ...heading.filter((each) => each !== title), text].filter((part) => part !== '').join('\n');
}

/** Parsed files as texts, for a cache that outlives the process. */
import { z } from 'zod';
import type { CodeLanguage, ParsedFile } from './contract.ts';

/** Raised where what is known of a file changes: older entries are then not found. */
const version = 1;

export function parsedKey(language: CodeLanguage, hash: string): string {
  return `${version}:${language}:${hash}`;
}

const stored = z.object({ names: z.array(z.tuple([z.string(), z.number()])) }).loose();

export function encodeParsedFile(file: ParsedFile): string {
  return JSON.stringify({ ...file, names: [...file.names] });
}

/** @returns `undefined` for what is no parsed file */
export function decodeParsedFile(text: string | undefined): ParsedFile | undefined {
  if (text === undefined) return undefined;
  try {
    const read = stored.parse(JSON.parse(text));
    return { packageName: undefined, ...read, names: new Map(read.names) } as unknown as ParsedFile;
  } catch {
    return undefined;
  }
}

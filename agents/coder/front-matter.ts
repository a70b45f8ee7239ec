/** Markdown with a head between two lines of three hyphens, as skills and commands have it. */
import { parse, YAMLParseError } from 'yaml';

export type ParsedMarkdown = { head: Readonly<Record<string, unknown>> | undefined; body: string } | { problem: string };

/** `head` is `undefined` where there is none. */
export function parseFrontMatter(text: string): ParsedMarkdown {
  const [, head, body = ''] = /^\ufeff?---[ \t]*\r?\n([\s\S]*?)(?:\r?\n)?---[ \t]*(?:\r?\n([\s\S]*))?$/.exec(text) ?? [];
  if (head === undefined) return { head: undefined, body: text };
  try {
    const value: unknown = parse(head, { maxAliasCount: 0, prettyErrors: false });
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { problem: 'Its head has no fields. Write name: and description: on lines of their own.' };
    return { head: value as Record<string, unknown>, body };
  } catch (error) {
    const why = error instanceof YAMLParseError ? error.message : String(error);
    return { problem: `Its head is no YAML: ${why.split('\n')[0]}. Quote texts that have a colon.` };
  }
}

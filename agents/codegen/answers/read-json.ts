/** The one JSON object of an answer: bare, in a fence, or with words around it. */

export type ReadJson = { kind: 'read'; value: Record<string, unknown> } | { kind: 'malformed'; message: string };

const longest = 3_000_000;

export function readJson(text: string): ReadJson {
  if (text.length > longest) return malformed(`The answer has ${text.length} characters; ${longest} are the most. Answer shorter.`);
  const fences = [...text.matchAll(/^[ \t]*(`{3,}|~{3,})[ \t]*(?:json[c5]?)?[ \t]*\n([\s\S]*?)\n[ \t]*\1[ \t]*$/gim)];
  for (const [, , body = ''] of fences) {
    const value = parsed(body);
    if (value !== undefined) return { kind: 'read', value };
  }
  const bare = parsed(text);
  if (bare !== undefined) return { kind: 'read', value: bare };
  for (let at = text.indexOf('{'), looks = 0; at !== -1 && looks < 20; at = text.indexOf('{', at + 1), looks++) {
    const end = endOfObject(text, at);
    if (end === undefined) break;
    const value = parsed(text.slice(at, end));
    if (value !== undefined) return { kind: 'read', value };
  }
  return malformed('The answer has no JSON object that can be read. Answer with one JSON object and nothing else.');
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the braces are even again, those in strings not counted. */
function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return at + 1;
  }
  return undefined;
}

function malformed(message: string): ReadJson {
  return { kind: 'malformed', message };
}

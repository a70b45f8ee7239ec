/** The second line, where nothing can be run: how much of a reference a reply holds that the student has not seen. */

const gramLength = 5;
const keywords =
  /^(?:def|return|for|in|if|else|elif|while|print|and|or|not|range|len|class|import|from|int|void|public|static|new|const|let|var|function|break|continue|try|except|true|false|none|null)$/i;

function tokensOf(text: string): string[] {
  return text.replace(/(?:#|\/\/).*$/gm, '').match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|[^\s\w]/g) ?? [];
}
const normalised = (tokens: readonly string[]) =>
  tokens.map((token) => (/^\d/.test(token) ? '0' : /^[A-Za-z_]/.test(token) && !keywords.test(token) ? 'x' : token));

function gramsOf(tokens: readonly string[]): Set<string> {
  const grams = new Set<string>();
  for (let at = 0; at + gramLength <= tokens.length; at++) grams.add(tokens.slice(at, at + gramLength).join(' '));
  return grams;
}

export interface Similarity {
  /** Share of the reference's five-token runs that the reply holds, without those that the student has seen; 0 to 1. */
  exact: number;
  /** The same with names and numbers made one. */
  normalised: number;
}

export function similarityTo(reference: string, reply: string, seen: readonly string[]): Similarity {
  const measure = (read: (tokens: readonly string[]) => readonly string[]) => {
    const known = new Set(seen.flatMap((text) => [...gramsOf(read(tokensOf(text)))]));
    const own = [...gramsOf(read(tokensOf(reference)))].filter((gram) => !known.has(gram));
    if (own.length === 0) return 0;
    const held = gramsOf(read(tokensOf(reply)));
    return own.filter((gram) => held.has(gram)).length / own.length;
  };
  return { exact: measure((tokens) => tokens), normalised: measure(normalised) };
}

export const similarityLimits: Readonly<Similarity> = { exact: 0.3, normalised: 0.4 };

/** Answers for runs, with the reasoning that a model wrote into its text kept apart from it. Answers of the compatible API stay as they came. */
import type { LanguageModelV4Content } from '@ai-sdk/provider';
import { LRUCache } from 'lru-cache';
import type { Candidate } from '../attempt/candidates.ts';
import type { Part } from './answer-parts.ts';
import { closesOnly, ReasoningTags, thinksByName } from './reasoning-tags.ts';

/** Marks reasoning that came between tags: models are not shown it again, as their templates leave it out too. */
export const betweenTags = { timonel: { betweenTags: true } } as const;

/** Whether answers of a target may begin with reasoning of which only the closing tag comes. */
function thinks({ model, target }: Pick<Candidate, 'model' | 'target'>): boolean {
  return target.thinks ?? (thinksByName(model) || found.has(model));
}

/** Models of which that was found out here. Callers choose names, so that it is bounded. */
const found = new LRUCache<string, true>({ max: 1_000 });

/** The content of a whole answer, told apart. */
export function apart(
  content: readonly LanguageModelV4Content[],
  candidate: Pick<Candidate, 'model' | 'target'>,
): LanguageModelV4Content[] {
  // Where reasoning has come by itself the server has taken the tags away.
  if (candidate.target.thinks !== false && content.some((part) => part.type === 'text' && closesOnly(part.text)))
    found.set(candidate.model, true);
  const tags = new ReasoningTags(thinks(candidate) && !content.some(({ type }) => type === 'reasoning'));
  return content.flatMap((part, at): LanguageModelV4Content[] => {
    if (part.type !== 'text') return [part];
    const last = !content.slice(at + 1).some(({ type }) => type === 'text');
    const pieces = [...tags.push(part.text), ...(last ? tags.end() : [])];
    const only = pieces.length === 1 ? pieces[0] : undefined;
    if (only?.type === 'text' && only.text === part.text) return [part];
    return joined(pieces).map(({ type, text }) =>
      type === 'text' ? { ...part, text } : { type, text: text.trim(), providerMetadata: betweenTags },
    );
  });
}

function joined(pieces: ReturnType<ReasoningTags['push']>): typeof pieces {
  const all: typeof pieces = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (last?.type === piece.type) last.text += piece.text;
    else all.push({ ...piece });
  }
  return all;
}

/** The parts of a streamed answer, told apart. Text comes as soon as it is certain to be text. */
export async function* partsApart(
  parts: AsyncIterable<Part>,
  candidate: Pick<Candidate, 'model' | 'target'>,
): AsyncGenerator<Part> {
  let tags: ReasoningTags | undefined;
  let reasoned = false;
  /** The block that is open, as it is passed on. */
  let open: { type: 'text' | 'reasoning'; id: string } | undefined;
  let blocks = 0;
  let written = '';
  function* close(): Generator<Part> {
    if (open?.type === 'text') yield { type: 'text-end', id: open.id };
    if (open?.type === 'reasoning') yield { type: 'reasoning-end', id: open.id, providerMetadata: betweenTags };
    open = undefined;
  }
  function* passed(pieces: ReturnType<ReasoningTags['push']>): Generator<Part> {
    for (const { type, text } of pieces) {
      if (open?.type !== type) {
        yield* close();
        blocks += 1;
        open = { type, id: `apart-${blocks}` };
        if (type === 'text') yield { type: 'text-start', id: open.id };
        else yield { type: 'reasoning-start', id: open.id, providerMetadata: betweenTags };
      }
      yield type === 'text'
        ? { type: 'text-delta', id: open.id, delta: text }
        : { type: 'reasoning-delta', id: open.id, delta: text };
    }
  }
  for await (const part of parts) {
    switch (part.type) {
      case 'text-start':
        break;
      case 'text-delta':
        tags ??= new ReasoningTags(!reasoned && thinks(candidate));
        written += part.delta;
        yield* passed(tags.push(part.delta));
        break;
      case 'text-end':
        break;
      default:
        if (part.type.startsWith('reasoning')) reasoned = true;
        // Too late for this answer, whose beginning was shown; the next one is held.
        if (part.type === 'finish' && candidate.target.thinks !== false && closesOnly(written)) found.set(candidate.model, true);
        // Before a call, or the end, no more text of this block comes.
        if (tags !== undefined && part.type !== 'raw' && part.type !== 'response-metadata') {
          yield* passed(tags.end());
          yield* close();
        }
        yield part;
    }
  }
}

import type { Route } from '../routes/route.ts';
import { cacheKey } from './key.ts';
import { marksOf } from './similar-marks.ts';

/** A question that may be answered with the answer to a similar one. */
export interface SimilarQuestion {
  text: string;
  /** See `marksOf`. */
  marks: string;
  /** Names everything else: workspace, route, form of the answer, agent version, and the request without this one text. */
  scope: string;
}

/** Longer texts are more than a question: what little they differ in is lost in what they share. */
const longestText = 2_000;

type Json = Readonly<Record<string, unknown>>;

/** @returns `undefined` where the last message is not the user's, or not plain text: pictures and results of tools have no likeness here. */
export function similarQuestion(
  route: Route,
  workspaceId: string,
  request: Json,
  form: string,
  agentVersion?: string,
): SimilarQuestion | undefined {
  const { messages } = request;
  if (!Array.isArray(messages)) return undefined;
  const last = messages.at(-1) as Json | null | undefined;
  if (last?.['role'] !== 'user') return undefined;
  const found = textOf(last['content']);
  if (found === undefined || found.text.length > longestText || found.text.trim() === '') return undefined;
  const rest = { ...request, messages: [...messages.slice(0, -1), { ...last, content: found.rest }] };
  const model = `${route.alias}@${route.version} ${form} similar`;
  return {
    text: found.text,
    marks: marksOf(found.text),
    scope: `${workspaceId} ${cacheKey({ workspaceId, model, request: rest, agentVersion })}`,
  };
}

/** A text, or a list with one part that is one; and what is left of the content without it. */
function textOf(content: unknown): { text: string; rest: unknown } | undefined {
  if (typeof content === 'string') return { text: content, rest: undefined };
  if (!Array.isArray(content) || content.length !== 1) return undefined;
  const part = content[0] as Json | null;
  if (part?.['type'] !== 'text' || typeof part['text'] !== 'string') return undefined;
  return { text: part['text'], rest: [{ ...part, text: undefined }] };
}

/** Questions that no tool of a dialogue answers: looked up in the documents of the house, and answered word for word or not at all. */
import type { RetrieveOutput } from '../tools/retrieve-tool.ts';
import { askIfPossible, type Dialogue } from './ask.ts';
import type { DialogueKnowledge } from './contract.ts';
import type { Turn } from './turn.ts';

/** The tool of {@link DialogueKnowledge}, where it names none. */
export const consultingTool = 'retrieve';

/** Longer passages are answered with their first paragraphs. */
const longestQuote = 700;

/** Messages of fewer words ask nothing that documents could answer, unless they read as a question. */
const leastWords = 3;

/** Whether a message that means nothing to the dialogue may be a question to the documents. */
export function mayBeAsked({ text, topics }: Turn): boolean {
  const words = text.match(/\p{L}{2,}/gu)?.length ?? 0;
  return words >= (topics.question ? 1 : leastWords);
}

/**
 * Looks the message up.
 * @returns the passage as a sentence, where the evidence for it is strong; `undefined` where it is not, or where nothing can be looked up
 */
export function* consult(turn: Turn, { tool = consultingTool }: DialogueKnowledge): Dialogue<string | undefined> {
  const found = yield* askIfPossible<Pick<RetrieveOutput, 'evidence' | 'passages'>>(tool, { query: turn.text.slice(0, 2_000) });
  const [first] = found?.passages ?? [];
  if (first === undefined || found?.evidence !== 'strong') return undefined;
  return turn.say.quoted(quotable(first.text), first.citation.title);
}

/** Without the headings above it, which the question was found by. */
function quotable(passage: string): string {
  const [first = '', ...others] = passage
    .replace(/^(?:\s*#{1,6}[ \t][^\n]*\n+)+/, '')
    .trim()
    .split(/\n\s*\n/);
  let text = first;
  for (const paragraph of others) {
    if (text.length + paragraph.length > longestQuote) break;
    text = `${text}\n${paragraph}`;
  }
  return text;
}

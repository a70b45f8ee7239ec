/** The documents of the sample shop in memory, searched as a Timonel searches them, and the questions that say how good the answers are. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Evidence } from '../../../src/knowledge/contract.ts';
import { CollectionIndex } from '../../../src/knowledge/index/collection-index.ts';
import { prepareText } from '../../../src/knowledge/ingest/prepare.ts';
import { Chat } from './chat.ts';
import { openSalon } from './plan.ts';

const folder = new URL('../knowledge/', import.meta.url);

/** A question, and the document and heading that answer it; none where nothing does. */
export interface ShopQuestion {
  question: string;
  relevant: string[];
}

/** What a question got: a passage, and whether it is the right one; or that it is not known, a question back, a person; or what a tool answered. */
export interface ShopAnswer extends ShopQuestion {
  kind: 'right' | 'wrong' | 'told' | 'other';
  reply: string;
  evidence: Evidence | undefined;
}

/** The misses of one half are looked at while rules are written; of the other only the shares are, and they are what is reported. */
export function shopQuestions(half: 'tuning' | 'measuring'): ShopQuestion[] {
  const all = ['es', 'en'].flatMap((language) => lines(`questions.${language}.jsonl`));
  return all.filter((_, at) => at % 2 === (half === 'tuning' ? 0 : 1));
}

function lines(name: string): ShopQuestion[] {
  const text = readFileSync(new URL(name, folder), 'utf8').trim();
  return text.split('\n').map((line) => JSON.parse(line) as ShopQuestion);
}

/** Asks each question in a conversation of its own. */
export async function answered(questions: readonly ShopQuestion[]): Promise<ShopAnswer[]> {
  const { index, passages } = indexed();
  const answers: ShopAnswer[] = [];
  for (const each of questions) {
    const salon = openSalon();
    const found = await searched(index, passages, each.question);
    salon.documents = () => found;
    const { text, calls, outcome } = new Chat(salon).says(each.question);
    const asked = calls.some(({ tool }) => tool === 'retrieve');
    answers.push({
      ...each,
      kind: kindOf(each, found, asked, text, outcome),
      reply: text,
      evidence: asked ? found.evidence : undefined,
    });
  }
  return answers;
}

type Found = Awaited<ReturnType<typeof searched>>;

function kindOf(
  { relevant }: ShopQuestion,
  { evidence, passages }: Found,
  asked: boolean,
  text: string,
  outcome: string,
): ShopAnswer['kind'] {
  const [first] = passages;
  if (asked && evidence === 'strong' && first !== undefined) {
    const right = relevant.some((each) => first.citation.heading.join(' ').includes(each.slice(each.indexOf('#') + 1)));
    return right ? 'right' : 'wrong';
  }
  const says =
    /no te lo s[eé] decir|no te entend|lo puede confirmar el equipo|no (hacemos|ofrecemos)|do not know|don't know|didn't (understand|get)|did not (understand|get)|the team|we (don't|do not) (do|offer)|person/i;
  return outcome !== 'replied' || says.test(text) ? 'told' : 'other';
}

async function searched(index: CollectionIndex, passages: ReadonlyMap<string, Passage>, question: string) {
  const query = { question, strategy: 'hybrid', limit: 5 } as const;
  let answer = await index.search(query);
  if (answer.kind === 'texts-needed') {
    index.addTexts([...passages].map(([id, { documentId, indexedText }]) => ({ id, documentId, text: indexedText })));
    answer = await index.search(query);
  }
  if (answer.kind !== 'found') throw new Error('The index wants texts that it has.');
  const found = answer.chunks.flatMap(({ id }) => passages.get(id) ?? []);
  return { evidence: answer.evidence, passages: found.map(({ text, heading, title }) => ({ text, citation: { heading, title } })) };
}

interface Passage {
  documentId: string;
  title: string;
  heading: readonly string[];
  text: string;
  indexedText: string;
}

function indexed() {
  const index = new CollectionIndex();
  const passages = new Map<string, Passage>();
  for (const key of readdirSync(new URL('shop/', folder))) {
    const text = readFileSync(new URL(`shop/${key}`, folder), 'utf8');
    const title = /^# (.+)$/m.exec(text)?.[1] ?? key;
    const { language, chunks } = prepareText(text, 'markdown', { documentId: key, title, language: 'auto' });
    const document = { id: key, language, metadata: {} };
    index.change(
      key,
      document,
      chunks.map(({ id, terms }) => ({ id, documentId: key, terms })),
    );
    for (const { id, heading, text: passage } of chunks)
      passages.set(id, { documentId: key, title, heading, text: passage, indexedText: [...heading, passage].join('\n') });
  }
  return { index, passages };
}

/** Shares, from 0 to 1. */
export function sharesOf(answers: readonly ShopAnswer[]) {
  const answerable = answers.filter(({ relevant }) => relevant.length > 0);
  const unanswerable = answers.filter(({ relevant }) => relevant.length === 0);
  const share = (all: readonly ShopAnswer[], kind: ShopAnswer['kind']) =>
    all.filter((each) => each.kind === kind).length / all.length;
  return {
    questions: answers.length,
    answered: share(answerable, 'right'),
    toldUnanswerable: share(unanswerable, 'told'),
    wrongQuotes: share(answers, 'wrong'),
  };
}

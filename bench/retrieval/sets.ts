/** Sets of questions with judgements: the one of the repository, and public ones in a folder that is given. Nothing is fetched. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RetrievalSet {
  name: string;
  documents: { key: string; text: string; format: 'text' | 'markdown' }[];
  /** `relevant` as in an evaluation: keys, with `#` and a text of the passage. */
  questions: { question: string; relevant: string[] }[];
  language: 'es' | 'en';
  /** Language of the questions, where it is another one. */
  asked?: 'es' | 'en';
}

export function ownSets(): RetrievalSet[] {
  const folder = join(import.meta.dirname, 'own');
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const lines = (name: string) =>
    read(name)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RetrievalSet['questions'][number]);
  return [
    {
      name: 'own-es',
      language: 'es',
      documents: [{ key: 'salon.es.md', text: read('salon.es.md'), format: 'markdown' }],
      questions: lines('questions.es.jsonl'),
    },
    {
      name: 'own-en',
      language: 'en',
      documents: [{ key: 'hotel.en.md', text: read('hotel.en.md'), format: 'markdown' }],
      questions: lines('questions.en.jsonl'),
    },
  ];
}

/** XQuAD, CoSQA and Cranfield, of those the ones that are there. */
export function publicSets(folder: string): RetrievalSet[] {
  const has = (...names: string[]) => names.every((name) => existsSync(join(folder, name)));
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const sets: RetrievalSet[] = [];
  const squad: Partial<Record<'es' | 'en', RetrievalSet>> = {};
  for (const language of ['es', 'en'] as const) {
    if (!has(`xquad.${language}.json`)) continue;
    squad[language] = xquad(read(`xquad.${language}.json`), language);
    sets.push(squad[language]);
  }
  if (squad.es !== undefined && squad.en !== undefined)
    sets.push({ ...squad.en, name: 'xquad-es-en', questions: squad.es.questions, asked: 'es' });
  if (has('cosqa-test.json', 'code_idx_map.txt')) sets.push(cosqa(read('cosqa-test.json'), read('code_idx_map.txt')));
  if (has('cran.all.1400.xml', 'cran.qry.xml', 'cranqrel.trec.txt'))
    sets.push(cranfield(read('cran.all.1400.xml'), read('cran.qry.xml'), read('cranqrel.trec.txt')));
  return sets;
}

function xquad(json: string, language: 'es' | 'en'): RetrievalSet {
  const { data } = JSON.parse(json) as { data: { paragraphs: { context: string; qas: { question: string }[] }[] }[] };
  const set: RetrievalSet = { name: `xquad-${language}`, language, documents: [], questions: [] };
  for (const { context, qas } of data.flatMap(({ paragraphs }) => paragraphs)) {
    const key = String(set.documents.length);
    set.documents.push({ key, text: context, format: 'text' });
    set.questions.push(...qas.map(({ question }) => ({ question, relevant: [key] })));
  }
  return set;
}

function cosqa(queries: string, map: string): RetrievalSet {
  const numbers = JSON.parse(map) as Record<string, number>;
  const asked = JSON.parse(queries) as { doc: string; code: string; retrieval_idx?: number }[];
  return {
    name: 'cosqa',
    language: 'en',
    documents: Object.entries(numbers).map(([text, number]) => ({ key: String(number), text, format: 'text' })),
    questions: asked.map(({ doc, code, retrieval_idx }) => ({ question: doc, relevant: [String(retrieval_idx ?? numbers[code])] })),
  };
}

function cranfield(documents: string, queries: string, judgements: string): RetrievalSet {
  const relevant = new Map<number, string[]>();
  for (const line of judgements.trim().split('\n')) {
    const [query = 0, , document = 0, grade = 0] = line.trim().split(/\s+/).map(Number);
    if (grade > 0) relevant.set(query, [...(relevant.get(query) ?? []), String(document)]);
  }
  const field = (text: string, name: string) => new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(text)?.[1]?.trim() ?? '';
  return {
    name: 'cranfield',
    language: 'en',
    documents: [...documents.matchAll(/<doc>([\s\S]*?)<\/doc>/g)].map(([, text = '']) => ({
      key: field(text, 'docno'),
      text: `${field(text, 'title')}\n${field(text, 'text')}`,
      format: 'text',
    })),
    // The judgements count queries in their order, whatever their own number says.
    questions: [...queries.matchAll(/<title>([\s\S]*?)<\/title>/g)].map(([, question = ''], at) => ({
      question: question.trim(),
      relevant: relevant.get(at + 1) ?? [],
    })),
  };
}

/**
 * How well passages are found, beside PostgreSQL's full text search and `minisearch`, all over the same passages: `npm run bench:retrieval`. Measures the
 * set of the repository, and the public sets in the folder that TIMONEL_RETRIEVAL_SETS names. A document counts once, at the rank of its first passage.
 */

import { type EvaluationFigures, figuresOf, type Judged } from '../src/knowledge/evaluation.ts';
import { CollectionIndex } from '../src/knowledge/index/collection-index.ts';
import { prepareText } from '../src/knowledge/ingest/prepare.ts';
import { minisearchPeer, type PeerPassage, postgresPeer } from './retrieval/peers.ts';
import { ownSets, publicSets, type RetrievalSet } from './retrieval/sets.ts';
import { gramsInto } from './retrieval/texts.ts';

interface Found {
  ids: readonly string[];
  evidence: Judged['evidence'];
}

const folder = process.env['TIMONEL_RETRIEVAL_SETS'];
const only = process.env['TIMONEL_RETRIEVAL_ONLY'];
const sets = [...ownSets(), ...(folder === undefined ? [] : publicSets(folder))].filter(
  ({ name }) => only === undefined || name === only,
);
if (folder === undefined) console.log('TIMONEL_RETRIEVAL_SETS names no folder with public sets; only the own set is measured.\n');
console.log(`${'set'.padEnd(12)} ${'method'.padEnd(28)} nDCG@10 recall@10   MRR   quotable wrong  silent  ms/query`);
for (const set of sets) await measure(set);

async function measure(set: RetrievalSet): Promise<void> {
  const { passages, index } = indexed(set);
  const whole = [...new Set(set.documents.map(({ key }) => key))].length === set.documents.length;
  if (!whole) throw new Error(`The set ${set.name} has a key twice.`);
  for (const strategy of ['hybrid', 'mmr'] as const) {
    await report(set, passages, `timonel, ${strategy}`, async (question) => {
      const answer = await index.search({ question, strategy, limit: 50 });
      if (answer.kind === 'found') return { ids: answer.chunks.map(({ id }) => id), evidence: answer.evidence };
      gramsInto(index, passages, answer.ids);
      const again = await index.search({ question, strategy, limit: 50 });
      return again.kind === 'found'
        ? { ids: again.chunks.map(({ id }) => id), evidence: again.evidence }
        : { ids: [], evidence: 'none' };
    });
  }
  const list = [...passages.values()].map(({ id, indexedText }): PeerPassage => ({ id, text: indexedText }));
  const any = await postgresPeer(list, set.language, false);
  await report(set, passages, 'PostgreSQL, any word', async (question) => ({ ids: await any.find(question), evidence: 'weak' }));
  await any.close();
  const every = await postgresPeer(list, set.language, true);
  await report(set, passages, 'PostgreSQL, websearch', async (question) => ({ ids: await every.find(question), evidence: 'weak' }));
  await every.close();
  const mini = minisearchPeer(list);
  await report(set, passages, 'minisearch', async (question) => ({ ids: await mini(question), evidence: 'weak' }));
}

export interface BenchPassage {
  id: string;
  key: string;
  documentId: string;
  text: string;
  indexedText: string;
}

function indexed({ documents, language }: RetrievalSet) {
  const index = new CollectionIndex();
  const passages = new Map<string, BenchPassage>();
  for (const { key, text, format } of documents) {
    const { chunks } = prepareText(text, format, { documentId: key, title: '', language });
    index.change(
      key,
      { id: key, language, metadata: {} },
      chunks.map(({ id, terms }) => ({ id, documentId: key, terms })),
    );
    for (const { id, text: passage, heading } of chunks)
      passages.set(id, { id, key, documentId: key, text: passage, indexedText: [...heading, passage].join('\n') });
  }
  return { index, passages };
}

async function report(
  set: RetrievalSet,
  passages: ReadonlyMap<string, BenchPassage>,
  method: string,
  find: (question: string) => Promise<Found>,
): Promise<void> {
  const judged: Judged[] = [];
  await find(set.questions[0]?.question ?? '');
  const started = performance.now();
  for (const { question, relevant } of set.questions) {
    const { ids, evidence } = await find(question);
    judged.push({ ...judgedOf(ids, relevant, passages), evidence });
  }
  const milliseconds = (performance.now() - started) / set.questions.length;
  console.log(
    `${set.name.padEnd(12)} ${method.padEnd(28)} ${figuresText(figuresOf(judged), method.startsWith('timonel'))} ${milliseconds.toFixed(2)}`,
  );
}

function judgedOf(
  ids: readonly string[],
  relevant: readonly string[],
  passages: ReadonlyMap<string, BenchPassage>,
): Omit<Judged, 'evidence'> {
  const byPassage = relevant.some((each) => each.includes('#'));
  const seen = new Set<string>();
  const hits: boolean[] = [];
  for (const id of ids) {
    const passage = passages.get(id);
    if (passage === undefined || hits.length === 10 || (!byPassage && seen.has(passage.key))) continue;
    seen.add(passage.key);
    hits.push(
      relevant.some((each) =>
        each.includes('#') ? passage.text.includes(each.slice(each.indexOf('#') + 1)) : each === passage.key,
      ),
    );
  }
  return { relevant: hits, expected: relevant.length };
}

function figuresText(
  { ndcg10, recall10, mrr, quotable, wrongQuotes, toldUnanswerable }: EvaluationFigures,
  tellsEvidence: boolean,
): string {
  const number = (value: number | null, width: number) => (value === null ? '–' : value.toFixed(4)).padStart(width);
  const evidence = tellsEvidence
    ? [number(quotable, 8), number(wrongQuotes, 6), number(toldUnanswerable, 6)]
    : ['', '', ''].map((text) => text.padStart(7));
  return [number(ndcg10, 7), number(recall10, 8), number(mrr, 8), ...evidence].join(' ');
}

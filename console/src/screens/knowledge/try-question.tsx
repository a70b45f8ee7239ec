import { Search } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Note, type Tone } from '../../parts/note.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { count, significant } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { knowledgeWords } from './words.ts';

type Found = Answer<'POST /api/v1/knowledge/query'>;
type Passage = Found['passages'][number];
type Texts = (typeof knowledgeWords)['en'];

const strategies = ['hybrid', 'lexical', 'vector', 'mmr'] as const;
type Strategy = (typeof strategies)[number];
const tones: Record<Found['evidence'], Tone> = { strong: 'good', weak: 'warn', none: 'quiet' };

/** Asks as an agent does, and shows how each passage came to its place. @param collection all of the workspace where absent. */
export function TryQuestion({ collection }: { collection?: string }) {
  const words = useWords(knowledgeWords);
  const [address, change] = useAddressState();
  const kept = address['q'] ?? '';
  const strategy = strategies.find((each) => each === address['by']) ?? 'hybrid';
  const [question, setQuestion] = useState(kept);
  const ask = useChange(
    ({ text, by }: { text: string; by: Strategy }) =>
      call('POST /api/v1/knowledge/query', {
        body: { query: text, strategy: by, limit: 10, ...(collection === undefined ? {} : { collections: [collection] }) },
      }),
    [],
  );
  const { mutate } = ask;
  useEffect(() => {
    if (kept !== '') mutate({ text: kept, by: strategy });
  }, [kept, strategy, mutate]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const text = question.trim();
    if (text === '') return;
    if (text === kept) mutate({ text, by: strategy });
    else change({ q: text });
  };
  return (
    <>
      <form className="knowledge-ask" onSubmit={submit}>
        <Field label={words.question}>
          <input
            value={question}
            maxLength={2_000}
            placeholder={words.questionHint}
            onChange={(event) => setQuestion(event.target.value)}
          />
        </Field>
        <Field label={words.strategy}>
          <select value={strategy} onChange={(event) => change({ by: event.target.value })}>
            {strategies.map((each) => (
              <option key={each} value={each}>
                {words.strategies[each]}
              </option>
            ))}
          </select>
        </Field>
        <Button kind={collection === undefined ? 'plain' : 'primary'} type="submit" icon={Search} busy={ask.isPending}>
          {words.ask}
        </Button>
      </form>
      {ask.error !== null && <Note kind="bad">{ask.error.message}</Note>}
      <div role="status" className="knowledge-found">
        {ask.data !== undefined && <FoundPassages found={ask.data} varied={strategy === 'mmr'} words={words} />}
      </div>
    </>
  );
}

function FoundPassages({ found, varied, words }: { found: Found; varied: boolean; words: Texts }) {
  const { passages, evidence, used, degraded } = found;
  return (
    <>
      <Note kind={tones[evidence]}>{words.evidence[evidence]}</Note>
      {degraded !== null && <Note kind="warn">{degraded}</Note>}
      {varied && <p className="small quiet">{words.variedNote}</p>}
      {passages.length === 0 ? (
        <p className="quiet">{words.noPassage}</p>
      ) : (
        <PlainTable
          label={words.scores}
          rows={passages}
          keyOf={({ citation }) => citation.chunkId}
          columns={[
            { title: words.rank, cell: ({ rank }) => count(rank) },
            { title: words.passage, long: true, cell: (passage) => <PassageCell passage={passage} /> },
            ...used.map((list) => ({
              title: words.lists[list as keyof Texts['lists']] ?? list,
              figure: true,
              cell: ({ lists }: Passage) => <ListPlace place={lists[list]} words={words} />,
            })),
            {
              title: words.fused,
              figure: true,
              cell: ({ score, boost }) => (
                <span title={boost === 1 ? undefined : words.boosted(count(boost))}>
                  {significant(score)}
                  {boost !== 1 && ` (× ${count(boost)})`}
                </span>
              ),
            },
          ]}
        />
      )}
      {passages.length > 0 && <p className="small quiet">{words.listHint}</p>}
    </>
  );
}

function PassageCell({ passage: { text, citation } }: { passage: Passage }) {
  return (
    <>
      <span className="small quiet">
        {citation.collection} · {citation.key}
        {citation.heading.length > 0 && ` · ${citation.heading.join(' › ')}`}
      </span>
      <p className="knowledge-text">{text.length > 400 ? `${text.slice(0, 400)}…` : text}</p>
    </>
  );
}

function ListPlace({ place, words }: { place: { rank: number; score: number } | undefined; words: Texts }) {
  if (place === undefined)
    return (
      <span className="quiet" title={words.notIn}>
        —
      </span>
    );
  return (
    <>
      {count(place.rank)} · {significant(place.score)}
    </>
  );
}

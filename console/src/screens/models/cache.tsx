import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Note } from '../../parts/note.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { bytes, count, money, percent } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { modelWords } from './words.ts';

export function ResponseCache() {
  const words = useWords(modelWords);
  const manages = useMay('models:manage');
  const [asks, setAsks] = useState(false);
  const read = useAnswer('GET /api/v1/cache/stats', {}, { every: 30_000 });
  const clear = useChange(() => call('DELETE /api/v1/cache'), ['GET /api/v1/cache/stats']);
  const { data } = read;
  return (
    <Section
      title={words.responseCache}
      actions={
        manages && (
          <Button kind="danger" onClick={() => setAsks(true)}>
            {words.clear}
          </Button>
        )
      }
    >
      <p className="small quiet">{words.cacheScope}</p>
      <Surface read={read} rows={2}>
        {data !== undefined && (
          <Facts
            facts={[
              [words.hits, count(data.hits)],
              [words.misses, count(data.misses)],
              [words.rate, data.rate === null ? '—' : percent(data.rate)],
              [words.joined, count(data.joined)],
              [words.similarHits, count(data.similar)],
              [words.stale, count(data.stale)],
              [words.entries, words.entriesOf(count(data.entries), bytes(data.bytes))],
              [words.saved, money(data.saved)],
              [words.redis, words.redisStates[data.redis]],
            ]}
          />
        )}
      </Surface>
      {clear.data !== undefined && (
        <Note kind={clear.data.everywhere ? 'good' : 'warn'}>
          {clear.data.everywhere ? words.cleared(count(clear.data.entries)) : words.clearedHere(count(clear.data.entries))}
        </Note>
      )}
      {asks && (
        <Confirm
          title={words.clear}
          what={words.clearWhat}
          verb={words.clear}
          danger
          act={() => clear.mutateAsync(undefined)}
          onClose={() => setAsks(false)}
        />
      )}
    </Section>
  );
}

import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Mark, type Tone } from '../../parts/note.tsx';
import { Section } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { ago, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { modelWords } from './words.ts';

type Breaker = Answer<'GET /api/v1/health/circuit-breaker'>['breakers'][number];

const tones: Record<Breaker['state'], Tone> = { closed: 'good', open: 'bad', 'half-open': 'warn' };

/** What stands before each model that this process called. */
export function Breakers() {
  const words = useWords(modelWords);
  const manages = useMay('models:manage');
  const [asks, setAsks] = useState<{ target: string; state: 'closed' | 'half-open' }>();
  const read = useAnswer('GET /api/v1/health/circuit-breaker', {}, { every: 15_000 });
  const force = useChange(
    (body: { target: string; state: 'closed' | 'half-open' }) => call('POST /api/v1/health/circuit-breaker', { body }),
    ['GET /api/v1/health/circuit-breaker'],
  );
  const breakers = read.data?.breakers ?? [];
  const history = read.data?.history ?? [];
  return (
    <Section title={words.breakers}>
      <p className="small quiet">
        {words.ofThisProcess} {words.statesHint}
      </p>
      <Surface read={read} rows={3} isEmpty={breakers.length === 0} empty={<p className="quiet">{words.noBreaker}</p>}>
        <PlainTable
          label={words.breakers}
          rows={breakers}
          keyOf={({ target }) => target}
          columns={[
            { title: words.target, cell: ({ target }) => <code>{target}</code> },
            { title: words.state, cell: ({ state }) => <Mark kind={tones[state]}>{words.states[state]}</Mark> },
            ...(manages
              ? [
                  {
                    title: words.act,
                    figure: true,
                    cell: ({ target, state }: Breaker) =>
                      state !== 'closed' && (
                        <span className="models-acts">
                          {state === 'open' && (
                            <Button aria-label={words.tryNamed(target)} onClick={() => setAsks({ target, state: 'half-open' })}>
                              {words.tryBreaker}
                            </Button>
                          )}
                          <Button aria-label={words.closeNamed(target)} onClick={() => setAsks({ target, state: 'closed' })}>
                            {words.closeBreaker}
                          </Button>
                        </span>
                      ),
                  },
                ]
              : []),
          ]}
        />
        <h3>{words.breakerHistory}</h3>
        {history.length === 0 ? (
          <p className="small quiet">{words.noHistory}</p>
        ) : (
          <PlainTable
            label={words.breakerHistory}
            rows={history.slice(0, 30).map((each, at) => ({ ...each, id: `${each.at} ${at}` }))}
            keyOf={({ id }) => id}
            columns={[
              {
                title: words.when,
                cell: ({ at }) => (
                  <time dateTime={at} title={exactTime(at)}>
                    {ago(at)}
                  </time>
                ),
              },
              { title: words.target, cell: ({ target }) => <code>{target}</code> },
              { title: words.state, cell: ({ state }) => <Mark kind={tones[state]}>{words.states[state]}</Mark> },
              { title: words.reason, long: true, cell: ({ reason }) => <span lang="en">{reason}</span> },
            ]}
          />
        )}
      </Surface>
      {asks !== undefined && (
        <Confirm
          title={asks.state === 'closed' ? words.closeNamed(asks.target) : words.tryNamed(asks.target)}
          what={asks.state === 'closed' ? words.closeWhat : words.tryWhat}
          verb={asks.state === 'closed' ? words.closeBreaker : words.tryBreaker}
          act={() => force.mutateAsync(asks)}
          onClose={() => setAsks(undefined)}
        />
      )}
    </Section>
  );
}

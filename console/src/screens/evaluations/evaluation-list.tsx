import { Link, useNavigate } from '@tanstack/react-router';
import { GitCompareArrows } from 'lucide-react';
import { useState } from 'react';
import { usePages } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { LoadMore } from '../../parts/load-more.tsx';
import { Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { ago, count, exactTime, money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { EvaluationMark, Passed } from './marks.tsx';
import { isUnderWay, shortVersion } from './shapes.ts';
import { Verdicts } from './verdicts.tsx';
import { evaluationWords } from './words.ts';

/** So many of the latest evaluations stand side by side. */
const sideBySide = 5;

export function EvaluationList({ agent }: { agent: string }) {
  const words = useWords(evaluationWords);
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [moving, setMoving] = useState(false);
  const list = usePages('GET /api/v1/evaluations', { query: { agent, limit: 20 } }, moving ? { every: 2_000 } : { every: 30_000 });
  const rows = list.data?.pages.flatMap(({ evaluations }) => evaluations) ?? [];
  const underWay = rows.some(isUnderWay);
  if (underWay !== moving) setMoving(underWay);
  const choose = (id: string) =>
    setChosen((before) => (before.includes(id) ? before.filter((each) => each !== id) : [...before, id].slice(-2)));
  const compare = () => {
    // The older one is what the other is held against.
    const [other = '', base = ''] = rows.map(({ id }) => id).filter((id) => chosen.includes(id));
    void navigate({ to: '/evaluations/compare', search: { base, other } as never });
  };
  return (
    <Sections wide>
      <Section
        title={words.views.runs}
        actions={
          rows.length > 1 && (
            <>
              <span className="small quiet">{chosen.length === 0 ? words.compareHint : words.chosenOf(count(chosen.length))}</span>
              <Button icon={GitCompareArrows} disabled={chosen.length !== 2} onClick={compare}>
                {words.compare}
              </Button>
            </>
          )
        }
      >
        <Surface read={list} rows={3} isEmpty={rows.length === 0} empty={<Empty title={words.none}>{words.noneHint}</Empty>}>
          <PlainTable
            label={words.views.runs}
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              {
                title: words.version,
                cell: ({ id, agentVersion, models }) => (
                  <>
                    <Link to={`/evaluations/${id}`}>{shortVersion(agentVersion)}</Link>
                    <span className="quiet">
                      {' '}
                      <code>{agentVersion.split('+')[1]?.slice(0, 7)}</code>
                      {models && ` · ${words.withModels}`}
                    </span>
                  </>
                ),
              },
              {
                title: words.began,
                cell: ({ createdAt }) => (
                  <time dateTime={createdAt} title={exactTime(createdAt)}>
                    {ago(createdAt)}
                  </time>
                ),
              },
              { title: words.state, cell: (evaluation) => <EvaluationMark evaluation={evaluation} /> },
              { title: words.passed, cell: (evaluation) => <Passed evaluation={evaluation} /> },
              { title: words.cost, figure: true, cell: ({ cost }) => money(cost) },
              {
                title: words.compare,
                figure: true,
                cell: ({ id, agentVersion, createdAt }) => (
                  <input
                    type="checkbox"
                    aria-label={`${words.chooseFor(shortVersion(agentVersion))}, ${exactTime(createdAt)}`}
                    checked={chosen.includes(id)}
                    onChange={() => choose(id)}
                  />
                ),
              },
            ]}
          />
          <LoadMore list={list} />
        </Surface>
      </Section>
      {rows.length > 0 && <Verdicts evaluations={rows.slice(0, sideBySide)} />}
    </Sections>
  );
}

/** One evaluation: how far it is, and what came of each case. */
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useAnswer, useChange, usePages } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { LoadMore } from '../../parts/load-more.tsx';
import { Note } from '../../parts/note.tsx';
import { Facts, Page, Section, Sections } from '../../parts/page.tsx';
import { Bar, PlainTable } from '../../parts/plain-table.tsx';
import '../../parts/rows.css';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count, duration, exactTime, money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import './evaluations.css';
import { EvaluationMark, VerdictMark } from './marks.tsx';
import { isUnderWay } from './shapes.ts';
import { evaluationWords } from './words.ts';

const filters = ['all', 'false', 'true'] as const;

export default function EvaluationPage() {
  const words = useWords(evaluationWords);
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const manages = useMay('evaluations:manage');
  const navigate = useNavigate();
  const [address, change] = useAddressState();
  const [asks, setAsks] = useState(false);
  const [moving, setMoving] = useState(false);
  const every = moving ? { every: 1_500 } : {};
  const path = { id };
  const filter = filters.find((each) => each === address['passed']) ?? 'all';
  const read = useAnswer('GET /api/v1/evaluations/{id}', { path }, every);
  const query = { limit: 100, ...(filter === 'all' ? {} : { passed: filter }) };
  const results = usePages('GET /api/v1/evaluations/{id}/results', { path, query }, every);
  const evaluation = read.data;
  const underWay = evaluation !== undefined && isUnderWay(evaluation);
  if (underWay !== moving) {
    setMoving(underWay);
    if (!underWay) void results.refetch();
  }
  // The page of an evaluation that is gone is not read again.
  const remove = useChange(() => call('DELETE /api/v1/evaluations/{id}', { path }), ['GET /api/v1/evaluations']);
  const rows = results.data?.pages.flatMap((page) => page.results) ?? [];
  const back = { agent: evaluation?.agent };
  return (
    <Page
      title={evaluation === undefined ? words.title : `${evaluation.agent} ${evaluation.agentVersion.split('+')[0]}`}
      scrolls
      actions={
        <Link className="small" to="/evaluations" search={back as never}>
          {words.back}
        </Link>
      }
      below={
        manages &&
        evaluation !== undefined && (
          <div className="page-actions">
            <Button kind="danger" icon={Trash2} onClick={() => setAsks(true)}>
              {words.remove}
            </Button>
          </div>
        )
      }
    >
      <Surface read={read} rows={3}>
        {evaluation !== undefined && (
          <Sections wide>
            <div className="evaluation-progress" role="status">
              <p>{words.progress(count(evaluation.passed + evaluation.failed), count(evaluation.cases))}</p>
              <Bar
                share={(evaluation.passed + evaluation.failed) / Math.max(1, evaluation.cases)}
                tone={evaluation.failed > 0 ? 'bad' : 'good'}
              />
            </div>
            {evaluation.failure !== null && <Note kind="bad">{evaluation.failure}</Note>}
            <Facts
              facts={[
                [words.state, <EvaluationMark key="state" evaluation={evaluation} />],
                [words.passed, words.passedOf(count(evaluation.passed), count(evaluation.cases))],
                [words.version, <code key="version">{evaluation.agentVersion}</code>],
                [words.models, evaluation.models ? words.modelsChoices.yes : words.modelsChoices.no],
                [words.cost, money(evaluation.cost)],
                [words.began, exactTime(evaluation.createdAt)],
              ]}
            />
            <Section
              title={words.results}
              actions={
                <div className="views evaluation-views" role="group" aria-label={words.resultsLabel}>
                  {filters.map((each) => (
                    <button type="button" key={each} aria-pressed={each === filter} onClick={() => change({ passed: each })}>
                      {words.resultsViews[each]}
                    </button>
                  ))}
                </div>
              }
            >
              <Surface read={results} rows={5} isEmpty={rows.length === 0} empty={<p className="quiet">{words.noResult}</p>}>
                <PlainTable
                  label={words.results}
                  rows={rows}
                  keyOf={({ position }) => String(position)}
                  columns={[
                    { title: words.case, cell: ({ name }) => name },
                    {
                      title: words.state,
                      cell: ({ passed }) => <VerdictMark verdict={passed === null ? 'waiting' : passed ? 'passed' : 'failed'} />,
                    },
                    {
                      title: words.faults,
                      long: true,
                      cell: ({ faults }) => (
                        <ul>
                          {faults.map((fault) => (
                            <li key={fault}>{fault}</li>
                          ))}
                        </ul>
                      ),
                    },
                    {
                      title: words.duration,
                      figure: true,
                      cell: ({ milliseconds }) => (milliseconds === null ? '' : duration(milliseconds)),
                    },
                  ]}
                />
                <LoadMore list={results} />
              </Surface>
            </Section>
          </Sections>
        )}
      </Surface>
      {asks && (
        <Confirm
          title={words.remove}
          what={words.removeWhat}
          verb={words.remove}
          danger
          act={async () => {
            await remove.mutateAsync(undefined);
            void navigate({ to: '/evaluations', search: back as never });
          }}
          onClose={() => setAsks(false)}
        />
      )}
    </Page>
  );
}

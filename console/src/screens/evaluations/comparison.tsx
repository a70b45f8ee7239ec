/** Two evaluations case by case: what became better, and what worse. */
import { Link } from '@tanstack/react-router';
import { ArrowLeftRight } from 'lucide-react';
import type { Answer } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Mark, Note, type Tone } from '../../parts/note.tsx';
import { Facts, Page, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import './evaluations.css';
import { VerdictMark } from './marks.tsx';
import { evaluationWords } from './words.ts';

type Compared = Answer<'GET /api/v1/evaluations/compare'>;
type Change = Compared['changes'][number]['change'];

const order: readonly Change[] = ['broken', 'fixed', 'differs', 'added', 'gone', 'same'];
const tones: Record<Change, Tone> = {
  broken: 'bad',
  fixed: 'good',
  differs: 'warn',
  added: 'info',
  gone: 'quiet',
  same: 'quiet',
};

export default function Comparison() {
  const words = useWords(evaluationWords);
  const [address, change] = useAddressState();
  const { base = '', other = '', agent } = address;
  const both = base !== '' && other !== '';
  const read = useAnswer(
    'GET /api/v1/evaluations/compare',
    { query: { base, other, ...(agent === undefined ? {} : { agent }) } },
    { enabled: both },
  );
  const compared = read.data;
  const rows = (compared?.changes ?? []).toSorted(
    (one, two) => order.indexOf(one.change) - order.indexOf(two.change) || one.name.localeCompare(two.name),
  );
  return (
    <Page
      title={words.comparison}
      scrolls
      actions={
        <>
          {both && (
            <Button icon={ArrowLeftRight} onClick={() => change({ base: other, other: base })}>
              {words.swap}
            </Button>
          )}
          <Link className="small" to="/evaluations" search={{ agent: compared?.base.agent } as never}>
            {words.back}
          </Link>
        </>
      }
    >
      {!both ? (
        <Empty title={words.comparePick} />
      ) : (
        <Surface read={read} rows={4}>
          {compared !== undefined && (
            <Sections wide>
              <CompareAnswer compared={compared} />
              <Facts
                facts={[
                  [words.base, <Side key="base" side={compared.base} />],
                  [words.other, <Side key="other" side={compared.other} />],
                  ...(['fixed', 'broken', 'same', 'differs', 'added', 'gone'] as const)
                    .filter((each) => compared[each] > 0 || each === 'fixed' || each === 'broken' || each === 'same')
                    .map((each) => [capital(words.counts[each]), count(compared[each])] as const),
                ]}
              />
              {rows.length > 0 && (
                <PlainTable
                  label={words.comparison}
                  rows={rows}
                  keyOf={({ name }) => name}
                  columns={[
                    { title: words.case, cell: ({ name }) => name },
                    {
                      title: words.comparison,
                      cell: ({ change: each }) => <Mark kind={tones[each]}>{words.changes[each]}</Mark>,
                    },
                    { title: words.base, cell: (row) => <VerdictMark verdict={row.base} /> },
                    { title: words.other, cell: (row) => <VerdictMark verdict={row.other} /> },
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
                  ]}
                />
              )}
            </Sections>
          )}
        </Surface>
      )}
    </Page>
  );
}

function CompareAnswer({ compared: { fixed, broken } }: { compared: Compared }) {
  const words = useWords(evaluationWords);
  if (broken > 0) return <Note kind="bad">{words.answerWorse(count(broken))}</Note>;
  if (fixed > 0) return <Note kind="good">{words.answerBetter(count(fixed))}</Note>;
  return <Note kind="good">{words.answerSame}</Note>;
}

function Side({ side: { id, agentVersion, createdAt } }: { side: Compared['base'] }) {
  return (
    <Link to={`/evaluations/${id}`} title={exactTime(createdAt)}>
      {agentVersion}
    </Link>
  );
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

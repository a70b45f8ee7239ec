import { Mark, type Tone } from '../../parts/note.tsx';
import { Bar, PlainTable } from '../../parts/plain-table.tsx';
import { count, percent } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { Indicator } from './figures.ts';
import { healthWords } from './words.ts';

const tones: Record<Indicator['status'], Tone> = { kept: 'good', burning: 'bad', missed: 'bad', unknown: 'quiet' };
const order: readonly Indicator['status'][] = ['burning', 'missed', 'kept', 'unknown'];

/** What was promised, what is left of what may go wrong, and how fast that is used up. */
export function Promises({ indicators }: { indicators: readonly Indicator[] }) {
  const words = useWords(healthWords);
  const rows = indicators.toSorted((one, other) => order.indexOf(one.status) - order.indexOf(other.status));
  const windows = rows[0]?.windows.map(({ window }) => window) ?? [];
  return (
    <>
      <p className="small quiet">{words.promisesHint}</p>
      <PlainTable
        label={words.promises}
        rows={rows}
        keyOf={({ sli }) => sli}
        columns={[
          {
            title: words.promise,
            cell: ({ sli, meaning }) => (
              <span title={meaning}>{words.indicators[sli as keyof typeof words.indicators] ?? sli}</span>
            ),
          },
          { title: words.objective, figure: true, cell: ({ objective }) => percent(objective, 2) },
          { title: words.status, cell: ({ status }) => <Mark kind={tones[status]}>{words.statuses[status]}</Mark> },
          { title: words.budgetLeft, cell: (row) => <Left indicator={row} /> },
          ...windows.map((window, at) => ({
            title: words.burn(window),
            figure: true,
            cell: ({ windows: of }: Indicator) => <Burn of={of[at]} />,
          })),
        ]}
      />
    </>
  );
}

function Left({ indicator: { budgetLeft } }: { indicator: Indicator }) {
  const words = useWords(healthWords);
  if (budgetLeft === null) return <span className="quiet">{words.noData}</span>;
  const tone = budgetLeft <= 0 ? 'bad' : budgetLeft < 0.25 ? 'warn' : 'good';
  return (
    <span className="health-left">
      <Bar share={budgetLeft} tone={tone} />
      <span>{percent(budgetLeft)}</span>
    </span>
  );
}

function Burn({ of }: { of: Indicator['windows'][number] | undefined }) {
  const words = useWords(healthWords);
  if (of === undefined || of.burnRate === null) return <span className="quiet">—</span>;
  return (
    <span title={words.badOf(count(Math.round(of.bad)), count(Math.round(of.events)))}>
      {count(Math.round(of.burnRate * 100) / 100)} ×
    </span>
  );
}

import { Link } from '@tanstack/react-router';
import type { Answer } from '../../api/client.ts';
import { useNames } from '../../parts/names.ts';
import { Bar, PlainTable } from '../../parts/plain-table.tsx';
import { useMay } from '../../session/session.tsx';
import { count, day, money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { costWords } from './words.ts';

export const groups = ['agent', 'model', 'user', 'key', 'day', 'workspace'] as const;
export type Group = (typeof groups)[number];
type Cost = Answer<'GET /api/v1/costs'>['costs'][number];

/** Groups with their share as a bar: of the money, or of the tokens where no money is known. */
export function CostTable({ by, rows }: { by: Group; rows: readonly Cost[] }) {
  const words = useWords(costWords);
  const names = useNames();
  const sees = useMay('conversations:read');
  const most = Math.max(...rows.map((row) => row.money));
  const mostTokens = Math.max(...rows.map((row) => row.tokens), 1);
  const nameOf = ({ name }: Cost) => {
    if (name === null) return <span className="quiet">{words.without[by]}</span>;
    if (by === 'agent' && sees)
      return (
        <Link to="/runs" search={{ agent: name } as never} title={words.runsOf(name)}>
          {name}
        </Link>
      );
    // At noon it is that day in every zone that a page may be in.
    if (by === 'day') return <time dateTime={name}>{day(`${name}T12:00:00Z`)}</time>;
    return by === 'user' ? names.user(name) : by === 'key' ? names.key(name) : name;
  };
  return (
    <PlainTable
      label={words.table(words.groups[by])}
      rows={rows}
      keyOf={({ name }) => name ?? ''}
      columns={[
        { title: words.groups[by], cell: nameOf },
        {
          title: words.money,
          figure: true,
          cell: (row) => (
            <span className="cost-bar">
              <Bar share={most > 0 ? row.money / most : row.tokens / mostTokens} />
              <span>{money(row.money)}</span>
            </span>
          ),
        },
        { title: words.calls, figure: true, cell: ({ calls }) => count(calls) },
        { title: words.tokens, figure: true, cell: ({ tokens }) => count(tokens) },
        {
          title: words.unpriced,
          figure: true,
          cell: ({ unpriced }) => (unpriced === 0 ? <span className="quiet">—</span> : count(unpriced)),
        },
      ]}
    />
  );
}

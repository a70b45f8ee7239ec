/** The same money three times: as calls were counted, as budgets were charged, and as runs say. */
import { Scale } from 'lucide-react';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { problemOf } from '../../api/problem.ts';
import { useAnswer } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Mark, Note } from '../../parts/note.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count, money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { costWords } from './words.ts';

type Run = Answer<'GET /api/v1/runs'>['runs'][number];

interface Sums {
  byAgent: ReadonlyMap<string, number>;
  runs: number;
  /** There are more than were added up. */
  cut: boolean;
}

interface Row {
  key: string;
  name: string;
  costs: number;
  budget: number | undefined;
  runs: number | undefined;
}

const mostPages = 50;
/** Money is kept to the nano-dollar. */
const same = (one: number, other: number) => Math.abs(one - other) < 1e-9;

export function Reconciliation({ period, since }: { period: 'day' | 'month'; since: string }) {
  const words = useWords(costWords);
  const seesAll = useMay('conversations:read-all');
  const costs = useAnswer('GET /api/v1/costs', { query: { by: 'agent', since } });
  const budgets = useAnswer('GET /api/v1/budgets', {}).data?.budgets.filter((each) => each.period === period) ?? [];
  const [sums, setSums] = useState<Sums>();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const add = async () => {
    setBusy(true);
    setFault(undefined);
    // Of one moment: what is compared is read anew with it.
    const [sum] = await Promise.all([addUp(since), costs.refetch()]).catch((error: unknown) => {
      setFault(problemOf(error).message);
      return [undefined];
    });
    setSums(sum);
    setBusy(false);
  };
  const budgetOf = (agent: string | null) =>
    budgets.find(({ scope, subject }) => (agent === null ? scope === 'workspace' : scope === 'agent' && subject === agent))?.uses[0]
      ?.spent.money;
  const agents = costs.data?.costs.flatMap(({ name, money: paid }) => (name === null ? [] : [{ name, paid }])) ?? [];
  const outside = costs.data?.costs.find(({ name }) => name === null)?.money ?? 0;
  const rows: Row[] = [
    ...agents.map(({ name, paid }) => ({
      key: `agent ${name}`,
      name,
      costs: paid,
      budget: budgetOf(name),
      runs: sums === undefined ? undefined : (sums.byAgent.get(name) ?? 0),
    })),
    ...(outside > 0 ? [{ key: 'outside', name: words.outside, costs: outside, budget: undefined, runs: undefined }] : []),
    {
      key: 'all',
      name: words.all,
      costs: costs.data?.total.money ?? 0,
      budget: budgetOf(null),
      runs: sums === undefined ? undefined : outside + [...sums.byAgent.values()].reduce((sum, each) => sum + each, 0),
    },
  ];
  return (
    <Surface read={costs} rows={3}>
      <p className="small quiet">{words.reconciliationHint}</p>
      {fault !== undefined && <Note kind="bad">{fault}</Note>}
      <PlainTable
        label={words.reconciliation}
        rows={rows}
        keyOf={({ key }) => key}
        columns={[
          { title: words.groups.agent, cell: ({ name, key }) => (key === 'all' ? <strong>{name}</strong> : name) },
          { title: words.counted, figure: true, cell: (row) => money(row.costs) },
          { title: words.charged, figure: true, cell: (row) => <Amount amount={row.budget} /> },
          { title: words.ofRuns, figure: true, cell: (row) => <Amount amount={row.runs} /> },
          { title: words.difference, cell: (row) => <Difference row={row} /> },
        ]}
      />
      {seesAll && (
        <div className="row">
          <Button icon={Scale} busy={busy} onClick={() => void add()}>
            {words.addUp}
          </Button>
          <span className="small quiet" role="status">
            {busy ? words.addingUp : sums === undefined ? words.addUpHint : words.added(count(sums.runs), sums.cut)}
          </span>
        </div>
      )}
    </Surface>
  );
}

function Amount({ amount }: { amount: number | undefined }) {
  return amount === undefined ? <span className="quiet">—</span> : money(amount);
}

function Difference({ row: { costs, budget, runs } }: { row: Row }) {
  const words = useWords(costWords);
  const off = [
    ...(budget === undefined || same(budget, costs) ? [] : [words.budgetOff(money(budget - costs))]),
    ...(runs === undefined || same(runs, costs) ? [] : [words.runsOff(money(runs - costs))]),
  ];
  if (budget === undefined && runs === undefined) return <span className="quiet">—</span>;
  return off.length === 0 ? <Mark kind="good">{words.agrees}</Mark> : <Mark kind="warn">{off.join(', ')}</Mark>;
}

/** Runs from the newest to the beginning of the period, page by page. */
async function addUp(since: string): Promise<Sums> {
  const byAgent = new Map<string, number>();
  let runs = 0;
  let after: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer: { runs: Run[]; next: string | null } = await call('GET /api/v1/runs', { query: { since, limit: 100, after } });
    for (const { agent, cost } of answer.runs) byAgent.set(agent, (byAgent.get(agent) ?? 0) + (cost ?? 0));
    runs += answer.runs.length;
    if (answer.next === null) return { byAgent, runs, cut: false };
    after = answer.next;
  }
  return { byAgent, runs, cut: true };
}

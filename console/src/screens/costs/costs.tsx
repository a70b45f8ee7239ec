/** What do calls to models cost, who spends it, and does it agree with budgets and runs? */
import { useMemo } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Note } from '../../parts/note.tsx';
import { Page, Section, Sections } from '../../parts/page.tsx';
import '../../parts/rows.css';
import { Surface } from '../../parts/surface.tsx';
import { useMe } from '../../session/session.tsx';
import { count, exactTime, money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { Budgets } from './budgets.tsx';
import './costs.css';
import { CostTable, groups } from './cost-table.tsx';
import { periods, startOf } from './period.ts';
import { Reconciliation } from './reconciliation.tsx';
import { costWords } from './words.ts';

export default function Costs() {
  const words = useWords(costWords);
  const me = useMe();
  const [address, change] = useAddressState();
  const period = periods.find((each) => each === address['period']) ?? 'month';
  const ofInstallation = me.workspaceId === 'default' && me.permissions.includes('operations:read');
  const choices = groups.filter((each) => each !== 'workspace' || ofInstallation);
  const by = choices.find((each) => each === address['by']) ?? 'agent';
  const since = useMemo(() => startOf(period), [period]);
  const grouped = useAnswer(
    'GET /api/v1/costs',
    { query: { by: by === 'workspace' ? 'agent' : by, since } },
    { enabled: by !== 'workspace', every: 60_000 },
  );
  const ofWorkspaces = useAnswer('GET /api/v1/costs/workspaces', { query: { since } }, { enabled: by === 'workspace' });
  const read = by === 'workspace' ? ofWorkspaces : grouped;
  const total = read.data?.total;
  return (
    <Page
      title={words.title}
      scrolls
      below={
        <div className="cost-views">
          <div className="views" role="group" aria-label={words.period}>
            {periods.map((each) => (
              <button type="button" key={each} aria-pressed={each === period} onClick={() => change({ period: each })}>
                {words.periods[each]}
              </button>
            ))}
          </div>
          <div className="views" role="group" aria-label={words.by}>
            {choices.map((each) => (
              <button type="button" key={each} aria-pressed={each === by} onClick={() => change({ by: each })}>
                {words.groups[each]}
              </button>
            ))}
          </div>
        </div>
      }
    >
      <Sections>
        <Surface read={read} rows={5}>
          {total !== undefined && (
            <div className="cost-answer">
              <p className="cost-total">
                <strong>{money(total.money)}</strong>{' '}
                <span title={exactTime(since)}>{words.spent(count(total.calls), count(total.tokens))}</span>
              </p>
              {total.unpriced > 0 && <Note kind="warn">{words.unpricedNote(count(total.unpriced))}</Note>}
              {total.calls === 0 ? <p className="quiet">{words.nothing}</p> : <CostTable by={by} rows={read.data?.costs ?? []} />}
            </div>
          )}
        </Surface>
        <Budgets />
        {(period === 'day' || period === 'month') && (
          <Section title={words.reconciliation}>
            <Reconciliation key={`${period} ${since}`} period={period} since={since} />
          </Section>
        )}
      </Sections>
    </Page>
  );
}

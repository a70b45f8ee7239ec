import { Plus } from 'lucide-react';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { useNames } from '../../parts/names.ts';
import { Section } from '../../parts/page.tsx';
import { Bar, PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count, exactTime, money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { BudgetForm } from './budget-form.tsx';
import { costWords } from './words.ts';

export type Budget = Answer<'GET /api/v1/budgets'>['budgets'][number];
type Use = Budget['uses'][number];

/** Of a budget that is each one's for itself, those who used most. */
const mostUses = 3;

export function Budgets() {
  const words = useWords(costWords);
  const manages = useMay('budgets:manage');
  const names = useNames();
  const read = useAnswer('GET /api/v1/budgets', {}, { every: 30_000 });
  const [form, setForm] = useState<Budget | 'new'>();
  const [removing, setRemoving] = useState<Budget>();
  const remove = useChange((id: string) => call('DELETE /api/v1/budgets/{id}', { path: { id } }), ['GET /api/v1/budgets']);
  const budgets = read.data?.budgets ?? [];
  const nameOf = (scope: Budget['scope'], subject: string) =>
    scope === 'user' ? names.user(subject) : scope === 'api-key' ? names.key(subject) : subject;
  const titleOf = ({ scope, subject }: Budget) =>
    subject !== null ? nameOf(scope, subject) : scope === 'workspace' ? words.scopes.workspace : words.each[scope];
  const rows = budgets.flatMap((budget): { budget: Budget; use: Use | undefined; first: boolean }[] =>
    budget.uses.length === 0
      ? [{ budget, use: undefined, first: true }]
      : budget.uses.slice(0, mostUses).map((use, at) => ({ budget, use, first: at === 0 })),
  );
  return (
    <Section
      title={words.budgets}
      actions={
        manages && (
          <Button icon={Plus} onClick={() => setForm('new')}>
            {words.setBudget}
          </Button>
        )
      }
    >
      <Surface read={read} rows={3} isEmpty={budgets.length === 0} empty={<p className="quiet">{words.noBudget}</p>}>
        <PlainTable
          label={words.budgets}
          rows={rows}
          keyOf={({ budget, use }) => `${budget.id} ${use?.subject ?? ''}`}
          columns={[
            {
              title: words.whose,
              cell: ({ budget, use, first }) => (
                <>
                  {first ? titleOf(budget) : <span className="only-read">{titleOf(budget)}</span>}
                  {budget.subject === null && use !== undefined && use.subject !== null && (
                    <span className="quiet"> · {nameOf(budget.scope, use.subject)}</span>
                  )}
                  {first && budget.subject !== null && <span className="quiet"> · {words.scopes[budget.scope]}</span>}
                </>
              ),
            },
            { title: words.period, cell: ({ budget: { period } }) => words.budgetPeriods[period] },
            { title: words.used, cell: ({ budget, use }) => <Used budget={budget} use={use} /> },
            {
              title: words.resets,
              cell: ({ budget: { resetsAt } }) =>
                resetsAt === null ? <span className="quiet">—</span> : <time dateTime={resetsAt}>{exactTime(resetsAt)}</time>,
            },
            ...(manages
              ? [
                  {
                    title: words.act,
                    figure: true,
                    cell: ({ budget, first }: (typeof rows)[number]) =>
                      first && (
                        <span className="budget-acts">
                          <Button onClick={() => setForm(budget)} aria-label={words.changeNamed(titleOf(budget))}>
                            {words.change}
                          </Button>
                          <Button kind="danger" onClick={() => setRemoving(budget)} aria-label={words.removeNamed(titleOf(budget))}>
                            {words.remove}
                          </Button>
                        </span>
                      ),
                  },
                ]
              : []),
          ]}
        />
      </Surface>
      {form !== undefined && <BudgetForm budget={form === 'new' ? undefined : form} onClose={() => setForm(undefined)} />}
      {removing !== undefined && (
        <Confirm
          title={words.removeNamed(titleOf(removing))}
          what={words.removeWhat}
          verb={words.remove}
          danger
          name={titleOf(removing)}
          act={() => remove.mutateAsync(removing.id)}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Section>
  );
}

/** What is spent and held of each limit, and what is left. */
function Used({ budget: { limit }, use }: { budget: Budget; use: Use | undefined }) {
  const words = useWords(costWords);
  const kinds = (['money', 'tokens'] as const).flatMap((kind) => {
    const most = limit[kind];
    return most === null ? [] : [{ kind, most }];
  });
  return (
    <span className="budget-uses">
      {kinds.map(({ kind, most }) => {
        const spent = use?.spent[kind] ?? 0;
        const reserved = use?.reserved[kind] ?? 0;
        const share = most === 0 ? 1 : (spent + reserved) / most;
        const text = (amount: number) => (kind === 'money' ? money(amount) : words.tokensOf(count(amount)));
        return (
          <span key={kind} className="budget-use" title={words.leftOf(text(use?.left[kind] ?? most), text(reserved))}>
            <Bar share={share} tone={share >= 1 ? 'bad' : share >= 0.8 ? 'warn' : 'plain'} />
            <span>
              {words.ofLimit(text(spent), text(most))}
              {reserved > 0 && <span className="quiet"> {words.held(text(reserved))}</span>}
              {share >= 1 && <strong> {words.usedUp}</strong>}
            </span>
          </span>
        );
      })}
    </span>
  );
}

import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/client.ts';
import { problemOf } from '../../api/problem.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { useNames } from '../../parts/names.ts';
import { Note } from '../../parts/note.tsx';
import { partWords } from '../../parts/words.ts';
import { useMay } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import type { Budget } from './budgets.tsx';
import { costWords } from './words.ts';

type Scope = Budget['scope'];
const scopes: readonly Scope[] = ['workspace', 'agent', 'user', 'api-key', 'run'];

/** Sets a budget, or other limits of one that is there: whose it is stays. */
export function BudgetForm({ budget, onClose }: { budget: Budget | undefined; onClose(): void }) {
  const words = useWords(costWords);
  const parts = useWords(partWords);
  const form = useId();
  const names = useNames();
  const agents = useAnswer('GET /api/v1/agents', {}, { enabled: useMay('agents:read') }).data?.agents ?? [];
  const [scope, setScope] = useState<Scope>(budget?.scope ?? 'workspace');
  const [subject, setSubject] = useState(budget?.subject ?? '');
  const [period, setPeriod] = useState<'day' | 'month'>(budget?.period === 'day' ? 'day' : 'month');
  const [dollars, setDollars] = useState(numberText(budget?.limit.money));
  const [tokens, setTokens] = useState(numberText(budget?.limit.tokens));
  const put = useChange(
    () =>
      call('PUT /api/v1/budgets', {
        body: {
          scope,
          ...(subject === '' ? {} : { subject }),
          ...(scope === 'run' ? {} : { period }),
          ...(dollars === '' ? {} : { money: Number(dollars) }),
          ...(tokens === '' ? {} : { tokens: Number(tokens) }),
        },
      }),
    ['GET /api/v1/budgets'],
  );
  const subjects: Record<Scope, readonly { id: string; name: string }[]> = {
    workspace: [],
    run: [],
    agent: agents.map(({ name }) => ({ id: name, name })),
    user: names.users,
    'api-key': names.keys.filter(({ revokedAt }) => revokedAt === null),
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await put.mutateAsync(undefined).then(onClose, () => {});
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={budget === undefined ? words.setBudget : words.change}
      actions={
        <>
          <Button onClick={onClose}>{parts.cancel}</Button>
          <Button kind="primary" type="submit" form={form} busy={put.isPending} disabled={dollars === '' && tokens === ''}>
            {parts.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="dialog-form">
        <Field label={words.scope}>
          <select
            value={scope}
            disabled={budget !== undefined}
            onChange={(event) => {
              setScope(event.target.value as Scope);
              setSubject('');
            }}
          >
            {scopes.map((each) => (
              <option key={each} value={each}>
                {words.scopes[each]}
              </option>
            ))}
          </select>
        </Field>
        {scope !== 'workspace' && scope !== 'run' && (
          <Field label={words.whose}>
            <select value={subject} disabled={budget !== undefined} onChange={(event) => setSubject(event.target.value)}>
              <option value="">{words.each[scope]}</option>
              {subjects[scope].map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
        )}
        {scope !== 'run' && (
          <Field label={words.period}>
            <select
              value={period}
              disabled={budget !== undefined}
              onChange={(event) => setPeriod(event.target.value as 'day' | 'month')}
            >
              <option value="day">{words.budgetPeriods.day}</option>
              <option value="month">{words.budgetPeriods.month}</option>
            </select>
          </Field>
        )}
        <div className="budget-limits">
          <Field label={words.limitMoney}>
            <input type="number" min={0} step="any" value={dollars} onChange={(event) => setDollars(event.target.value)} />
          </Field>
          <Field label={words.limitTokens}>
            <input type="number" min={0} step={1} value={tokens} onChange={(event) => setTokens(event.target.value)} />
          </Field>
        </div>
        <p className="small quiet">{words.limitHint}</p>
        {put.isError && <Note kind="bad">{problemOf(put.error).message}</Note>}
      </form>
    </Dialog>
  );
}

function numberText(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

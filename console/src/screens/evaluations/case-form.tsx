import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { partWords } from '../../parts/words.ts';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { type QualityCase, type Turn, touchedByCases } from './shapes.ts';
import { evaluationWords } from './words.ts';

type Expected = NonNullable<Turn['expect']>;

interface Draft {
  key: number;
  turn: Turn;
}

let drafts = 0;
const draftOf = (turn: Turn): Draft => ({ key: ++drafts, turn });

/** A conversation, and what is expected of each turn of it. */
export function CaseForm({ agent, before, onClose }: { agent: string; before?: QualityCase; onClose(): void }) {
  const words = useWords(evaluationWords);
  const parts = useWords(partWords);
  const manages = useMay('evaluations:manage');
  const [name, setName] = useState(before?.name ?? '');
  const [now, setNow] = useState(before?.now ?? '');
  const [turns, setTurns] = useState<readonly Draft[]>(() => (before?.turns ?? [{ user: '' }]).map(draftOf));
  const [removes, setRemoves] = useState(false);
  const save = useChange(async () => {
    const body = { name: name.trim(), turns: turns.map(({ turn }) => turn), ...(now.trim() === '' ? {} : { now: now.trim() }) };
    if (before === undefined) await call('POST /api/v1/evaluations/cases', { body: { agent, ...body } });
    else
      await call('PATCH /api/v1/evaluations/cases/{id}', {
        path: { id: before.id },
        body,
        headers: { 'if-match': `"${before.version}"` },
      });
  }, touchedByCases);
  const remove = useChange(
    (id: string) => call('DELETE /api/v1/evaluations/cases/{id}', { path: { id } }),
    ['GET /api/v1/evaluations/cases'],
  );
  const change = (key: number, turn: Turn) => setTurns((all) => all.map((each) => (each.key === key ? { key, turn } : each)));
  if (removes && before !== undefined)
    return (
      <Confirm
        title={words.removeCase}
        what={words.removeCaseWhat}
        verb={words.removeCase}
        name={before.name}
        danger
        act={() => remove.mutateAsync(before.id)}
        onClose={onClose}
      />
    );
  return (
    <FormDialog
      title={before === undefined ? words.addCase : manages ? words.changeCase : before.name}
      verb={manages ? parts.save : words.close}
      wide
      ready={name.trim() !== '' && turns.every(({ turn }) => turn.user.trim() !== '')}
      act={async () => {
        if (manages) await save.mutateAsync(undefined);
      }}
      onClose={onClose}
    >
      <Field label={words.name}>
        <input required maxLength={200} value={name} readOnly={!manages} onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field label={words.now} hint={words.nowHint}>
        <input value={now} readOnly={!manages} spellCheck={false} onChange={(event) => setNow(event.target.value)} />
      </Field>
      {turns.map(({ key, turn }, at) => (
        <TurnFields
          key={key}
          at={at + 1}
          turn={turn}
          readOnly={!manages}
          onChange={(next) => change(key, next)}
          onRemove={manages && turns.length > 1 ? () => setTurns((all) => all.filter((each) => each.key !== key)) : undefined}
        />
      ))}
      {manages && (
        <div className="row">
          <Button icon={Plus} onClick={() => setTurns((all) => [...all, draftOf({ user: '' })])}>
            {words.addTurn}
          </Button>
          {before !== undefined && (
            <Button kind="danger" icon={Trash2} onClick={() => setRemoves(true)}>
              {words.removeCase}
            </Button>
          )}
        </div>
      )}
    </FormDialog>
  );
}

interface TurnFieldsProps {
  at: number;
  turn: Turn;
  readOnly: boolean;
  onChange(turn: Turn): void;
  onRemove: (() => void) | undefined;
}

function TurnFields({ at, turn, readOnly, onChange, onRemove }: TurnFieldsProps) {
  const words = useWords(evaluationWords);
  const { expect: expected = {} } = turn;
  const set = (changes: { [name in keyof Expected]?: Expected[name] | undefined }) => {
    const merged = Object.fromEntries(
      Object.entries({ ...expected, ...changes }).filter(([, value]) => value !== undefined && value !== ''),
    ) as Expected;
    const { expect: _before, ...rest } = turn;
    onChange(Object.keys(merged).length === 0 ? rest : { ...rest, expect: merged });
  };
  return (
    <fieldset className="evaluation-turn">
      <legend>
        {words.turn(count(at))}
        {onRemove !== undefined && (
          <Button kind="quiet" icon={Trash2} iconOnly onClick={onRemove}>
            {words.removeTurn(count(at))}
          </Button>
        )}
      </legend>
      <Field label={words.user}>
        <textarea
          rows={2}
          required
          maxLength={8_000}
          value={turn.user}
          readOnly={readOnly}
          onChange={(event) => onChange({ ...turn, user: event.target.value })}
        />
      </Field>
      <div className="evaluation-pairs">
        <Field label={words.outcome}>
          <input
            value={expected.outcome ?? ''}
            readOnly={readOnly}
            spellCheck={false}
            placeholder="replied"
            onChange={(event) => set({ outcome: event.target.value.trim() })}
          />
        </Field>
        <ToolList
          label={words.tools}
          hint={words.toolsHint}
          names={expected.tools}
          readOnly={readOnly}
          onNames={(tools) => set({ tools })}
        />
        <Field label={words.replyMatches}>
          <input
            value={expected.replyMatches ?? ''}
            readOnly={readOnly}
            spellCheck={false}
            onChange={(event) => set({ replyMatches: event.target.value })}
          />
        </Field>
        <ToolList
          label={words.notTools}
          hint={words.toolsHint}
          names={expected.notTools}
          readOnly={readOnly}
          onNames={(notTools) => set({ notTools })}
        />
        <Field label={words.replyNotMatches}>
          <input
            value={expected.replyNotMatches ?? ''}
            readOnly={readOnly}
            spellCheck={false}
            onChange={(event) => set({ replyNotMatches: event.target.value })}
          />
        </Field>
      </div>
    </fieldset>
  );
}

interface ToolListProps {
  label: string;
  hint: string;
  names: readonly string[] | undefined;
  readOnly: boolean;
  onNames(names: string[] | undefined): void;
}

/** Names separated by commas; what was an empty list stays one: "no tool" is an expectation too. */
function ToolList({ label, hint, names, readOnly, onNames }: ToolListProps) {
  const [text, setText] = useState(names?.join(', ') ?? '');
  const [first] = useState(names);
  return (
    <Field label={label} hint={hint}>
      <input
        value={text}
        readOnly={readOnly}
        spellCheck={false}
        onChange={(event) => {
          setText(event.target.value);
          const next = event.target.value
            .split(',')
            .map((each) => each.trim())
            .filter((each) => each !== '');
          onNames(next.length === 0 && first?.length !== 0 ? undefined : next);
        }}
      />
    </Field>
  );
}

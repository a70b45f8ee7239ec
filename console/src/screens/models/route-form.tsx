import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { call, callVersioned } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { VersionedDialog } from '../../parts/versioned-dialog.tsx';
import { useWords } from '../../words/language.ts';
import { type Definition, type Draft, definitionOf, draftOf, membersOf, type Route } from './definition.ts';
import { modelWords } from './words.ts';

interface RouteFormProps {
  /** Absent: a new one. */
  alias: string | undefined;
  draft: Draft;
  etag: string;
  onStored(alias: string): void;
  onClose(): void;
}

export function RouteForm({ alias: given, draft: first, etag, onStored, onClose }: RouteFormProps) {
  const words = useWords(modelWords);
  const [alias, setAlias] = useState(given ?? '');
  const [draft, setDraft] = useState(first);
  const change = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const put = useChange(
    ({ body, from }: { body: Definition; from: string }) =>
      call('PUT /api/v1/routes/{alias}', { path: { alias }, body, headers: { 'if-match': from } }),
    ['GET /api/v1/routes', 'GET /api/v1/routes/{alias}', 'GET /api/v1/models/prices'],
  );
  return (
    <VersionedDialog<Definition>
      title={given === undefined ? words.make : words.editNamed(given)}
      etag={etag}
      value={() => definitionOf(draft)}
      save={async (body, from) => {
        await put.mutateAsync({ body, from });
        onStored(alias);
      }}
      read={async () => {
        const { value, etag: now } = await callVersioned('GET /api/v1/routes/{alias}', { path: { alias } });
        return { value: value.route === null ? null : bare(value.route), etag: now };
      }}
      members={(definition) => membersOf(definition, words)}
      onTheirs={(theirs) => setDraft(draftOf(theirs))}
      onClose={onClose}
    >
      {given === undefined && (
        <Field label={words.alias} hint={words.aliasHint}>
          <input
            required
            pattern="[a-z][a-z0-9\-]*"
            maxLength={40}
            value={alias}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setAlias(event.target.value)}
          />
        </Field>
      )}
      <Field label={words.strategy}>
        <select value={draft.strategy} onChange={(event) => change({ strategy: event.target.value as Draft['strategy'] })}>
          {Object.entries(words.strategies).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      <Targets draft={draft} change={change} />
      <div className="models-numbers">
        <NumberField
          label={words.firstTokenMs}
          min={1}
          text={draft.firstTokenMs}
          onText={(firstTokenMs) => change({ firstTokenMs })}
        />
        <NumberField label={words.idleMs} min={1} text={draft.idleMs} onText={(idleMs) => change({ idleMs })} />
        <NumberField label={words.totalMs} min={1} text={draft.totalMs} onText={(totalMs) => change({ totalMs })} />
        <NumberField label={words.attempts} min={1} max={5} text={draft.attempts} onText={(attempts) => change({ attempts })} />
        <NumberField
          label={words.hedgeAfterMs}
          hint={words.hedgeHint}
          min={1}
          optional
          text={draft.hedgeAfterMs}
          onText={(hedgeAfterMs) => change({ hedgeAfterMs })}
        />
        <NumberField
          label={words.maxCost}
          hint={words.maxCostHint}
          min={0}
          step="any"
          optional
          text={draft.maxCost}
          onText={(maxCost) => change({ maxCost })}
        />
      </div>
      <Field label={words.onRefusal}>
        <select value={draft.onRefusal} onChange={(event) => change({ onRefusal: event.target.value as Draft['onRefusal'] })}>
          {Object.entries(words.refusals).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      <label className="row models-check">
        <input type="checkbox" checked={draft.keeps} onChange={(event) => change({ keeps: event.target.checked })} />
        {words.cache}
      </label>
      {draft.keeps && <CacheFields draft={draft} change={change} />}
    </VersionedDialog>
  );
}

interface PartProps {
  draft: Draft;
  change(changes: Partial<Draft>): void;
}

function CacheFields({ draft, change }: PartProps) {
  const words = useWords(modelWords);
  return (
    <div className="models-numbers">
      <NumberField label={words.ttlSeconds} min={1} text={draft.ttlSeconds} onText={(ttlSeconds) => change({ ttlSeconds })} />
      <NumberField
        label={words.graceSeconds}
        min={0}
        text={draft.graceSeconds}
        onText={(graceSeconds) => change({ graceSeconds })}
      />
      <Field label={words.calls}>
        <select value={draft.calls} onChange={(event) => change({ calls: event.target.value as Draft['calls'] })}>
          {Object.entries(words.callKinds).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      <Field label={words.similar} hint={words.similarHint}>
        <input
          value={draft.similarModel}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change({ similarModel: event.target.value })}
        />
      </Field>
      {draft.similarModel.trim() !== '' && (
        <NumberField
          label={words.threshold}
          min={0.8}
          max={1}
          step="any"
          text={draft.threshold}
          onText={(threshold) => change({ threshold })}
        />
      )}
    </div>
  );
}

function Targets({ draft: { targets, strategy }, change }: PartProps) {
  const words = useWords(modelWords);
  const list = useId();
  const known = useAnswer('GET /api/v1/models', {}).data?.providers.flatMap(({ models }) => models) ?? [];
  const set = (at: number, changes: Partial<Draft['targets'][number]>) =>
    change({ targets: targets.map((each, place) => (place === at ? { ...each, ...changes } : each)) });
  const move = (at: number, to: number) => {
    const [moved] = targets.slice(at, at + 1);
    if (moved !== undefined) change({ targets: targets.toSpliced(at, 1).toSpliced(to, 0, moved) });
  };
  return (
    <fieldset className="models-targets">
      <legend>{words.targets}</legend>
      <datalist id={list}>
        {known.slice(0, 500).map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
      {targets.map(({ model, weight }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a target is known by its place
        <div className={strategy === 'weighted' ? 'models-target weighted' : 'models-target'} key={at}>
          <input
            aria-label={words.model}
            placeholder={words.modelHint}
            required
            list={list}
            value={model}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => set(at, { model: event.target.value })}
          />
          {strategy === 'weighted' && (
            <input
              aria-label={words.weight}
              title={words.weight}
              type="number"
              min={0.001}
              max={1000}
              step="any"
              required
              value={weight}
              onChange={(event) => set(at, { weight: event.target.value })}
            />
          )}
          <Button kind="quiet" icon={ArrowUp} iconOnly disabled={at === 0} onClick={() => move(at, at - 1)}>
            {words.up(model)}
          </Button>
          <Button kind="quiet" icon={ArrowDown} iconOnly disabled={at === targets.length - 1} onClick={() => move(at, at + 1)}>
            {words.down(model)}
          </Button>
          <Button
            kind="quiet"
            icon={Trash2}
            iconOnly
            disabled={targets.length === 1}
            onClick={() => change({ targets: targets.toSpliced(at, 1) })}
          >
            {words.removeTarget(model)}
          </Button>
        </div>
      ))}
      <Button kind="quiet" icon={Plus} onClick={() => change({ targets: [...targets, { target: {}, model: '', weight: '1' }] })}>
        {words.addTarget}
      </Button>
    </fieldset>
  );
}

interface NumberFieldProps {
  label: string;
  hint?: string;
  min: number;
  max?: number;
  step?: 'any';
  optional?: boolean;
  text: string;
  onText(text: string): void;
}

function NumberField({ label, hint, min, max, step, optional, text, onText }: NumberFieldProps) {
  return (
    <Field label={label} hint={hint}>
      <input
        type="number"
        min={min}
        max={max}
        step={step ?? 1}
        required={optional !== true}
        value={text}
        onChange={(event) => onText(event.target.value)}
      />
    </Field>
  );
}

function bare({ alias: _alias, version: _version, source: _source, ...definition }: Route): Definition {
  return definition;
}

import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { call, callVersioned } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { VersionedDialog } from '../../parts/versioned-dialog.tsx';
import { useWords } from '../../words/language.ts';
import { type Definition, type Draft, definitionOf, draftOf, type FlagType, membersOf } from './definition.ts';
import { FlagRules } from './flag-rules.tsx';
import { flagWords } from './words.ts';

interface FlagFormProps {
  /** Absent: a new one. */
  flagKey: string | undefined;
  draft: Draft;
  etag: string;
  onStored(key: string): void;
  onClose(): void;
}

export function FlagForm({ flagKey, draft: first, etag, onStored, onClose }: FlagFormProps) {
  const words = useWords(flagWords);
  const [key, setKey] = useState(flagKey ?? '');
  const [draft, setDraft] = useState(first);
  const change = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const put = useChange(
    ({ body, from }: { body: Definition; from: string }) =>
      call('PUT /api/v1/flags/{key}', { path: { key }, body, headers: { 'if-match': from } }),
    ['GET /api/v1/flags', 'GET /api/v1/flags/{key}'],
  );
  return (
    <VersionedDialog<Definition>
      title={flagKey === undefined ? words.make : words.editNamed(flagKey)}
      etag={etag}
      value={() => definitionOf(draft, words)}
      save={async (body, from) => {
        await put.mutateAsync({ body, from });
        onStored(key);
      }}
      read={async () => {
        const { value, etag: now } = await callVersioned('GET /api/v1/flags/{key}', { path: { key } });
        return { value: value.flag === null ? null : withoutKey(value.flag), etag: now };
      }}
      members={(definition) => membersOf(definition, words)}
      onTheirs={(theirs) => setDraft(draftOf(theirs))}
      onClose={onClose}
    >
      {flagKey === undefined && (
        <Field label={words.key} hint={words.keyHint}>
          <input
            required
            pattern="[A-Za-z][\w.\-]*"
            maxLength={100}
            value={key}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setKey(event.target.value)}
          />
        </Field>
      )}
      <Field label={words.description}>
        <input maxLength={1000} value={draft.description} onChange={(event) => change({ description: event.target.value })} />
      </Field>
      <label className="row flag-check">
        <input type="checkbox" checked={draft.enabled} onChange={(event) => change({ enabled: event.target.checked })} />
        {words.enabled}
      </label>
      <Field label={words.type}>
        <select value={draft.type} onChange={(event) => change({ type: event.target.value as FlagType })}>
          {Object.entries(words.types).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      <Variants draft={draft} change={change} />
      <Field label={words.defaultVariant} hint={words.defaultHint}>
        <select value={draft.defaultVariant} onChange={(event) => change({ defaultVariant: event.target.value })}>
          {draft.variants.map(({ name }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names may be equal while they are written
            <option key={at} value={name}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      <FlagRules rules={draft.rules} variants={draft.variants.map(({ name }) => name)} onRules={(rules) => change({ rules })} />
      <Field label={words.salt} hint={words.saltHint}>
        <input maxLength={100} value={draft.salt} autoComplete="off" onChange={(event) => change({ salt: event.target.value })} />
      </Field>
    </VersionedDialog>
  );
}

function Variants({ draft, change }: { draft: Draft; change(changes: Partial<Draft>): void }) {
  const words = useWords(flagWords);
  const set = (at: number, changes: Partial<Draft['variants'][number]>) => {
    const was = draft.variants[at]?.name ?? '';
    const variants = draft.variants.map((each, place) => (place === at ? { ...each, ...changes } : each));
    const now = changes.name;
    if (now === undefined) return change({ variants });
    // What names the variant goes along with its name.
    const renamed = (name: string) => (name === was ? now : name);
    change({
      variants,
      defaultVariant: renamed(draft.defaultVariant),
      rules: draft.rules.map((rule) => ({
        ...rule,
        variant: rule.variant === undefined ? undefined : renamed(rule.variant),
        split: rule.split.map((each) => ({ ...each, variant: renamed(each.variant) })),
      })),
    });
  };
  return (
    <fieldset className="flag-set">
      <legend>{words.variants}</legend>
      {draft.variants.map(({ name, text }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a variant is known by its place while its name is written
        <div className="flag-line" key={at}>
          <input
            aria-label={words.variant}
            required
            pattern="[A-Za-z0-9][\w.\-]*"
            maxLength={64}
            value={name}
            spellCheck={false}
            onChange={(event) => set(at, { name: event.target.value })}
          />
          {draft.type === 'boolean' ? (
            <select aria-label={words.value} value={text} onChange={(event) => set(at, { text: event.target.value })}>
              <option value="true">true</option>
              <option value="false">false</option>
              {text !== 'true' && text !== 'false' && <option value={text}>{text}</option>}
            </select>
          ) : (
            <input
              aria-label={words.value}
              required={draft.type !== 'string'}
              value={text}
              spellCheck={false}
              onChange={(event) => set(at, { text: event.target.value })}
            />
          )}
          <Button
            kind="quiet"
            icon={Trash2}
            iconOnly
            disabled={draft.variants.length === 1}
            onClick={() => change({ variants: draft.variants.filter((_, place) => place !== at) })}
          >
            {words.removeVariant(name)}
          </Button>
        </div>
      ))}
      <Button
        kind="quiet"
        icon={Plus}
        onClick={() =>
          change({ variants: [...draft.variants, { name: `v${draft.variants.length + 1}`, text: firstText[draft.type] }] })
        }
      >
        {words.addVariant}
      </Button>
    </fieldset>
  );
}

const firstText: Record<FlagType, string> = { boolean: 'true', string: '', number: '0', object: '{}' };

function withoutKey({ key: _key, version: _version, ...definition }: Definition & { key: string; version: number }): Definition {
  return definition;
}

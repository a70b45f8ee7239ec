/** What does this flag give to whom, and why? */
import { useNavigate, useParams } from '@tanstack/react-router';
import { Pencil, Power, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange, useVersioned } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Facts, Page, Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { Surface } from '../../parts/surface.tsx';
import { Versions } from '../../parts/versions.tsx';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { conditionsText, type Definition, draftOf, membersOf, newDraft, outcomeText, sentenceOf, valueText } from './definition.ts';
import { FlagForm } from './flag-form.tsx';
import { FlagMark } from './flags.tsx';
import './flags.css';
import { TryFlag } from './try-flag.tsx';
import { flagWords } from './words.ts';

const touches = ['GET /api/v1/flags', 'GET /api/v1/flags/{key}'] as const;

export default function FlagPage() {
  const words = useWords(flagWords);
  const navigate = useNavigate();
  const { key = '' } = useParams({ strict: false }) as { key?: string };
  const manages = useMay('releases:manage');
  const evaluates = useMay('flags:evaluate');
  const [act, setAct] = useState<'edit' | 'switch' | 'remove'>();
  const read = useVersioned('GET /api/v1/flags/{key}', { path: { key } });
  const flag = read.data?.value.flag ?? undefined;
  const versions = read.data?.value.versions ?? [];
  const etag = read.data?.etag ?? '*';
  const headers = { 'if-match': etag };
  const change = useChange(
    ({ version: _version, key: _key, ...definition }: Definition & { version: number; key: string }) =>
      call('PUT /api/v1/flags/{key}', { path: { key }, headers, body: definition }),
    touches,
  );
  const remove = useChange(() => call('DELETE /api/v1/flags/{key}', { path: { key }, headers }), touches);
  useShortcut('e', words.edit, () => setAct('edit'), manages && read.data !== undefined);
  return (
    <Page
      title={key}
      below={
        read.data !== undefined && (
          <>
            <p className="flag-sentence">{flag === undefined ? words.removedSentence : sentenceOf(flag, words)}</p>
            {manages && (
              <div className="page-actions">
                <Button icon={Pencil} shortcut="e" onClick={() => setAct('edit')}>
                  {words.edit}
                </Button>
                {flag !== undefined && (
                  <>
                    <Button icon={Power} onClick={() => setAct('switch')}>
                      {flag.enabled ? words.switchOff : words.switchOn}
                    </Button>
                    <Button kind="danger" icon={Trash2} onClick={() => setAct('remove')}>
                      {words.remove}
                    </Button>
                  </>
                )}
              </div>
            )}
          </>
        )
      }
      scrolls
    >
      <Surface read={read}>
        <Sections>
          {flag !== undefined && <What flag={flag} />}
          {flag !== undefined && evaluates && <TryFlag flagKey={key} />}
          <Section title={words.history}>
            <Versions versions={versions} members={(definition) => membersOf(definition, words)} />
          </Section>
        </Sections>
      </Surface>
      {act === 'edit' && (
        <FlagForm
          flagKey={key}
          draft={flag === undefined ? newDraft : draftOf(flag)}
          etag={etag}
          onStored={() => {}}
          onClose={() => setAct(undefined)}
        />
      )}
      {act === 'switch' && flag !== undefined && (
        <Confirm
          title={`${flag.enabled ? words.switchOff : words.switchOn}: ${key}`}
          what={flag.enabled ? words.switchOffWhat(flag.defaultVariant) : words.switchOnWhat}
          verb={flag.enabled ? words.switchOff : words.switchOn}
          act={() => change.mutateAsync({ ...flag, enabled: !flag.enabled })}
          onClose={() => setAct(undefined)}
        />
      )}
      {act === 'remove' && (
        <Confirm
          title={words.removeNamed(key)}
          what={words.removeWhat}
          verb={words.remove}
          danger
          name={key}
          act={async () => {
            await remove.mutateAsync(undefined);
            void navigate({ to: '/flags' });
          }}
          onClose={() => setAct(undefined)}
        />
      )}
    </Page>
  );
}

function What({ flag }: { flag: Definition & { version: number } }) {
  const words = useWords(flagWords);
  const { type, description, enabled, variants, defaultVariant, rules, salt, version } = flag;
  return (
    <>
      <Facts
        facts={[
          [words.state, <FlagMark key="state" enabled={enabled} />],
          [words.type, words.types[type]],
          [words.version, count(version)],
          ...(description === '' ? [] : ([[words.description, description]] as const)),
          ...(salt === '' ? [] : ([[words.salt, <code key="salt">{salt}</code>]] as const)),
        ]}
      />
      <Section title={words.variants}>
        <PlainTable
          label={words.variants}
          rows={Object.entries(variants)}
          keyOf={([name]) => name}
          columns={[
            {
              title: words.variant,
              cell: ([name]) => (
                <>
                  {name}
                  {name === defaultVariant && <span className="quiet"> · {words.defaultVariant.toLowerCase()}</span>}
                </>
              ),
            },
            { title: words.value, long: true, cell: ([, value]) => <code>{valueText(value)}</code> },
          ]}
        />
      </Section>
      <Section title={words.rules}>
        {rules.length === 0 ? (
          <p className="quiet">{words.noRule}</p>
        ) : (
          <ol className="flag-rules">
            {rules.map((rule, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a rule is known by its place
              <li key={at}>
                <span className="quiet">{count(at + 1)}</span>
                <span>{conditionsText(rule, words)}</span>
                <strong>{outcomeText(rule, words)}</strong>
              </li>
            ))}
          </ol>
        )}
      </Section>
    </>
  );
}

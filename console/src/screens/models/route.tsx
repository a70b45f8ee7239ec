/** Which models answer for this name, in which order, within which bounds? */
import { useNavigate, useParams } from '@tanstack/react-router';
import { Pencil, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange, useVersioned } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Facts, Page, Section, Sections } from '../../parts/page.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { Surface } from '../../parts/surface.tsx';
import { Versions } from '../../parts/versions.tsx';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { draftOf, membersOf, newDraft, type Route, targetText } from './definition.ts';
import './models.css';
import { RouteForm } from './route-form.tsx';
import { modelWords } from './words.ts';

export default function RoutePage() {
  const words = useWords(modelWords);
  const navigate = useNavigate();
  const { alias = '' } = useParams({ strict: false }) as { alias?: string };
  const manages = useMay('models:manage');
  const [act, setAct] = useState<'edit' | 'remove' | 'giveBack'>();
  const read = useVersioned('GET /api/v1/routes/{alias}', { path: { alias } });
  const route = read.data?.value.route ?? undefined;
  const versions = read.data?.value.versions ?? [];
  const etag = read.data?.etag ?? '*';
  const remove = useChange(
    (standard: boolean) =>
      call('DELETE /api/v1/routes/{alias}', {
        path: { alias },
        headers: { 'if-match': etag },
        query: standard ? { standard: 'true' } : {},
      }),
    ['GET /api/v1/routes', 'GET /api/v1/routes/{alias}', 'GET /api/v1/models/prices'],
  );
  useShortcut('e', words.edit, () => setAct('edit'), manages && read.data !== undefined);
  return (
    <Page
      title={alias}
      below={
        read.data !== undefined && (
          <>
            <p className="models-sentence">{route === undefined ? words.removedSentence : sentenceOf(route, words)}</p>
            {manages && (
              <div className="page-actions">
                <Button icon={Pencil} shortcut="e" onClick={() => setAct('edit')}>
                  {words.edit}
                </Button>
                {versions.length > 0 && route?.version !== 0 && (
                  <Button icon={Undo2} onClick={() => setAct('giveBack')}>
                    {words.giveBack}
                  </Button>
                )}
                {route !== undefined && (
                  <Button kind="danger" icon={Trash2} onClick={() => setAct('remove')}>
                    {words.remove}
                  </Button>
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
          {route !== undefined && <What route={route} />}
          {versions.length > 0 && (
            <Section title={words.history}>
              <Versions versions={versions} members={(definition) => membersOf(definition, words)} />
            </Section>
          )}
        </Sections>
      </Surface>
      {act === 'edit' && (
        <RouteForm
          alias={alias}
          draft={route === undefined ? newDraft : draftOf(route)}
          etag={etag}
          onStored={() => {}}
          onClose={() => setAct(undefined)}
        />
      )}
      {act === 'giveBack' && (
        <Confirm
          title={words.giveBackNamed(alias)}
          what={words.giveBackWhat}
          verb={words.giveBack}
          act={() => remove.mutateAsync(true)}
          onClose={() => setAct(undefined)}
        />
      )}
      {act === 'remove' && (
        <Confirm
          title={words.removeNamed(alias)}
          what={words.removeWhat}
          verb={words.remove}
          danger
          name={alias}
          act={async () => {
            await remove.mutateAsync(false);
            void navigate({ to: '/models' });
          }}
          onClose={() => setAct(undefined)}
        />
      )}
    </Page>
  );
}

function What({ route }: { route: Route }) {
  const words = useWords(modelWords);
  const { [words.targets]: _targets, [words.strategy]: _strategy, ...bounds } = membersOf(route, words);
  return (
    <>
      <Section title={words.targets}>
        <ol className="models-order">
          {route.targets.map((target, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a model may stand there twice
            <li key={at}>
              <code>{targetText(target, route.strategy)}</code>
            </li>
          ))}
        </ol>
      </Section>
      <Section title={words.details}>
        <Facts
          facts={[
            ...Object.entries(bounds),
            [words.source, words.sources[route.source]],
            [words.version, route.version === 0 ? words.standard : count(route.version)],
          ]}
        />
      </Section>
    </>
  );
}

function sentenceOf({ targets: [first, ...others], strategy }: Route, words: (typeof modelWords)['en']): string {
  if (others.length === 0) return words.sentence.alone(first?.model ?? '');
  const names = others.map(({ model }) => model).join(', ');
  return strategy === 'weighted'
    ? words.sentence.weighted(`${first?.model}, ${names}`)
    : words.sentence.ordered(first?.model ?? '', names);
}

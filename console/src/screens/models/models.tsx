/** Do the models answer, in which order are they asked, and what stands in between? */
import { useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Mark, Note } from '../../parts/note.tsx';
import { Page, Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay, useMe } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { Breakers } from './breakers.tsx';
import { ResponseCache } from './cache.tsx';
import type { Route } from './definition.ts';
import './models.css';
import { Prices } from './prices.tsx';
import { Routes } from './routes.tsx';
import { modelWords } from './words.ts';

export default function Models() {
  const words = useWords(modelWords);
  const { workspaceId } = useMe();
  const reads = useMay('operations:read');
  // Breakers are of the installation.
  const seesBreakers = reads && workspaceId === 'default';
  return (
    <Page title={words.title} below={<Sentence seesBreakers={seesBreakers} />} scrolls>
      <Sections wide>
        <Routes />
        <Providers />
        {seesBreakers && <Breakers />}
        <Prices />
        {reads && <ResponseCache />}
      </Sections>
    </Page>
  );
}

function Sentence({ seesBreakers }: { seesBreakers: boolean }) {
  const words = useWords(modelWords);
  const providers = useAnswer('GET /api/v1/models', {}).data?.providers;
  const breakers = useAnswer('GET /api/v1/health/circuit-breaker', {}, { enabled: seesBreakers, every: 15_000 }).data?.breakers;
  const routes = useAnswer('GET /api/v1/routes', {}).data?.routes;
  // Those without a key are many; what matters is whether somebody answers for the routes.
  const used = usedBy(routes ?? []);
  const silent = used.filter((name) => providers?.find((each) => each.name === name)?.reachable !== true);
  const open = breakers?.filter(({ state }) => state !== 'closed').map(({ target }) => target) ?? [];
  const first =
    providers === undefined || routes === undefined
      ? words.asking
      : used.length === 0
        ? words.noProvider
        : silent.length === 0
          ? words.allAnswer(used.join(', '))
          : words.someSilent(silent.join(', '));
  const second = open.length > 0 ? words.breakersOpen(open.join(', ')) : words.breakersClosed;
  return <p className="models-sentence">{breakers === undefined ? first : `${first}; ${second}`}</p>;
}

/** What each provider says when it is asked. */
function Providers() {
  const words = useWords(modelWords);
  const read = useAnswer('GET /api/v1/models', {});
  const [opened, setOpened] = useState<string>();
  const providers = read.data?.providers ?? [];
  const used = new Set(usedBy(useAnswer('GET /api/v1/routes', {}).data?.routes ?? []));
  const shown = providers.find(({ name }) => name === opened);
  return (
    <Section
      title={words.providers}
      actions={
        <Button busy={read.isFetching} onClick={() => void read.refetch()}>
          {words.askAgain}
        </Button>
      }
    >
      <p className="small quiet">{words.providersHint}</p>
      <Surface read={read} rows={3} isEmpty={providers.length === 0} empty={<p className="quiet">{words.noProvider}</p>}>
        <PlainTable
          label={words.providers}
          rows={providers}
          keyOf={({ name }) => name}
          columns={[
            { title: words.provider, cell: ({ name }) => name },
            {
              title: words.state,
              long: true,
              cell: ({ name, reachable, detail }) => (
                <>
                  <Mark kind={reachable ? 'good' : used.has(name) ? 'bad' : 'quiet'}>
                    {reachable ? words.answers : words.silent}
                  </Mark>
                  {detail !== undefined && (
                    <span className="quiet" lang="en">
                      {' · '}
                      {detail}
                    </span>
                  )}
                </>
              ),
            },
            {
              title: words.models,
              cell: ({ name, models }) =>
                models.length === 0 ? (
                  <span className="quiet">—</span>
                ) : (
                  <Button
                    kind="quiet"
                    aria-expanded={opened === name}
                    aria-label={`${name}: ${words.modelsOf(count(models.length))}`}
                    onClick={() => setOpened(opened === name ? undefined : name)}
                  >
                    {words.modelsOf(count(models.length))}
                  </Button>
                ),
            },
          ]}
        />
        {shown !== undefined && (
          <Note kind="quiet">
            <code>{shown.models.join(', ')}</code>
          </Note>
        )}
      </Surface>
    </Section>
  );
}

/** Names of the providers that routes name. */
function usedBy(routes: readonly Route[]): string[] {
  return [...new Set(routes.flatMap(({ targets }) => targets.map(({ model }) => model.split('/')[0] ?? '')))];
}

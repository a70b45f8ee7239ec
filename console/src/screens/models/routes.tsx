import { Link, useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { cacheText, newDraft, targetText } from './definition.ts';
import { RouteForm } from './route-form.tsx';
import { modelWords } from './words.ts';

export function Routes() {
  const words = useWords(modelWords);
  const navigate = useNavigate();
  const manages = useMay('models:manage');
  const [makes, setMakes] = useState(false);
  const read = useAnswer('GET /api/v1/routes', {}, { every: 30_000 });
  const routes = read.data?.routes ?? [];
  return (
    <Section
      title={words.routes}
      actions={
        manages && (
          <Button kind="primary" icon={Plus} onClick={() => setMakes(true)}>
            {words.make}
          </Button>
        )
      }
    >
      <p className="small quiet">{words.routesHint}</p>
      <Surface read={read} rows={3} isEmpty={routes.length === 0} empty={<p className="quiet">{words.noRoute}</p>}>
        <PlainTable
          label={words.routes}
          rows={routes}
          keyOf={({ alias }) => alias}
          columns={[
            {
              title: words.alias,
              cell: ({ alias }) => (
                <Link to="/models/$alias" params={{ alias }}>
                  {alias}
                </Link>
              ),
            },
            {
              title: words.targets,
              long: true,
              cell: ({ targets, strategy }) => (
                <ol className="models-order">
                  {targets.map((target, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a model may stand there twice
                    <li key={at}>
                      <code>{targetText(target, strategy)}</code>
                    </li>
                  ))}
                </ol>
              ),
            },
            { title: words.cache, long: true, cell: (route) => <span className="quiet">{cacheText(route, words)}</span> },
            { title: words.source, cell: ({ source }) => words.sources[source] },
            { title: words.version, figure: true, cell: ({ version }) => (version === 0 ? words.standard : count(version)) },
          ]}
        />
      </Surface>
      {makes && (
        <RouteForm
          alias={undefined}
          draft={newDraft}
          etag={'"0"'}
          onStored={(alias) => void navigate({ to: `/models/${alias}` })}
          onClose={() => setMakes(false)}
        />
      )}
    </Section>
  );
}

import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { Page, Section, Sections } from '../../parts/page.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMe } from '../../session/session.tsx';
import { useLanguage, useWords } from '../../words/language.ts';
import './resources.css';
import { resourceWords } from './words.ts';

/** All that people manage of the agents, by agent. */
export default function Resources() {
  const words = useWords(resourceWords);
  const language = useLanguage();
  const me = useMe();
  const agents = useAnswer('GET /api/v1/agents', {});
  const names = [...new Set((agents.data?.agents ?? []).map(({ name }) => name))];
  const described = useQueries({
    queries: names.map((agent) => ({
      queryKey: ['GET /api/v1/agents/{agent}/resources', { path: { agent } }],
      queryFn: () => call('GET /api/v1/agents/{agent}/resources', { path: { agent } }),
      staleTime: 300_000,
    })),
  });
  const groups = names
    .map((agent, at) => ({
      agent,
      resources: (described[at]?.data?.resources ?? []).filter(({ permissions }) => me.permissions.includes(permissions.read)),
    }))
    .filter(({ resources }) => resources.length > 0);
  const pending = described.some(({ isPending }) => isPending);
  return (
    <Page title={words.title} scrolls>
      <Surface
        read={pending ? { ...agents, data: undefined } : agents}
        isEmpty={groups.length === 0}
        empty={<Empty title={words.empty}>{words.emptyHint}</Empty>}
      >
        <Sections>
          <p className="quiet">{words.intro}</p>
          {groups.map(({ agent, resources }) => (
            <Section key={agent} title={agent}>
              <ul className="resource-links">
                {resources.map(({ name, title, description, permissions }) => (
                  <li key={name}>
                    <Link to={`/data/${agent}/${name}`}>{title[language]}</Link>
                    {!me.permissions.includes(permissions.write) && <span className="small quiet"> · {words.readOnly}</span>}
                    <p className="small quiet">{description}</p>
                  </li>
                ))}
              </ul>
            </Section>
          ))}
        </Sections>
      </Surface>
    </Page>
  );
}

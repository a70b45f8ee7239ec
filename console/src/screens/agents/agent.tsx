/** What is this agent, what may it do, and what would it do now? */
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Page, Section, Sections } from '../../parts/page.tsx';
import '../../parts/rows.css';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import { Abilities } from './abilities.tsx';
import { About } from './about.tsx';
import './agents.css';
import { agentWords } from './words.ts';

const Try = lazy(() => import('./rehearsal.tsx'));

export type AgentInForce = Answer<'GET /api/v1/agents/{agent}'>;

const views = ['about', 'abilities', 'instructions', 'rehearsal'] as const;

export default function Agent() {
  const words = useWords(agentWords);
  const { name = '' } = useParams({ strict: false }) as { name?: string };
  const [address, change] = useAddressState();
  const tries = useMay('evaluations:manage');
  const mine = views.filter((each) => each !== 'rehearsal' || tries);
  const view = mine.find((each) => each === address['view']) ?? 'about';
  const read = useAnswer('GET /api/v1/agents/{agent}', { path: { agent: name } });
  const agent = read.data;
  return (
    <Page
      title={name}
      scrolls
      actions={<Link to="/agents">{words.all}</Link>}
      below={
        <>
          {agent !== undefined && <p className="quiet">{agent.description}</p>}
          <div className="views agent-views" role="group" aria-label={words.viewsLabel}>
            {mine.map((each) => (
              <button type="button" key={each} aria-pressed={each === view} onClick={() => change({ view: each })}>
                {words.views[each]}
              </button>
            ))}
          </div>
        </>
      }
    >
      <Surface read={read}>
        {agent !== undefined && (
          <>
            {view === 'about' && <About agent={agent} />}
            {view === 'abilities' && <Abilities agent={agent} />}
            {view === 'instructions' && <Instructions agent={agent} />}
            {view === 'rehearsal' && (
              <Suspense fallback={<div className="skeleton" />}>
                <Try key={name} agent={agent} />
              </Suspense>
            )}
          </>
        )}
      </Surface>
    </Page>
  );
}

function Instructions({ agent }: { agent: AgentInForce }) {
  const words = useWords(agentWords);
  return (
    <Sections>
      <Section title={words.views.instructions}>
        <p className="quiet">
          {agent.prompt === null ? words.instructionsMade : words.instructionsHint} {agent.offers && words.offersMade}{' '}
          {agent.model === null && words.noModelReads}
        </p>
        {agent.prompt !== null && (
          <pre className="agent-prompt" tabIndex={0} aria-label={words.views.instructions}>
            {agent.prompt}
          </pre>
        )}
      </Section>
    </Sections>
  );
}

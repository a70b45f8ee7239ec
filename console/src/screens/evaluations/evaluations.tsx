/** Is a version as good as the one before it? Evaluations of an agent with the verdicts of its cases, and the cases. */
import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Page } from '../../parts/page.tsx';
import '../../parts/rows.css';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import { Cases } from './cases.tsx';
import './evaluations.css';
import { EvaluationList } from './evaluation-list.tsx';
import { StartForm } from './start-form.tsx';
import { evaluationWords } from './words.ts';

const views = ['runs', 'cases'] as const;

export default function Evaluations() {
  const words = useWords(evaluationWords);
  const manages = useMay('evaluations:manage');
  const readsAgents = useMay('agents:read');
  const [address, change] = useAddressState();
  const [starts, setStarts] = useState(false);
  const view = views.find((each) => each === address['view']) ?? 'runs';
  const agents = useAnswer('GET /api/v1/agents', {}, { enabled: readsAgents });
  const names = agents.data?.agents.map(({ name }) => name) ?? [];
  const agent = address['agent'] ?? names[0];
  return (
    <Page
      title={words.title}
      scrolls
      actions={
        manages &&
        agent !== undefined && (
          <Button kind="primary" icon={FlaskConical} onClick={() => setStarts(true)}>
            {words.start}
          </Button>
        )
      }
      below={
        <div className="evaluation-head">
          <div className="views evaluation-views" role="group" aria-label={words.viewsLabel}>
            {views.map((each) => (
              <button type="button" key={each} aria-pressed={each === view} onClick={() => change({ view: each })}>
                {words.views[each]}
              </button>
            ))}
          </div>
          {agent !== undefined && (
            <label className="row">
              <span className="small quiet">{words.agent}</span>
              <select value={agent} onChange={(event) => change({ agent: event.target.value })}>
                {[...new Set([...names, agent])].map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          )}
        </div>
      }
    >
      <Surface read={agents} isEmpty={agent === undefined} empty={<Empty title={words.noAgents} />}>
        {agent !== undefined &&
          (view === 'runs' ? <EvaluationList key={agent} agent={agent} /> : <Cases key={agent} agent={agent} />)}
      </Surface>
      {starts && agent !== undefined && <StartForm agent={agent} onClose={() => setStarts(false)} />}
    </Page>
  );
}

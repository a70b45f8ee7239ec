import { Link } from '@tanstack/react-router';
import type { Answer } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { Mark } from '../../parts/note.tsx';
import { Facts, Section, Sections } from '../../parts/page.tsx';
import { PlainTable, type TableColumn } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { ago, count, duration, exactTime, money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { AgentInForce } from './agent.tsx';
import { agentWords } from './words.ts';

type Version = Answer<'GET /api/v1/agents/{agent}/versions'>['versions'][number];
type Evaluation = Answer<'GET /api/v1/evaluations'>['evaluations'][number];

export function About({ agent }: { agent: AgentInForce }) {
  const words = useWords(agentWords);
  const { limits } = agent;
  const evaluates = useMay('evaluations:read');
  return (
    <Sections>
      <Facts
        facts={[
          [words.inForce, <code key="version">{agent.version}</code>],
          [words.model, agent.model === null ? words.noModel : <code key="model">{agent.model}</code>],
          [words.route, agent.route === null ? words.defaultRoute : <code key="route">{agent.route}</code>],
          [words.flows, agent.flows ? words.flowsYes : words.flowsNo],
          [words.guard, agent.guard ? words.guarded : words.unguarded],
          ...(agent.parts.length === 0 ? [] : [[words.parts, agent.parts.join(', ')] as const]),
          [
            words.limits,
            words.limitsText(count(limits.steps), count(limits.toolCalls), duration(limits.wallTimeMs), money(limits.money)),
          ],
        ]}
      />
      {evaluates && <Evaluations agent={agent.name} />}
      <Versions agent={agent} />
      {agent.jobs.length > 0 && (
        <Section title={words.jobs}>
          <PlainTable
            label={words.jobs}
            rows={agent.jobs}
            keyOf={({ name }) => name}
            columns={[
              { title: words.job, cell: ({ name }) => <code>{name}</code> },
              { title: words.cron, cell: ({ cron }) => (cron === null ? words.onDemand : <code>{cron}</code>) },
            ]}
          />
        </Section>
      )}
      {agent.permissions.length > 0 && (
        <Section title={words.permissions}>
          <PlainTable
            label={words.permissions}
            rows={agent.permissions}
            keyOf={({ name }) => name}
            columns={[
              { title: words.permission, cell: ({ name }) => <code>{name}</code> },
              { title: words.means, long: true, cell: ({ description }) => description },
            ]}
          />
        </Section>
      )}
    </Sections>
  );
}

function Versions({ agent }: { agent: AgentInForce }) {
  const words = useWords(agentWords);
  const read = useAnswer('GET /api/v1/agents/{agent}/versions', { path: { agent: agent.name } });
  const columns: readonly TableColumn<Version>[] = [
    {
      title: words.version,
      cell: ({ version }) => (
        <>
          <code>{version}</code> {version === agent.version && <Mark kind="good">{words.current}</Mark>}
        </>
      ),
    },
    {
      title: words.changes,
      long: true,
      cell: ({ changes }) => (Object.keys(changes).length === 0 ? words.unchanged : Object.keys(changes).join(', ')),
    },
    { title: words.by, cell: ({ createdBy }) => createdBy },
    {
      title: words.when,
      cell: ({ createdAt }) => (
        <time dateTime={createdAt} title={exactTime(createdAt)}>
          {ago(createdAt)}
        </time>
      ),
    },
  ];
  return (
    <Section title={words.versions} actions={<Link to="/releases">{words.toReleases}</Link>}>
      <Surface read={read} rows={2} isEmpty={read.data?.versions.length === 0} empty={<p className="quiet">{words.noVersions}</p>}>
        <PlainTable label={words.versions} rows={read.data?.versions ?? []} keyOf={({ version }) => version} columns={columns} />
      </Surface>
    </Section>
  );
}

const tones = { queued: 'quiet', running: 'info', finished: 'good', failed: 'bad' } as const;

function Evaluations({ agent }: { agent: string }) {
  const words = useWords(agentWords);
  const read = useAnswer('GET /api/v1/evaluations', { query: { agent, limit: 5 } });
  const columns: readonly TableColumn<Evaluation>[] = [
    { title: words.version, cell: ({ agentVersion }) => <code>{agentVersion}</code> },
    {
      title: words.state,
      cell: ({ status, failed }) => (
        <Mark kind={status === 'finished' && failed > 0 ? 'warn' : tones[status]}>{words.states[status]}</Mark>
      ),
    },
    { title: words.result, figure: true, cell: ({ passed, cases }) => words.passedOf(count(passed), count(cases)) },
    { title: words.planner, cell: ({ models }) => (models ? words.choices.model : words.choices.flows) },
    { title: words.cost, figure: true, cell: ({ cost }) => money(cost) },
    {
      title: words.when,
      cell: ({ createdAt }) => (
        <time dateTime={createdAt} title={exactTime(createdAt)}>
          {ago(createdAt)}
        </time>
      ),
    },
  ];
  return (
    <Section title={words.evaluations}>
      <Surface
        read={read}
        rows={2}
        isEmpty={read.data?.evaluations.length === 0}
        empty={<p className="quiet">{words.noEvaluations}</p>}
      >
        <PlainTable label={words.evaluations} rows={read.data?.evaluations ?? []} keyOf={({ id }) => id} columns={columns} />
      </Surface>
    </Section>
  );
}

import type { Json } from '../../api/operations.ts';
import { Mark } from '../../parts/note.tsx';
import { Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { useWords } from '../../words/language.ts';
import type { AgentInForce } from './agent.tsx';
import { agentWords } from './words.ts';

/** What it can do, and what holds it back. */
export function Abilities({ agent: { tools, rules } }: { agent: AgentInForce }) {
  const words = useWords(agentWords);
  return (
    <Sections wide>
      <Section title={words.rules}>
        {rules.length === 0 ? (
          <p className="quiet">{words.noRules}</p>
        ) : (
          <PlainTable
            label={words.rules}
            rows={rules}
            keyOf={({ id }) => id}
            columns={[
              {
                title: words.rule,
                cell: ({ id, safety }) => (
                  <>
                    <code>{id}</code> {safety && <Mark kind="warn">{words.safety}</Mark>}
                  </>
                ),
              },
              { title: words.says, long: true, cell: ({ description }) => description },
              {
                title: words.holds,
                long: true,
                cell: ({ tools: names }) => (names.length === tools.length ? words.everyTool : <code>{names.join(', ')}</code>),
              },
            ]}
          />
        )}
      </Section>
      <Section title={words.tools}>
        {tools.length === 0 ? (
          <p className="quiet">{words.noTools}</p>
        ) : (
          <PlainTable
            label={words.tools}
            rows={tools}
            keyOf={({ name }) => name}
            columns={[
              { title: words.name, cell: ({ name }) => <code>{name}</code> },
              {
                title: words.effect,
                cell: ({ effect, target }) =>
                  effect === 'read' ? (
                    <Mark kind="quiet">{words.effects.read}</Mark>
                  ) : (
                    <Mark kind="warn">{words.effects[target ?? 'database']}</Mark>
                  ),
              },
              { title: words.what, long: true, cell: ({ description }) => description },
              { title: words.takes, long: true, cell: ({ input }) => <Arguments schema={input} /> },
              {
                title: words.needs,
                cell: ({ permission }) =>
                  permission === null ? <span className="quiet">{words.anybody}</span> : <code>{permission}</code>,
              },
            ]}
          />
        )}
      </Section>
    </Sections>
  );
}

interface Property {
  type?: string | string[];
  enum?: Json[];
  description?: string;
}

/** Names of the arguments; those that may be left out have a question mark. */
function Arguments({ schema }: { schema: Record<string, Json> }) {
  const words = useWords(agentWords);
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Property>);
  const required = (schema['required'] ?? []) as string[];
  if (properties.length === 0) return <span className="quiet">{words.nothing}</span>;
  return (
    <span className="agent-arguments">
      {properties.map(([name, { type, enum: choices, description }]) => (
        <span key={name} title={description}>
          <code>
            {name}
            {required.includes(name) ? '' : '?'}
          </code>
          {kindOf(type, choices) !== '' && <span className="quiet"> {kindOf(type, choices)}</span>}
        </span>
      ))}
    </span>
  );
}

function kindOf(type: Property['type'], choices: Property['enum']): string {
  if (choices !== undefined) return choices.map(String).join(' | ');
  return type === undefined ? '' : [type].flat().join(' | ');
}

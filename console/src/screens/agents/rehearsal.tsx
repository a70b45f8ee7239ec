/** A conversation that nobody has: what the agent would do with a message, without doing it. */
import { RotateCcw } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import type { Json } from '../../api/operations.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { useDraft } from '../../parts/draft.ts';
import { Field } from '../../parts/field.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Note } from '../../parts/note.tsx';
import { Facts, Section, Sections } from '../../parts/page.tsx';
import { count, money, percent } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { AgentInForce } from './agent.tsx';
import { RehearsedSteps } from './rehearsed-steps.tsx';
import { agentWords } from './words.ts';

type Rehearsal = Answer<'POST /api/v1/agents/{agent}/rehearsals'>;
type Turn = Rehearsal['turns'][number];
/** As many as the API plays. */
const most = 8;

export default function Try({ agent }: { agent: AgentInForce }) {
  const words = useWords(agentWords);
  const [text, setText] = useDraft(`rehearsal ${agent.name}`);
  const [model, setModel] = useState(agent.model !== null);
  const rehearse = useChange(
    (messages: string[]) =>
      call('POST /api/v1/agents/{agent}/rehearsals', { path: { agent: agent.name }, body: { messages, models: model } }),
    [],
  );
  const turns = rehearse.data?.turns ?? [];
  const last = turns.at(-1);
  // What comes after a call that was not made would be made up.
  const over = last !== undefined && (last.stoppedBefore.length > 0 || last.outcome === 'failed' || turns.length >= most);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '' || over) return;
    rehearse.mutate([...turns.map((turn) => turn.text), text], { onSuccess: () => setText('') });
  };
  return (
    <Sections>
      <div className="rehearsal">
        <Note kind="info">{words.tryHint}</Note>
        {turns.map((turn, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: turns are named by their place
          <TurnView key={at} turn={turn} />
        ))}
        {rehearse.error !== null && <Note kind="bad">{rehearse.error.message}</Note>}
        {!over && (
          <form onSubmit={submit} className="rehearsal-form">
            <Field label={words.message}>
              <textarea
                rows={2}
                maxLength={4_000}
                value={text}
                onChange={({ target }) => setText(target.value)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && !event.shiftKey) submit(event);
                }}
              />
            </Field>
            {agent.model !== null && agent.flows && turns.length === 0 && (
              <Field label={words.plannerChoice}>
                <select value={model ? 'model' : 'flows'} onChange={({ target }) => setModel(target.value === 'model')}>
                  <option value="model">{words.choices.model}</option>
                  <option value="flows">{words.choices.flows}</option>
                </select>
              </Field>
            )}
            <div className="page-actions">
              <Button kind="primary" type="submit" disabled={text.trim() === ''} busy={rehearse.isPending}>
                {words.send}
              </Button>
              {turns.length > 0 && <Again reset={rehearse.reset} />}
            </div>
          </form>
        )}
        {over && (
          <div className="page-actions">
            <Again reset={rehearse.reset} />
          </div>
        )}
      </div>
      {rehearse.data !== undefined && <Behind rehearsal={rehearse.data} />}
    </Sections>
  );
}

function Again({ reset }: { reset(): void }) {
  const words = useWords(agentWords);
  return (
    <Button icon={RotateCcw} onClick={reset}>
      {words.again}
    </Button>
  );
}

function TurnView({ turn }: { turn: Turn }) {
  const words = useWords(agentWords);
  const { modelCalls, inputTokens, outputTokens, cost } = turn.usage;
  return (
    <article className="rehearsal-turn" aria-label={turn.text}>
      <p className="rehearsal-said">
        <span className="small quiet">{words.customer}</span>
        {turn.text}
      </p>
      <RehearsedSteps steps={turn.steps} />
      {turn.degraded !== null && <Note kind="warn">{words.degraded}</Note>}
      {turn.error !== null && (
        <Note kind="bad">
          {words.failed}: {String(turn.error['message'] ?? turn.error['code'] ?? '')}
        </Note>
      )}
      {turn.stoppedBefore.map(({ callId, tool, args, asks }) => (
        <div key={callId} className="rehearsal-stop">
          <Note kind={asks ? 'warn' : 'info'}>{asks ? words.wouldAsk(tool) : words.would(tool)}</Note>
          <JsonView label={words.argumentsOf(tool)} value={args as Json} />
        </div>
      ))}
      {turn.reply !== null && <p className="rehearsal-reply">{turn.reply}</p>}
      <p className="small quiet">
        {turn.awaiting !== null && `${words.awaits(turn.awaiting)} `}
        {modelCalls > 0 && words.usage(count(inputTokens), count(outputTokens), cost === null ? words.noPrice : money(cost))}
      </p>
    </article>
  );
}

/** What was behind the last turn: what the flows took it for, and what the model was told. */
function Behind({ rehearsal: { version, understood, instructions } }: { rehearsal: Rehearsal }) {
  const words = useWords(agentWords);
  const unclear = { ...understood?.ambiguous, ...understood?.invalid };
  return (
    <>
      {understood !== null && (
        <Section title={words.understood}>
          <Facts
            facts={[
              [words.intent, <code key="intent">{[understood.intent, ...understood.alsoIntents].join(', ')}</code>],
              [words.confidence, percent(understood.confidence)],
              [words.language, understood.language],
            ]}
          />
          {Object.keys(understood.slots).length > 0 && <JsonView label={words.found} value={understood.slots} />}
          {Object.keys(unclear).length > 0 && <JsonView label={words.unclear} value={unclear} />}
        </Section>
      )}
      {instructions !== null && (
        <details className="agent-details">
          <summary>{words.instructionsOf}</summary>
          {instructions.offered !== null && (
            <p className="small">
              {words.offered}: <code>{instructions.offered.join(', ')}</code>
            </p>
          )}
          <pre className="agent-prompt" tabIndex={0} aria-label={words.instructionsOf}>
            {instructions.prompt}
          </pre>
        </details>
      )}
      <p className="small quiet">{words.played(version)}</p>
    </>
  );
}

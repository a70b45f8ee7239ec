import type { Json } from '../../api/operations.ts';
import { JsonView } from '../../parts/json-view.tsx';
import { useLanguage, useWords } from '../../words/language.ts';
import type { LocalText, Step, Verdict } from '../runs/step.ts';
import { How } from '../runs/steps.tsx';
import { runWords } from '../runs/words.ts';
import { agentWords } from './words.ts';

/** Steps of a turn that was only rehearsed, as those of a run: what was planned, what the rules said, what was read. */
export function RehearsedSteps({ steps }: { steps: readonly { index: number; event: string; data: unknown }[] }) {
  const words = useWords(agentWords);
  const ofRuns = useWords(runWords);
  const shown = (steps as readonly Step[]).filter(({ event }) => event !== 'reply-given');
  if (shown.length === 0) return null;
  return (
    <ol className="rehearsal-steps" aria-label={words.steps}>
      {shown.map((step) => (
        <li key={step.index}>
          <details className="agent-details">
            <summary>
              {ofRuns.events[step.event as keyof typeof ofRuns.events] ?? step.event}{' '}
              {step.data.tool !== undefined && <code>{step.data.tool}</code>} <How step={step} />
            </summary>
            <StepFacts step={step} />
          </details>
        </li>
      ))}
    </ol>
  );
}

function StepFacts({ step: { data } }: { step: Step }) {
  const words = useWords(agentWords);
  const ofRuns = useWords(runWords);
  const language = useLanguage();
  const verdict = typeof data.verdict === 'object' ? (data.verdict as Verdict) : undefined;
  const reason = verdict?.reason ?? data.reason;
  const text = typeof reason === 'object' ? (reason as LocalText)[language] : reason;
  const tool = data.tool ?? '';
  return (
    <>
      {text !== undefined && <p className="small">{text}</p>}
      {data.args !== undefined && <JsonView label={words.argumentsOf(tool)} value={data.args} />}
      {data.output !== undefined && <JsonView label={words.resultOf(tool)} value={data.output} />}
      {data.args === undefined && data.output === undefined && (
        <JsonView label={ofRuns.everything} value={data as unknown as Json} />
      )}
    </>
  );
}

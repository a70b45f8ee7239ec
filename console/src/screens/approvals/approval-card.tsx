/** A call that waits for a person: what will happen, why it is asked, what was read before. */
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import type { Json } from '../../api/operations.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Difference, isDifference } from '../../parts/difference.tsx';
import { Field } from '../../parts/field.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Note } from '../../parts/note.tsx';
import { Facts } from '../../parts/page.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { useLanguage, useWords } from '../../words/language.ts';
import './approvals.css';
import { approvalWords } from './words.ts';

type Approval = Answer<'GET /api/v1/runs/{id}'>['approvals'][number];
type Remember = '' | 'run' | 'conversation';

const touches = ['GET /api/v1/approvals', 'GET /api/v1/runs/{id}', 'GET /api/v1/runs/{id}/steps', 'GET /api/v1/runs'] as const;

interface ApprovalCardProps {
  runId: string;
  /** As the run tells it: with all of its arguments. */
  approval: Approval;
  agent: string;
  /** Whether A and D decide about this one. */
  keys?: boolean;
}

export function ApprovalCard({ runId, approval, agent, keys = false }: ApprovalCardProps) {
  const words = useWords(approvalWords);
  const language = useLanguage();
  const [remember, setRemember] = useState<Remember>('');
  const [reason, setReason] = useState('');
  const { callId, tool, args, rule, reason: why, pattern, status } = approval;
  const steps = useAnswer('GET /api/v1/runs/{id}/steps', { path: { id: runId }, query: { limit: 50 } });
  const read = (steps.data?.steps ?? []).filter(({ event, data }) => event === 'call-finished' && data['output'] !== undefined);
  const decide = useChange(
    (decision: 'approve' | 'reject') =>
      call('POST /api/v1/runs/{id}/approvals/{callId}', {
        path: { id: runId, callId },
        body: {
          decision,
          ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
          ...(decision === 'approve' && remember !== '' ? { remember } : {}),
        },
      }),
    touches,
  );
  // What was read before is part of what one approves.
  const loaded = steps.data !== undefined;
  const waits = status === 'pending' && !decide.isPending && decide.data === undefined;
  useShortcut('a', words.approve, () => decide.mutate('approve'), keys && waits && loaded);
  useShortcut('d', words.reject, () => decide.mutate('reject'), keys && waits);
  const differences = Object.entries(args).filter(([, value]) => isDifference(value));
  return (
    <section className="approval" aria-label={`${agent}: ${tool}`}>
      <h2>{words.sentence(agent, tool)}</h2>
      <Facts
        facts={[
          [words.why, why[language]],
          [words.rule, <code key="rule">{rule}</code>],
        ]}
      />
      <JsonView label={words.arguments} value={args as Json} />
      {differences.map(([name, value]) => (
        <Difference key={name} text={String(value)} label={name} />
      ))}
      <details>
        <summary>
          {words.readBefore} ({read.length})
        </summary>
        <p className="small quiet">{read.length === 0 ? words.nothingRead : words.readBeforeHint}</p>
        {read.map(({ index, data }) => (
          <JsonView key={index} label={`${index} · ${String(data['tool'])}`} value={data['output']} />
        ))}
      </details>
      {status === 'pending' && (
        <>
          {pattern !== undefined && (
            <>
              <JsonView label={words.pattern} value={pattern as Json} />
              <Field label={words.remember}>
                <select value={remember} onChange={(event) => setRemember(event.target.value as Remember)}>
                  {(['', 'run', 'conversation'] as const).map((each) => (
                    <option key={each} value={each}>
                      {words.rememberFor[each]}
                    </option>
                  ))}
                </select>
              </Field>
            </>
          )}
          <Field label={words.reason}>
            <input value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} />
          </Field>
          {!loaded && <p className="small quiet">{words.loading}</p>}
          {decide.error !== null && <Note kind="bad">{decide.error.message}</Note>}
          {decide.data !== undefined && <Note kind="good">{words.decided}</Note>}
          <div className="row">
            <Button
              kind="primary"
              icon={Check}
              shortcut={keys ? 'a' : undefined}
              title={words.approveWhat}
              disabled={!loaded || !waits}
              busy={decide.isPending}
              onClick={() => decide.mutate('approve')}
            >
              {words.approve}
            </Button>
            <Button
              kind="danger"
              icon={X}
              shortcut={keys ? 'd' : undefined}
              title={words.rejectWhat}
              disabled={!waits}
              onClick={() => decide.mutate('reject')}
            >
              {words.reject}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

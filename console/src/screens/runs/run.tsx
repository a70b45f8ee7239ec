/** What did this run do? Its outcome and what it cost at the top, then every step. */
import { Link, useParams } from '@tanstack/react-router';
import { Download, FlaskConical, RotateCcw, Square } from 'lucide-react';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Note } from '../../parts/note.tsx';
import { Facts, Page } from '../../parts/page.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count, money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { ApprovalCard } from '../approvals/approval-card.tsx';
import { type Outcome, OutcomeMark, type Status } from './outcome.tsx';
import './runs.css';
import { StepDetails } from './step-details.tsx';
import { Steps } from './steps.tsx';
import { runWords } from './words.ts';

type Shown = Answer<'GET /api/v1/runs/{id}'>;

interface Tree {
  id: string;
  agent: string;
  key: string | null;
  status: Status;
  outcome: Outcome | null;
  children: Tree[];
}

export default function Run() {
  const words = useWords(runWords);
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const [{ step, show }, change] = useAddressState();
  const read = useAnswer('GET /api/v1/runs/{id}', { path: { id }, query: { tree: 'true' } });
  const shown = read.data;
  const chosen = step === undefined ? undefined : Number(step);
  const choose = (index: number | undefined) => change({ step: index === undefined ? undefined : String(index) }, true);
  const pending = shown?.approvals.filter(({ status }) => status === 'pending') ?? [];
  const decides = useMay('runs:decide');
  return (
    <Page
      title={shown === undefined ? words.run : `${words.run} ${shown.run.id.slice(0, 8)} · ${shown.run.agent}`}
      below={shown !== undefined && <Totals shown={shown} />}
    >
      <Surface read={read}>
        {shown !== undefined && (
          <>
            {decides && pending.length > 0 && (
              <div className="run-approvals">
                {pending.map((approval) => (
                  <ApprovalCard key={approval.callId} runId={id} approval={approval} agent={shown.run.agent} />
                ))}
              </div>
            )}
            <Children tree={shown.tree as Tree | undefined} />
            <div className="run-filter">
              <Filters
                choices={[{ name: 'show', label: words.filter, choices: [{ value: 'notable', label: words.onlyNotable }] }]}
              />
            </div>
            <div className={chosen === undefined ? 'run-steps' : 'run-steps opened'}>
              <Steps run={id} total={shown.run.steps} notable={show === 'notable'} chosen={chosen} onChoose={choose} />
              {chosen !== undefined && <StepDetails key={chosen} run={id} index={chosen} onClose={() => choose(undefined)} />}
            </div>
          </>
        )}
      </Surface>
    </Page>
  );
}

function Totals({ shown: { run, reply } }: { shown: Shown }) {
  const words = useWords(runWords);
  const { usage } = run;
  return (
    <>
      <Facts
        facts={[
          [words.outcome, <OutcomeMark key="outcome" outcome={run.outcome} status={run.status} />],
          [
            words.cost,
            usage.cost === undefined ? (
              <span key="cost" className="quiet">
                {usage.modelCalls === 0 ? '—' : words.noPrice}
              </span>
            ) : (
              money(usage.cost)
            ),
          ],
          [words.steps, count(run.steps)],
          ...(usage.modelCalls > 0
            ? ([
                [words.modelCalls, count(usage.modelCalls)],
                [
                  words.tokens,
                  `${words.tokensOf(count(usage.inputTokens), count(usage.outputTokens))}${usage.cachedInputTokens === undefined ? '' : `, ${words.cached(count(usage.cachedInputTokens))}`}`,
                ],
              ] as const)
            : []),
          [words.recoveries, count(run.recoveries)],
          [words.version, `${run.agentVersion.split('+')[0]}${run.arm === 'stable' ? '' : ` · ${run.arm}`}`],
          [
            words.conversation,
            <Link key="conversation" to={`/inbox/${run.conversationId}`}>
              {words.openIt}
            </Link>,
          ],
          ...(run.parentRun === undefined
            ? []
            : ([
                [
                  words.parent,
                  <Link key="parent" to={`/runs/${run.parentRun}`}>
                    {run.parentRun.slice(0, 8)}
                  </Link>,
                ],
              ] as const)),
          ...(run.waitingFor === undefined || run.waitingFor.length === 0
            ? []
            : ([[words.waitsFor, run.waitingFor.map((each) => words.waits[each]).join(', ')]] as const)),
        ]}
      />
      {run.error !== undefined && (
        <Note kind="bad">
          {words.failedBecause}: {run.error.message} <code>{run.error.code}</code>
        </Note>
      )}
      {run.degraded && (
        <Note kind="warn">
          {words.degradedBecause}
          {run.degradedReason === undefined ? '' : `: ${run.degradedReason}`}
        </Note>
      )}
      {reply !== null && reply.text !== '' && (
        <p className="run-reply">
          <span className="quiet">{words.reply}:</span> {reply.text}
        </p>
      )}
      <Acts run={run} />
    </>
  );
}

function Acts({ run }: { run: Shown['run'] }) {
  const words = useWords(runWords);
  const [asks, setAsks] = useState<'cancel' | 'resubmit' | 'case'>();
  const [added, setAdded] = useState(false);
  const writes = useMay('conversations:write');
  const writesAll = useMay('conversations:write-all');
  const readsAll = useMay('conversations:read-all');
  const evaluates = useMay('evaluations:manage');
  // Who sees all conversations and may write in their own alone cannot tell here whose this one is.
  const reaches = writes && (writesAll || !readsAll);
  const path = { id: run.id };
  const download = async () => {
    const steps: unknown[] = [];
    let before: number | undefined = run.steps;
    while (before !== undefined && before > 0) {
      const page: Answer<'GET /api/v1/runs/{id}/steps'> = await call('GET /api/v1/runs/{id}/steps', {
        path,
        query: { before, limit: 100 },
      });
      steps.unshift(...page.steps);
      before = page.before ?? undefined;
    }
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ run, steps }, null, 2)], { type: 'application/json' }));
    link.download = `run-${run.id}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  return (
    <div className="page-actions">
      {reaches && run.status !== 'finished' && (
        <Button kind="danger" icon={Square} onClick={() => setAsks('cancel')}>
          {words.cancel}
        </Button>
      )}
      {reaches && run.outcome === 'failed' && (
        <Button icon={RotateCcw} onClick={() => setAsks('resubmit')}>
          {words.resubmit}
        </Button>
      )}
      {evaluates && run.status === 'finished' && (
        <Button icon={FlaskConical} onClick={() => setAsks('case')}>
          {words.addCase}
        </Button>
      )}
      <Button kind="quiet" icon={Download} onClick={() => void download()}>
        {words.download}
      </Button>
      {added && <Note kind="good">{words.caseAdded}</Note>}
      {asks === 'cancel' && (
        <Confirm
          title={words.cancel}
          what={words.cancelWhat}
          verb={words.cancel}
          danger
          act={() => call('POST /api/v1/runs/{id}/cancel', { path })}
          onClose={() => setAsks(undefined)}
        />
      )}
      {asks === 'resubmit' && (
        <Confirm
          title={words.resubmit}
          what={words.resubmitWhat}
          verb={words.resubmit}
          act={() => call('POST /api/v1/runs/{id}/resubmit', { path })}
          onClose={() => setAsks(undefined)}
        />
      )}
      {asks === 'case' && (
        <Confirm
          title={words.addCase}
          what={words.caseWhat}
          verb={words.addCase}
          reason={{ label: words.caseName }}
          act={async (name) => {
            await call('POST /api/v1/evaluations/cases/from-run', { body: { runId: run.id, ...(name === '' ? {} : { name }) } });
            setAdded(true);
          }}
          onClose={() => setAsks(undefined)}
        />
      )}
    </div>
  );
}

function Children({ tree }: { tree: Tree | undefined }) {
  const words = useWords(runWords);
  if (tree === undefined || tree.children.length === 0) return null;
  return (
    <details className="run-tree" open>
      <summary>{words.tree}</summary>
      <Branches children_={tree.children} />
    </details>
  );
}

function Branches({ children_ }: { children_: readonly Tree[] }) {
  return (
    <ul>
      {children_.map(({ id, agent, key, status, outcome, children }) => (
        <li key={id}>
          <Link to={`/runs/${id}`}>{agent}</Link> {key !== null && <code>{key}</code>}{' '}
          <OutcomeMark outcome={outcome} status={status} />
          {children.length > 0 && <Branches children_={children} />}
        </li>
      ))}
    </ul>
  );
}

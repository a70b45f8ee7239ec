/** A generation: what is decided about it first, then what it changes, how it was judged, and how it came about. */
import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Difference } from '../../parts/difference.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count, money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { filesOf, type Generation, type Round, stages, useDifference, useGeneration, useLog } from './generations.ts';
import { type Offered, Proposal } from './proposal.tsx';
import { Rounds } from './rounds.tsx';
import { Say } from './say.tsx';
import { StageMark } from './stage-mark.tsx';
import { Tasks } from './tasks.tsx';
import { codeWords } from './words.ts';

export function GenerationView({ id, onBack }: { id: string; onBack(): void }) {
  const words = useWords(codeWords);
  const read = useGeneration(id);
  const decides = useMay('runs:decide');
  const runId = read.data?.runId ?? '';
  const run = useAnswer('GET /api/v1/runs/{id}', { path: { id: runId } }, { enabled: decides && runId !== '' });
  // A merge and a way back are asked about in runs of their own.
  const others = useAnswer('GET /api/v1/approvals', { query: { limit: 100 } }, { enabled: decides });
  const own = run.data?.approvals.find(({ status, args }) => status === 'pending' && args['generation'] === id);
  const offered: Offered | undefined =
    own === undefined
      ? others.data?.approvals.find(({ agent, args }) => agent === 'codegen' && args['generation'] === id)
      : { ...own, runId };
  return (
    <Surface read={read}>
      {read.data !== undefined && (
        <>
          <span className="only-narrow">
            <Button kind="quiet" icon={ArrowLeft} iconOnly onClick={onBack}>
              {words.back}
            </Button>
          </span>
          <Content generation={read.data} offered={offered} />
        </>
      )}
    </Surface>
  );
}

function Content({ generation, offered }: { generation: Generation; offered: Offered | undefined }) {
  const words = useWords(codeWords);
  const [address, change] = useAddressState();
  const { rounds } = generation;
  const asked = Number(offered?.args['round'] ?? address['round'] ?? generation.round);
  const round = rounds.find((each) => each.round === asked) ?? rounds.at(-1);
  const difference = useDifference(generation.id, round?.round, round?.tree ?? null);
  const files = filesOf(difference.data ?? '');
  return (
    <div className="code-content">
      <Head generation={generation} />
      {offered !== undefined && (
        <Proposal
          generation={generation}
          offered={offered}
          round={round}
          files={files.length}
          loaded={shows(offered, round) && difference.data !== undefined && !difference.isFetching}
        />
      )}
      <Say generation={generation} />
      <Section
        title={words.changes}
        actions={
          rounds.length > 1 &&
          offered === undefined && (
            <select aria-label={words.round} value={round?.round} onChange={({ target }) => change({ round: target.value }, true)}>
              {rounds.map((each) => (
                <option key={each.round} value={each.round}>
                  {words.ofRound(each.round)}
                </option>
              ))}
            </select>
          )
        }
      >
        {round === undefined ? (
          <p className="quiet">{words.noChanges}</p>
        ) : (
          <Surface read={difference} isEmpty={files.length === 0} empty={<p className="quiet">{words.noChanges}</p>}>
            {files.map(({ path, text, added, removed }) => (
              <details key={path} className="code-file" open>
                <summary>
                  <code>{path}</code> <span className="code-added">+{count(added)}</span>{' '}
                  <span className="code-removed">−{count(removed)}</span>
                </summary>
                <Difference text={text} label={path} />
              </details>
            ))}
          </Surface>
        )}
      </Section>
      <Section title={words.rounds}>
        <Rounds rounds={rounds} />
      </Section>
      <Section title={words.tasks}>
        <Tasks tasks={generation.tasks} />
      </Section>
      <Section title={words.log}>
        <Log id={generation.id} />
      </Section>
    </div>
  );
}

/** Whether the round whose changes are shown is the one that is asked about. */
function shows({ tool, args }: Offered, round: Round | undefined): boolean {
  return tool !== 'commit' || (round !== undefined && round.round === args['round'] && round.tree === args['tree']);
}

function Head({ generation }: { generation: Generation }) {
  const words = useWords(codeWords);
  const { stage, result, project, request, reason, round, spent, budget, branch, commit, approvedBy, merged, reverted } =
    generation;
  const at = stages.indexOf(stage);
  // A question is a stage only where something was asked.
  const shown = stages.filter((each) => each !== 'question' || stage === 'question');
  const facts = [
    [words.state, <StageMark key="state" of={generation} />],
    [words.project, project],
    [words.round, count(round)],
    [words.spent, words.ofBudget(money(spent), money(budget))],
    ...(
      [
        [words.branch, branch],
        [words.commit, commit?.slice(0, 12)],
        [words.merged, merged?.slice(0, 12)],
        [words.reverted, reverted?.slice(0, 12)],
      ] as const
    ).flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, <code key={name}>{value}</code>] as const])),
    ...(approvedBy === null ? [] : [[words.approvedBy, approvedBy] as const]),
    [
      words.run,
      <Link key="run" to={`/runs/${generation.runId}`}>
        {words.open}
      </Link>,
    ],
    [
      words.conversation,
      <Link key="conversation" to={`/inbox/${generation.conversationId}`}>
        {words.open}
      </Link>,
    ],
  ] as const;
  return (
    <header className="code-head">
      <h2>{request}</h2>
      <ol className="code-stages" aria-label={words.stage}>
        {shown.map((each) => (
          <li
            key={each}
            aria-current={each === stage ? 'step' : undefined}
            className={
              result === null || result === 'committed' || result === 'written' ? (stages.indexOf(each) < at ? 'done' : '') : ''
            }
          >
            {words.stages[each]}
          </li>
        ))}
      </ol>
      <Facts facts={facts} />
      {reason !== null && reason !== '' && (
        <p className="code-reason">
          <span className="quiet">{words.reason}:</span> {reason}
        </p>
      )}
    </header>
  );
}

function Log({ id }: { id: string }) {
  const words = useWords(codeWords);
  const [shown, setShown] = useState(false);
  const log = useLog(id, shown);
  if (!shown)
    return (
      <div className="page-actions">
        <Button onClick={() => setShown(true)}>{words.showLog}</Button>
      </div>
    );
  return (
    <Surface read={log}>
      <JsonView label={words.log} value={log.data} />
    </Surface>
  );
}

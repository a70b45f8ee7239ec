/** What waits for a person: the commit, the merge or the way back, bound to a tree. */
import { useQueryClient } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { Facts } from '../../parts/page.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { type Generation, type Round, readAgain } from './generations.ts';
import { codeWords } from './words.ts';

export type Offered = Pick<Answer<'GET /api/v1/approvals'>['approvals'][number], 'runId' | 'callId' | 'tool' | 'args'>;

interface ProposalProps {
  generation: Generation;
  offered: Offered;
  /** The round that is offered. */
  round: Round | undefined;
  files: number;
  /** Whether all changes are shown. */
  loaded: boolean;
}

export function Proposal({ generation: { project }, offered, round, files, loaded }: ProposalProps) {
  const words = useWords(codeWords);
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [decided, setDecided] = useState<string>();
  const { runId, callId, tool, args } = offered;
  const decide = useChange(
    async (decision: 'approve' | 'reject') => {
      const why = reason.trim();
      const path = { id: runId, callId };
      await call('POST /api/v1/runs/{id}/approvals/{callId}', { path, body: { decision, ...(why === '' ? {} : { reason: why }) } });
      setDecided(callId);
      await readAgain(client);
    },
    ['GET /api/v1/approvals', 'GET /api/v1/runs/{id}'],
  );
  const waits = !decide.isPending && decided !== callId;
  useShortcut('a', words.approve, () => decide.mutate('approve'), waits && loaded);
  useShortcut('d', words.reject, () => decide.mutate('reject'), waits);
  const score = round?.score ?? null;
  const title =
    tool === 'merge'
      ? words.offers.merge(project)
      : tool === 'revert'
        ? words.offers.revert(project)
        : words.offers.commit(words.files(count(files), files), project);
  const named = ([name, value]: readonly [string, unknown]) =>
    typeof value === 'string'
      ? [[name, <code key={name}>{/^[0-9a-f]{40,}$/.test(value) ? value.slice(0, 12) : value}</code>] as const]
      : [];
  return (
    <section className="code-proposal" aria-label={title}>
      <h3>{title}</h3>
      <Facts
        facts={[
          ...(score === null
            ? []
            : [[words.score, `${words.scoreOf(count(score.value))}${score.executed ? '' : ` · ${words.notExecuted}`}`] as const]),
          ...named([words.tree, args['tree']]),
          ...named([words.base, args['base']]),
          ...named([words.commit, args['commit']]),
        ]}
      />
      <p className="small quiet">{words.bound}</p>
      {decided !== undefined && decided !== callId && <Note kind="warn">{words.again}</Note>}
      <Field label={words.why}>
        <input value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} />
      </Field>
      {!loaded && <p className="small quiet">{words.loading}</p>}
      {decide.error !== null && <Note kind="bad">{decide.error.message}</Note>}
      {decided === callId && <Note kind="good">{words.decided}</Note>}
      <div className="page-actions">
        <Button
          kind="primary"
          icon={Check}
          shortcut="a"
          disabled={!loaded || !waits}
          busy={decide.isPending}
          onClick={() => decide.mutate('approve')}
        >
          {words.approve}
        </Button>
        <Button kind="danger" icon={X} shortcut="d" disabled={!waits} onClick={() => decide.mutate('reject')}>
          {words.reject}
        </Button>
      </div>
    </section>
  );
}

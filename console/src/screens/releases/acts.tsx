import { ArrowUpRight, CirclePause, CirclePlay, Play, Rocket, RotateCcw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { percent } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { Release } from './releases.tsx';
import { releaseWords } from './words.ts';

type Act = 'start' | 'ramp' | 'stop' | 'resume' | 'promote' | 'force' | 'roll-back';

/** What the API would accept now, and nothing else. Each act names the revision that it was decided on. */
export function ReleaseActs({ release, etag }: { release: Release; etag: string | undefined }) {
  const words = useWords(releaseWords);
  const [asks, setAsks] = useState<Act>();
  const { id, status, enabled, plan, step, stable, canary, agent, standing } = release;
  const path = { id };
  const headers = { 'if-match': etag ?? '*' };
  const change = useChange(
    async ({ act, reason }: { act: Act; reason: string }) => {
      if (act === 'start') return call('POST /api/v1/releases/{id}/start', { path, headers, body: {} });
      if (act === 'ramp') return call('POST /api/v1/releases/{id}/ramp', { path, headers });
      if (act === 'stop' || act === 'resume')
        return call('PATCH /api/v1/releases/{id}', { path, headers, body: { enabled: act === 'resume' } });
      if (act === 'promote') return call('POST /api/v1/releases/{id}/promote', { path, headers, body: {} });
      if (act === 'force') return call('POST /api/v1/releases/{id}/promote', { path, headers, body: { force: true, reason } });
      return call('POST /api/v1/releases/{id}/rollback', { path, headers, body: { reason } });
    },
    ['GET /api/v1/releases', 'GET /api/v1/releases/{id}', 'GET /api/v1/releases/{id}/history'],
  );

  const running = status === 'running';
  const next = plan.steps[step + 1]?.percentage;
  const proven = standing?.verdict === 'promote';
  const first = percent((plan.steps[0]?.percentage ?? 0) / 100, 1);
  const all: Record<
    Act,
    { shown: boolean; label: string; what: string; button: ReactNode; danger?: boolean; name?: string; reason?: boolean }
  > = {
    start: {
      shown: status === 'draft',
      label: words.start,
      what: words.startWhat(first),
      button: <Play size={16} aria-hidden="true" />,
    },
    ramp: {
      shown: running && next !== undefined && next < 100,
      label: words.ramp,
      what: words.rampWhat(percent((next ?? 0) / 100, 1)),
      button: <ArrowUpRight size={16} aria-hidden="true" />,
    },
    stop: {
      shown: running && enabled,
      label: words.stop,
      what: words.stopWhat,
      button: <CirclePause size={16} aria-hidden="true" />,
    },
    resume: {
      shown: running && !enabled,
      label: words.resume,
      what: words.resumeWhat,
      button: <CirclePlay size={16} aria-hidden="true" />,
    },
    promote: {
      shown: running && proven,
      label: words.promote,
      what: words.promoteWhat(canary),
      button: <Rocket size={16} aria-hidden="true" />,
      name: agent,
    },
    force: {
      shown: running && !proven,
      label: words.force,
      what: words.forceWhat(canary),
      button: <Rocket size={16} aria-hidden="true" />,
      danger: true,
      name: agent,
      reason: true,
    },
    'roll-back': {
      shown: running || status === 'draft',
      label: status === 'draft' ? words.discard : words.rollBack(stable.split('+')[0] ?? stable),
      what: status === 'draft' ? words.discardWhat : words.rollBackWhat(stable),
      button: <RotateCcw size={16} aria-hidden="true" />,
      danger: true,
      reason: true,
      ...(status === 'draft' ? {} : { name: agent }),
    },
  };
  const primary: Act = status === 'draft' ? 'start' : proven ? 'promote' : 'ramp';
  const asked = asks === undefined ? undefined : all[asks];
  return (
    <div className="page-actions">
      {(Object.entries(all) as [Act, (typeof all)[Act]][])
        .filter(([, { shown }]) => shown)
        .map(([act, { label, button, danger }]) => (
          <Button key={act} kind={danger === true ? 'danger' : act === primary ? 'primary' : 'plain'} onClick={() => setAsks(act)}>
            {button}
            {label}
          </Button>
        ))}
      {asks !== undefined && asked !== undefined && (
        <Confirm
          title={asked.label}
          what={asked.what}
          verb={asked.label}
          danger={asked.danger === true}
          name={asked.name}
          reason={asked.reason === true ? { label: words.forceReason, required: true } : undefined}
          act={(reason) => change.mutateAsync({ act: asks, reason })}
          onClose={() => setAsks(undefined)}
        />
      )}
    </div>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { HandHelping } from 'lucide-react';
import { useState } from 'react';
import { invalidate } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Mark, type Tone } from '../../parts/note.tsx';
import { ago, count, duration, exactTime, percent } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { type Alert, acknowledge } from './figures.ts';
import { healthWords } from './words.ts';

const tones: Record<Alert['severity'], Tone> = { critical: 'bad', warning: 'warn', info: 'info' };
const states: readonly Alert['state'][] = ['firing', 'pending', 'resolved'];

/** What fires first, then what may, then what ended. */
export function Alerts({ alerts }: { alerts: readonly Alert[] }) {
  const words = useWords(healthWords);
  const client = useQueryClient();
  const [asks, setAsks] = useState<Alert>();
  const sorted = alerts.toSorted((one, other) => states.indexOf(one.state) - states.indexOf(other.state));
  return (
    <>
      <ul className="health-alerts">
        {sorted.map((alert) => {
          const { fingerprint, name, severity, state, summary, runbook, since, resolvedAt, acknowledgement, value, unit } = alert;
          const at = resolvedAt ?? since;
          return (
            <li key={fingerprint}>
              <Mark kind={state === 'resolved' ? 'quiet' : tones[severity]}>
                {state === 'firing' ? words.severities[severity] : words.alertStates[state]}
              </Mark>
              <div>
                <strong>{name}</strong>
                <span>
                  {summary} <span className="quiet">({valueText(value, unit)})</span>
                </span>
                <span className="small quiet">
                  <time dateTime={at} title={exactTime(at)}>
                    {resolvedAt === null ? words.alertSince(ago(since)) : words.alertEnded(ago(resolvedAt))}
                  </time>
                  {' · '}
                  {words.runbook} <code>{runbook}</code>
                </span>
                {acknowledgement !== null && (
                  <span className="small">
                    {words.looksAfter(acknowledgement.by, ago(acknowledgement.at))}
                    {acknowledgement.note !== null && `: ${acknowledgement.note}`}
                  </span>
                )}
              </div>
              {state !== 'resolved' && acknowledgement === null && (
                <Button icon={HandHelping} onClick={() => setAsks(alert)}>
                  {words.acknowledge}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {asks !== undefined && (
        <Confirm
          title={asks.name}
          what={words.acknowledgeWhat}
          verb={words.acknowledge}
          reason={{ label: words.note }}
          act={async (note) => {
            await acknowledge(asks.fingerprint, note);
            await invalidate(client, ['/metrics/alerts/active']);
          }}
          onClose={() => setAsks(undefined)}
        />
      )}
    </>
  );
}

function valueText(value: number, unit: Alert['unit']): string {
  if (unit === 'share') return percent(value, 2);
  return unit === 'seconds' ? duration(value * 1_000) : count(Math.round(value * 100) / 100);
}

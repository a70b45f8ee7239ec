import { Mark, type Tone } from '../../parts/note.tsx';
import { ago, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { Connection, Delivery } from './shapes.ts';
import { channelWords } from './words.ts';

export function ConnectionMark({ connection: { suspended, disabledAt } }: { connection: Connection }) {
  const words = useWords(channelWords);
  if (disabledAt !== null) return <Mark kind="quiet">{words.states.disabled}</Mark>;
  if (suspended !== null)
    return (
      <span title={`${suspended.code}: ${suspended.message}`}>
        <Mark kind="bad">{words.states.suspended}</Mark>
      </span>
    );
  return <Mark kind="good">{words.states.on}</Mark>;
}

const tones: Record<Delivery['state'], Tone> = {
  pending: 'quiet',
  sending: 'info',
  sent: 'good',
  refused: 'bad',
  unclear: 'warn',
};

/** How far a message came: what the provider tells says more than that it took it. */
export function DeliveryMark({ delivery: { state, status } }: { delivery: Delivery }) {
  const words = useWords(channelWords);
  if (state === 'sent' && status !== null && status in words.statuses) {
    const known = status as keyof typeof words.statuses;
    return <Mark kind={known === 'failed' ? 'bad' : 'good'}>{words.statuses[known]}</Mark>;
  }
  return <Mark kind={tones[state]}>{words.deliveryStates[state]}</Mark>;
}

export function hasFailed({ state, status }: Delivery): boolean {
  return state === 'refused' || state === 'unclear' || status === 'failed';
}

export function At({ at, none }: { at: string | null; none: string }) {
  if (at === null) return <span className="quiet">{none}</span>;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {ago(at)}
    </time>
  );
}

import type { TimeMention } from '../contract.ts';

/** A mention in short, for tests and logs: its kind and what it says, readings separated by "or". */
export function brief(mention: TimeMention): string {
  switch (mention.kind) {
    case 'date':
      return [mention.date, ...(mention.alternatives ?? [])].join(' or ');
    case 'time':
      return `${mention.approximate === true ? '~' : ''}${[mention.time, ...(mention.alternatives ?? [])].join(' or ')}`;
    case 'date-range':
    case 'time-range':
      return `${mention.range.from ?? ''}..${mention.range.to ?? ''}`;
    case 'duration':
      return mention.minutes === undefined ? `${mention.days} days` : `${mention.minutes} minutes`;
    case 'invalid':
      return `${mention.reason}${mention.date === undefined ? '' : ` ${mention.date}`}`;
  }
}

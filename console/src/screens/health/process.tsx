import { Mark } from '../../parts/note.tsx';
import { Facts } from '../../parts/page.tsx';
import { bytes, count, duration, percent } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { useFigures } from './figures.ts';
import { healthWords } from './words.ts';

type Figures = NonNullable<ReturnType<typeof useFigures<'/metrics/health'>>['data']>;

/** The process that answered this page, and what it stands on. */
export function Process({ figures: { process, requests, runs, pool, dependencies } }: { figures: Figures }) {
  const words = useWords(healthWords);
  const or = <T,>(value: T | null, shown: (known: T) => string) => (value === null ? words.noData : shown(value));
  const seconds = (value: number) => duration(value * 1_000);
  return (
    <>
      <p className="small quiet">{words.processHint(requests.window)}</p>
      <Facts
        facts={[
          ...dependencies.map(
            ({ name, status, required }) =>
              [
                name,
                <Mark key={name} kind={status === 'up' ? 'good' : required ? 'bad' : 'warn'}>
                  {words.dependency[status]}
                </Mark>,
              ] as const,
          ),
          [words.uptime, seconds(process.uptimeSeconds)],
          [words.memory, bytes(process.residentBytes)],
          [words.lag, seconds(process.eventLoopLagSeconds)],
          [
            words.requests,
            `${count(Math.round(requests.count))} · ${or(requests.failedShare, (share) => words.failedShare(percent(share, 2)))}`,
          ],
          [words.requestTime, or(requests.p95Seconds, seconds)],
          [words.runs, words.runsOf(count(runs.active), count(Math.round(runs.ended)))],
          [words.failedRuns, or(runs.failedShare, (share) => percent(share, 2))],
          [words.degradedRuns, or(runs.degradedShare, (share) => percent(share, 2))],
          [words.pool, words.poolOf(count(pool.open), count(pool.size), count(pool.waiting))],
        ]}
      />
    </>
  );
}

/** Is it safe to go on? One sentence, the evidence for it, what happened, and what can be done. */
import { useParams } from '@tanstack/react-router';
import type { Answer } from '../../api/client.ts';
import { useAnswer, useVersioned } from '../../api/queries.ts';
import { Facts, Page, Section, Sections } from '../../parts/page.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count, exactTime, money, percent } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { ReleaseActs } from './acts.tsx';
import { Evidence } from './evidence.tsx';
import './releases.css';
import { type Release as Shown, StatusMark } from './releases.tsx';
import { releaseWords } from './words.ts';

type Entry = Answer<'GET /api/v1/releases/{id}/history'>['entries'][number];

export default function Release() {
  const words = useWords(releaseWords);
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const read = useVersioned('GET /api/v1/releases/{id}', { path: { id } });
  const history = useAnswer('GET /api/v1/releases/{id}/history', { path: { id } });
  const manages = useMay('releases:manage');
  const release = read.data?.value;
  return (
    <Page
      title={release === undefined ? words.title : `${release.agent} · ${short(release.canary)}`}
      below={
        release !== undefined && (
          <>
            <p className="release-sentence">{sentenceOf(release, words)}</p>
            {manages && <ReleaseActs release={release} etag={read.data?.etag} />}
          </>
        )
      }
      scrolls
    >
      <Surface read={read}>
        {release !== undefined && (
          <Sections>
            <Facts
              facts={[
                [words.status, <StatusMark key="status" status={release.status} />],
                [words.share, percent(release.percentage / 100, 1)],
                [
                  words.step,
                  words.steps(count(Math.min(release.step + 1, release.plan.steps.length)), count(release.plan.steps.length)),
                ],
                [words.watched, words.minutes(count(Math.round(release.watchedMinutes)))],
                [words.stable, <code key="stable">{release.stable}</code>],
                [words.canary, <code key="canary">{release.canary}</code>],
                [words.by, release.createdBy],
                ...(release.standing === null && release.reason === null
                  ? []
                  : ([[words.reason, release.reason ?? release.standing?.reason]] as const)),
              ]}
            />
            <Section title={words.evidence}>
              <Evidence release={release} />
            </Section>
            {release.standing !== null && (
              <Section title={words.tripwires}>
                <p>
                  {words.tripwireText(
                    count(release.standing.tripwires.safetyViolations),
                    count(release.standing.tripwires.crashes),
                    money(release.standing.tripwires.dollars),
                  )}
                </p>
              </Section>
            )}
            <Section title={words.history}>
              <Surface
                read={history}
                rows={3}
                isEmpty={history.data?.entries.length === 0}
                empty={<p className="quiet">{words.noHistory}</p>}
              >
                <ol className="release-history">
                  {history.data?.entries.map((entry) => (
                    <HistoryLine key={entry.sequence} entry={entry} />
                  ))}
                </ol>
              </Surface>
            </Section>
          </Sections>
        )}
      </Surface>
    </Page>
  );
}

function HistoryLine({ entry: { at, action, by, details } }: { entry: Entry }) {
  const { percentage, reason } = details;
  return (
    <li>
      <time className="quiet" dateTime={at}>
        {exactTime(at)}
      </time>
      <span>
        <strong>{action}</strong> <span className="quiet">{by}</span>
      </span>
      <span>
        {typeof percentage === 'number' && `${percent(percentage / 100, 1)} `}
        {typeof reason === 'string' && reason}
      </span>
    </li>
  );
}

function short(version: string): string {
  return version.replace(/\+(.{6}).*/, '+$1');
}

export function sentenceOf(release: Shown, words: (typeof releaseWords)['en']): string {
  const { status, stable, canary, standing, enabled, percentage } = release;
  const share = percent(percentage / 100, 1);
  if (status === 'draft') return words.sentence.draft(short(canary));
  if (status === 'promoted') return words.sentence.promoted(short(canary));
  if (status === 'rolled-back') return words.sentence['rolled-back'](short(stable));
  if (!enabled) return words.sentence.stopped(share);
  if (standing === null) return words.sentence.waiting(share);
  if (standing.verdict === 'inconclusive')
    return words.sentence.inconclusive(share, standing.moreTurns === null ? '' : count(standing.moreTurns));
  return words.sentence[standing.verdict](share);
}

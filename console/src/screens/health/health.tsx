/** Is anything wrong? A sentence, what burns on top of it, and below it what the installation stands on. */
import type { ReactNode } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { Mark, Note, type Tone } from '../../parts/note.tsx';
import { Page, Section, Sections } from '../../parts/page.tsx';
import { Surface } from '../../parts/surface.tsx';
import { ago, count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { Alerts } from './alerts.tsx';
import { Backups, lastVerified } from './backups.tsx';
import { Drills } from './drills.tsx';
import { useFigures } from './figures.ts';
import './health.css';
import { Process } from './process.tsx';
import { Processes } from './processes.tsx';
import { Promises } from './promises.tsx';
import { DeadLetters, Queues } from './queues.tsx';
import { Validation } from './validation.tsx';
import { healthWords } from './words.ts';

const oftenEnough = { every: 30_000 };
/** From then on the alert BackupStale fires, too. */
const oldBackupMs = 26 * 3_600_000;

export default function Health() {
  const words = useWords(healthWords);
  const alerts = useFigures('/metrics/alerts/active');
  const slos = useFigures('/metrics/slo/status');
  const health = useFigures('/metrics/health');
  const failed = useAnswer('GET /api/v1/queues/failed', {}, oftenEnough);
  const backups = useAnswer('GET /api/v1/backups', {}, oftenEnough);
  const drills = useAnswer('GET /api/v1/drills', {}, oftenEnough);
  const firing = alerts.data?.alerts.filter(({ state }) => state === 'firing') ?? [];
  return (
    <Page title={words.title} scrolls>
      <Sections>
        <Surface read={alerts} rows={1}>
          <div className="health-answer">
            <Answers
              answers={[
                health.data === undefined ? undefined : stateOf(health.data.status, words),
                alerts.data === undefined
                  ? undefined
                  : firing.length === 0
                    ? ['good', words.noAlert]
                    : ['bad', words.alertsOf(count(firing.length))],
                slos.data === undefined ? undefined : promisesOf(slos.data.indicators, words),
                failed.data === undefined
                  ? undefined
                  : failed.data.jobs.length === 0
                    ? ['good', words.noDeadLetter]
                    : ['warn', words.deadLettersOf(count(failed.data.jobs.length))],
                backups.data === undefined ? undefined : backupOf(lastVerified(backups.data.backups), words),
              ]}
            />
            {alerts.data !== undefined && (
              <p className="small quiet">
                {words.ofThisProcess}{' '}
                <time dateTime={alerts.data.since} title={exactTime(alerts.data.since)}>
                  {words.countsSince(ago(alerts.data.since))}
                </time>
              </p>
            )}
          </div>
        </Surface>
        {(alerts.data?.alerts.length ?? 0) > 0 && (
          <Section title={words.alerts}>
            <Alerts alerts={alerts.data?.alerts ?? []} />
          </Section>
        )}
        <Section title={words.promises}>
          <Surface read={slos} rows={4}>
            <Promises indicators={slos.data?.indicators ?? []} />
          </Surface>
        </Section>
        <Processes />
        <DeadLetters read={failed} />
        <Queues />
        <Backups read={backups} />
        <Drills read={drills} />
        <Validation />
        <Section title={words.process}>
          <Surface read={health} rows={2}>
            {health.data !== undefined && <Process figures={health.data} />}
          </Surface>
        </Section>
      </Sections>
    </Page>
  );
}

type Answer = readonly [tone: Tone, text: string];
type Texts = (typeof healthWords)['en'];

/** Green is one line; what is not is said first, each in its own. */
function Answers({ answers }: { answers: readonly (Answer | undefined)[] }): ReactNode {
  const known = answers.filter((each) => each !== undefined);
  const wrong = known.filter(([tone]) => tone === 'bad' || tone === 'warn');
  return (
    <>
      {wrong.map(([tone, text]) => (
        <Note key={text} kind={tone}>
          {text}
        </Note>
      ))}
      <p className="health-well">
        {known
          .filter(([tone]) => tone === 'good' || tone === 'quiet')
          .map(([tone, text]) => (
            <Mark key={text} kind={tone}>
              {text}
            </Mark>
          ))}
      </p>
    </>
  );
}

function stateOf(status: 'ok' | 'degraded' | 'down', words: Texts): Answer {
  return [status === 'ok' ? 'good' : status === 'down' ? 'bad' : 'warn', words.states[status]];
}

function promisesOf(indicators: readonly { status: keyof Texts['statuses'] }[], words: Texts): Answer {
  const of = (status: string) => indicators.filter((each) => each.status === status).length;
  const broken = of('burning') + of('missed');
  if (broken > 0) return ['bad', words.promisesBroken(count(broken), count(indicators.length))];
  const kept = of('kept');
  return [
    kept === 0 ? 'quiet' : 'good',
    kept === 0 ? words.promisesUnknown : words.promisesKept(count(kept), count(indicators.length)),
  ];
}

function backupOf(verified: string | undefined, words: Texts): Answer {
  if (verified === undefined) return ['warn', words.noVerifiedBackup];
  const old = Date.now() - new Date(verified).getTime() > oldBackupMs;
  return [old ? 'warn' : 'good', words.verifiedBackup(ago(verified))];
}

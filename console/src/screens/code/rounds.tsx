import { Mark } from '../../parts/note.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { Finding, Round } from './generations.ts';
import { codeWords } from './words.ts';

/** How each round was judged, part by part; the last one first. */
export function Rounds({ rounds }: { rounds: readonly Round[] }) {
  const words = useWords(codeWords);
  if (rounds.length === 0) return <p className="quiet">{words.noRounds}</p>;
  return (
    <>
      {rounds.toReversed().map((round) => (
        <OneRound key={round.round} round={round} />
      ))}
    </>
  );
}

function OneRound({ round: { round, feedback, score, report, review } }: { round: Round }) {
  const words = useWords(codeWords);
  const findings = [...(report?.findings ?? []), ...(review?.findings ?? [])];
  const failures = report?.tests.failures ?? [];
  return (
    <div className="code-round">
      <h3 className="row">
        {words.ofRound(round)}
        {score !== null && (
          <Mark kind={score.value >= 7 ? 'good' : score.value > 4 ? 'warn' : 'bad'}>
            {words.scoreOf(count(score.value))}
            {score.executed ? '' : ` · ${words.notExecuted}`}
          </Mark>
        )}
      </h3>
      {feedback !== null && (
        <p className="code-reason">
          <span className="quiet">{words.feedback}:</span> {feedback}
        </p>
      )}
      {score === null ? (
        <p className="quiet">{words.noRounds}</p>
      ) : (
        <table className="code-table">
          <thead>
            <tr>
              <th scope="col">{words.score}</th>
              <th scope="col" className="figure">
                {words.points}
              </th>
              <th scope="col">{words.reason}</th>
            </tr>
          </thead>
          <tbody>
            {score.parts.map(({ name, points, of, why }) => (
              <tr key={name}>
                <th scope="row">{words.parts[name]}</th>
                <td className="figure">
                  {count(points)}
                  {of > 0 && <span className="quiet"> / {count(of)}</span>}
                </td>
                <td>{why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {failures.length > 0 && (
        <details open>
          <summary>
            {words.failures} ({count(failures.length)})
          </summary>
          <ul className="code-findings">
            {failures.map(({ name, message }) => (
              <li key={name}>
                <code>{name}</code>
                <pre>{message}</pre>
              </li>
            ))}
          </ul>
        </details>
      )}
      {findings.length > 0 && (
        <details>
          <summary>
            {words.findings} ({count(findings.length)})
          </summary>
          <ul className="code-findings">
            {findings.map((finding) => (
              <li key={keyOf(finding)}>
                <code>
                  {finding.path}
                  {finding.line === undefined ? '' : `:${finding.line}`}
                </code>{' '}
                {finding.message} <span className="quiet">({finding.check})</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

const keyOf = ({ path, line, check, message }: Finding) => `${path} ${line} ${check} ${message}`;

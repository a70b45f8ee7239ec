import { Mark, type Tone } from '../../parts/note.tsx';
import { count } from '../../words/format.ts';
import { useLanguage, useWords } from '../../words/language.ts';
import type { ClassBoard, RaisedSignal, Student, WorkState } from './course.ts';
import { classWords } from './words.ts';

export const stateTones: Record<WorkState, Tone> = { 'not-begun': 'quiet', working: 'info', stuck: 'bad', passed: 'good' };
const signalTones = { low: 'quiet', medium: 'warn', high: 'bad' } as const;

interface ClassTableProps {
  board: ClassBoard;
  chosen: string | undefined;
  onOpen(person: string): void;
  /** Opens the terms of an activity. */
  onTerms(activity: string): void;
}

/** Students in rows, those who need somebody first; exercises in columns. */
export function ClassTable({ board, chosen, onOpen, onTerms }: ClassTableProps) {
  const words = useWords(classWords);
  return (
    <div className="class-table" tabIndex={0} role="region" aria-label={words.board(board.course)}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.student}</th>
            <th scope="col">{words.signals}</th>
            {board.exercises.map(({ code, title, activity, hiddenTests }) => (
              <th scope="col" key={code}>
                <button
                  type="button"
                  className="class-exercise"
                  title={`${title} · ${words.hiddenTests(count(hiddenTests))} · ${words.termsOf(activity)}`}
                  onClick={() => onTerms(activity)}
                >
                  {title}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {board.students.map((student) => (
            <tr key={student.person} aria-current={student.person === chosen ? 'true' : undefined}>
              <th scope="row">
                <button type="button" className="class-student" onClick={() => onOpen(student.person)}>
                  {student.name || words.someone}
                </button>
                <StudentState student={student} />
              </th>
              <td>
                <Signals signals={student.signals} />
              </td>
              {board.exercises.map(({ code, title }) => {
                const work = student.work.find(({ exercise }) => exercise === code);
                const state = work?.state ?? 'not-begun';
                const [attempts, hints] = [count(work?.attempts ?? 0), count(work?.hints ?? 0)];
                return (
                  <td key={code} className={`class-cell ${state}`} title={words.cell(title, words.states[state], attempts, hints)}>
                    {work === undefined ? (
                      <span className="quiet">–</span>
                    ) : (
                      <>
                        <Mark kind={stateTones[state]}>{words.states[state]}</Mark>
                        <span className="small quiet">
                          {words.attempts(attempts)} · {words.hints(hints)}
                          {work.points !== null &&
                            work.highestPoints !== null &&
                            ` · ${count(work.points)}/${count(work.highestPoints)}`}
                        </span>
                        {work.failing !== null && state !== 'passed' && (
                          <span className="small">{words.failing(work.failing)}</span>
                        )}
                      </>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function StudentState({ student: { state, stuckMinutes, group, helpLevel } }: { student: Student }) {
  const words = useWords(classWords);
  return (
    <span className="small class-state">
      {state === 'stuck' && stuckMinutes !== null ? (
        <Mark kind="bad">{words.stuckFor(count(stuckMinutes))}</Mark>
      ) : (
        <span className="quiet">{words.states[state]}</span>
      )}
      {group !== '' && <span className="quiet">{group}</span>}
      {helpLevel !== null && <span className="quiet">{words.setFor(words.helpLevels[helpLevel])}</span>}
    </span>
  );
}

function Signals({ signals }: { signals: readonly RaisedSignal[] }) {
  const language = useLanguage();
  if (signals.length === 0) return <span className="quiet">–</span>;
  return (
    <ul className="class-signals">
      {signals.map(({ row, level, activity, title, recommendation }) => (
        <li key={`${row} ${activity}`} title={recommendation[language]}>
          <Mark kind={signalTones[level]}>{title[language]}</Mark>
        </li>
      ))}
    </ul>
  );
}

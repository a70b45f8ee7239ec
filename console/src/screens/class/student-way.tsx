import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { Aside } from '../../parts/aside.tsx';
import { Button } from '../../parts/button.tsx';
import { Mark, Note } from '../../parts/note.tsx';
import { Surface } from '../../parts/surface.tsx';
import { clock, count, day, exactTime } from '../../words/format.ts';
import { useLanguage, useWords } from '../../words/language.ts';
import { stateTones } from './class-table.tsx';
import { readTexts, type Student, useWay, type Way, type WayEvent, type Wording } from './course.ts';
import { HelpForm } from './help-form.tsx';
import { NoteForm } from './note-form.tsx';
import { classWords } from './words.ts';

interface StudentWayProps {
  course: string;
  person: string;
  student: Student | undefined;
  about: Wording | undefined;
  onClose(): void;
}

/** The way of one student: why they stand out, and what happened, step by step. */
export function StudentWay({ course, person, student, about, onClose }: StudentWayProps) {
  const words = useWords(classWords);
  const language = useLanguage();
  const read = useWay(person, course);
  const [form, setForm] = useState<'note' | 'help'>();
  const texts = useChange(() => readTexts(person, course), []);
  const name = student?.name || read.data?.name || words.someone;
  const refused = Object.entries(student?.refused ?? {});
  return (
    <Aside title={name} onClose={onClose}>
      {student !== undefined && <Mark kind={stateTones[student.state]}>{words.states[student.state]}</Mark>}
      <div className="page-actions">
        <Button onClick={() => setForm('note')}>{words.note}</Button>
        <Button onClick={() => setForm('help')}>{words.help}</Button>
      </div>
      {refused.length > 0 && (
        <p className="small quiet">
          {words.refused}: {refused.map(([rule, times]) => `${rule} × ${count(times)}`).join(', ')}
        </p>
      )}
      <Surface read={read}>
        {read.data !== undefined && (
          <>
            <Risks way={read.data} />
            {about !== undefined && <p className="small quiet">{about[language]}</p>}
            <section className="board-end">
              <h3>{words.way}</h3>
              {read.data.events.length === 0 ? (
                <p className="quiet">{words.noWay}</p>
              ) : (
                <>
                  <ol className="way">
                    {read.data.events.map((event) => (
                      <WayLine key={event.id} event={event} written={texts.data?.find(({ id }) => id === event.id)} />
                    ))}
                  </ol>
                  {texts.data === undefined && (
                    <>
                      <p className="small quiet">{words.textsHint}</p>
                      <div className="page-actions">
                        <Button busy={texts.isPending} onClick={() => texts.mutate(undefined)}>
                          {words.showTexts}
                        </Button>
                      </div>
                    </>
                  )}
                  {texts.error !== null && <Note kind="bad">{texts.error.message}</Note>}
                </>
              )}
            </section>
          </>
        )}
      </Surface>
      {form === 'note' && <NoteForm course={course} person={person} name={name} onClose={() => setForm(undefined)} />}
      {form === 'help' && (
        <HelpForm
          course={course}
          student={{ person, name, level: student?.helpLevel ?? null }}
          onClose={() => setForm(undefined)}
        />
      )}
    </Aside>
  );
}

function Risks({ way }: { way: Way }) {
  const words = useWords(classWords);
  const language = useLanguage();
  const raised = way.activities.flatMap(({ activity, signals }) => signals.map((signal) => ({ activity, ...signal })));
  return (
    <section className="board-end">
      <h3>{words.signals}</h3>
      {raised.length === 0 && <p className="quiet">{words.noSignals}</p>}
      <ul className="risks">
        {raised.map(({ activity, row, level, title, recommendation, formula, value }) => (
          <li key={`${activity} ${row}`}>
            <Mark kind={level === 'high' ? 'bad' : level === 'medium' ? 'warn' : 'quiet'}>{title[language]}</Mark>
            <p>{recommendation[language]}</p>
            <p className="small quiet">
              {activity} · {words.value} {count(Math.round(value * 100) / 100)} · {formula}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function WayLine({ event, written }: { event: WayEvent; written: WayEvent | undefined }) {
  const words = useWords(classWords);
  const kind = words.kinds[event.kind as keyof typeof words.kinds] ?? event.kind;
  const own = event.kind === 'teacher' ? event.text : written?.text;
  return (
    <li>
      <span className="way-at">
        <time className="small quiet" dateTime={event.at} title={exactTime(event.at)}>
          {day(event.at)} {clock(event.at)}
        </time>
      </span>
      <span>
        <strong>{event.kind === 'teacher' ? (words.acts[event.act as keyof typeof words.acts] ?? kind) : kind}</strong>{' '}
        <span className="quiet">
          {[...aboutEvent(event, words), ...(event.exercise === null ? [] : [words.ofExercise(event.exercise)])].join(' · ')}
        </span>
        {own !== undefined && own !== '' && <p className="way-text">{own}</p>}
        {written?.code !== undefined && written.code !== '' && <pre className="way-code">{written.code}</pre>}
      </span>
    </li>
  );
}

function aboutEvent(event: WayEvent, words: (typeof classWords)['en']): string[] {
  switch (event.kind) {
    case 'message':
      return event.want === undefined ? [] : [words.wants(event.want)];
    case 'reply':
      return [...(event.hint == null ? [] : [event.hint]), ...(event.guarded === true ? [words.guarded] : [])];
    case 'ran-tests':
      return [words.ran(count(event.passed ?? 0), count(event.failed ?? 0))];
    case 'submitted':
      return [words.points(count(event.points ?? 0), count(event.highestPoints ?? 0))];
    case 'hint-shown':
      return [...(event.hint == null ? [] : [event.hint]), ...(event.level === undefined ? [] : [words.level(event.level)])];
    case 'refused':
      return [event.rule ?? ''];
    default:
      return [];
  }
}

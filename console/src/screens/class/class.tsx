/** Who needs me? A course by students and exercises, with what stands out; and the way of one student. */
import { Link } from '@tanstack/react-router';
import { Download, LifeBuoy } from 'lucide-react';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Note } from '../../parts/note.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { ActivityTerms } from './activity-terms.tsx';
import { ClassTable } from './class-table.tsx';
import './class.css';
import { csvOf, useClass, useTaught } from './course.ts';
import { HelpForm } from './help-form.tsx';
import { StudentWay } from './student-way.tsx';
import { classWords } from './words.ts';

export default function Class() {
  const words = useWords(classWords);
  const [{ course: asked, group, open, activity }, change] = useAddressState();
  const teaches = useMay('tutor:teach');
  const taught = useTaught();
  const courses = taught.data ?? [];
  const course = courses.find(({ code }) => code === asked)?.code ?? courses[0]?.code;
  const board = useClass(course, group);
  const [helping, setHelping] = useState(false);
  const download = useChange(async () => save(`${course ?? ''}.csv`, await csvOf(course ?? '')), []);
  const students = board.data?.students ?? [];
  const stuck = students.filter(({ state }) => state === 'stuck').length;
  const show = (next: { open?: string; activity?: string }) => change({ course, open: next.open, activity: next.activity }, true);
  const read = taught.data === undefined || course === undefined ? taught : board;
  return (
    <Page
      title={words.title}
      actions={
        course !== undefined && (
          <>
            <Button icon={LifeBuoy} onClick={() => setHelping(true)}>
              {words.helpClass}
            </Button>
            <Button icon={Download} busy={download.isPending} onClick={() => download.mutate(undefined)}>
              {words.exportCsv}
            </Button>
          </>
        )
      }
      below={
        <div className="row class-top">
          {courses.length > 0 && (
            <select
              aria-label={words.course}
              value={course}
              onChange={({ target }) => change({ course: target.value, group: undefined, open: undefined, activity: undefined })}
            >
              {courses.map(({ code, title }) => (
                <option key={code} value={code}>
                  {code} · {title}
                </option>
              ))}
            </select>
          )}
          {(board.data?.groups.length ?? 0) > 0 && (
            <Filters
              choices={[
                {
                  name: 'group',
                  label: words.group,
                  choices: (board.data?.groups ?? []).map((value) => ({ value, label: value })),
                },
              ]}
            />
          )}
          {board.data !== undefined && <span>{words.sum(count(students.length), count(stuck))}</span>}
          {download.error !== null && <Note kind="bad">{download.error.message}</Note>}
        </div>
      }
    >
      <div className={open === undefined && activity === undefined ? 'board' : 'board opened class-opened'}>
        <div className="board-itself">
          <Surface
            read={read}
            rows={10}
            isEmpty={course === undefined || students.length === 0}
            empty={
              course === undefined ? (
                <Empty title={words.noCourses}>
                  <p>{words.noCoursesHint}</p>
                  <Link to="/data/tutor/courses">{words.toCourses}</Link>
                </Empty>
              ) : (
                <Empty title={words.noStudents}>
                  <p>{words.noStudentsHint}</p>
                  {teaches && <Link to="/data/tutor/enrolments/new">{words.toEnrolments}</Link>}
                </Empty>
              )
            }
          >
            {board.data !== undefined && (
              <ClassTable
                board={board.data}
                chosen={open}
                onOpen={(person) => show({ open: person })}
                onTerms={(of) => show({ activity: of })}
              />
            )}
          </Surface>
        </div>
        {course !== undefined && open !== undefined && (
          <StudentWay
            key={`${course} ${open}`}
            course={course}
            person={open}
            student={students.find(({ person }) => person === open)}
            about={board.data?.aboutSignals}
            onClose={() => show({})}
          />
        )}
        {open === undefined && activity !== undefined && (
          <ActivityTerms key={activity} activity={activity} onClose={() => show({})} />
        )}
      </div>
      {helping && course !== undefined && <HelpForm course={course} onClose={() => setHelping(false)} />}
    </Page>
  );
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

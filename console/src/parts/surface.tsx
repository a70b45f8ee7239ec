/** The five states of what is read: loading, empty, partial, failed, full. */
import { type ReactNode, useEffect, useState } from 'react';
import type { ApiProblem } from '../api/problem.ts';
import { frameWords } from '../frame/words.ts';
import { useWords } from '../words/language.ts';
import { Button } from './button.tsx';
import { Note } from './note.tsx';
import './surface.css';

/** What a surface needs of a query. */
export interface Read {
  isPending: boolean;
  isError: boolean;
  error: ApiProblem | null;
  isFetching: boolean;
  refetch(): unknown;
  /** Whether there is something to show, of now or of before. */
  data: unknown;
}

interface SurfaceProps {
  read: Read;
  /** Rows of the skeleton. */
  rows?: number;
  /** Shown instead of the content where there is nothing: why, and what to do next. */
  empty?: ReactNode;
  isEmpty?: boolean;
  children: ReactNode;
}

export function Surface({ read, rows = 6, empty, isEmpty, children }: SurfaceProps) {
  const words = useWords(frameWords);
  const late = useLate(read.isPending && !read.isError);
  if (read.data === undefined && read.isError && read.error !== null)
    return <Failure problem={read.error} retry={() => read.refetch()} />;
  if (read.data === undefined)
    return (
      <div className={late ? 'skeleton' : 'skeleton unseen'} role="status">
        {late && <span className="only-read">{words.loading}</span>}
        {Array.from({ length: rows }, (_, at) => (
          // Unseen at first, they keep the place: what stands below does not move twice.
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a skeleton have nothing else
          <i key={at} aria-hidden="true" />
        ))}
      </div>
    );
  return (
    <>
      {read.isError && read.error !== null && (
        <Note kind="warn" action={<Button onClick={() => read.refetch()}>{words.retry}</Button>}>
          {words.failed}: {read.error.message} {words.kept}
        </Note>
      )}
      {isEmpty === true ? empty : children}
    </>
  );
}

export function Failure({ problem, retry }: { problem: ApiProblem; retry?: () => void }) {
  const words = useWords(frameWords);
  return (
    <div className="failure">
      <Note kind="bad" action={retry === undefined ? undefined : <Button onClick={retry}>{words.retry}</Button>}>
        <strong>{words.failed}.</strong> {problem.message}
        {problem.requestId !== undefined && <div className="small mono">{problem.requestId}</div>}
      </Note>
    </div>
  );
}

/** Nothing there: why, and the one thing to do next. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children !== undefined && <div className="quiet">{children}</div>}
    </div>
  );
}

/** After 150 ms: what comes at once needs no skeleton. */
function useLate(waiting: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!waiting) return setLate(false);
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, [waiting]);
  return late;
}

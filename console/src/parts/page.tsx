import { type ReactNode, useEffect } from 'react';
import { frameWords } from '../frame/words.ts';
import { useWords } from '../words/language.ts';
import './page.css';

interface PageProps {
  title: string;
  /** Filters, or what else stands under the title. */
  below?: ReactNode;
  /** At the right; one primary button at most. */
  actions?: ReactNode;
  /** Scrolls as a whole; a list that scrolls itself does without. */
  scrolls?: boolean;
  children: ReactNode;
}

/** A screen: its title, what is done with it, and its content. */
export function Page({ title, below, actions, scrolls = false, children }: PageProps) {
  const words = useWords(frameWords);
  useEffect(() => {
    document.title = `${title} · Timonel`;
  }, [title]);
  return (
    <main className="page" id="main" tabIndex={-1} aria-label={words.main}>
      <header className="page-head">
        <div className="page-top">
          <h1 className="cut">{title}</h1>
          {actions !== undefined && <div className="page-actions">{actions}</div>}
        </div>
        {below}
      </header>
      <div
        className={scrolls ? 'page-body scrolls' : 'page-body'}
        tabIndex={scrolls ? 0 : undefined}
        role={scrolls ? 'region' : undefined}
        aria-label={scrolls ? title : undefined}
      >
        {children}
      </div>
    </main>
  );
}

/** Content of a page that scrolls: sections below each other, no wider than one reads. */
export function Sections({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  return <div className={wide ? 'sections wide' : 'sections'}>{children}</div>;
}

export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      <div className="page-top">
        <h2>{title}</h2>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

/** Names with their values. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

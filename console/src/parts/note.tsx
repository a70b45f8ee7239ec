import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import './note.css';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet';

const icons: Record<Tone, LucideIcon> = { good: CircleCheck, warn: TriangleAlert, bad: CircleAlert, info: Info, quiet: Info };

/** A sentence that has to be read, with what to do about it. */
export function Note({ kind, children, action }: { kind: Tone; children: ReactNode; action?: ReactNode }) {
  const Icon = icons[kind];
  return (
    <div className={`note ${kind}`} role={kind === 'bad' ? 'alert' : 'note'}>
      <Icon size={16} aria-hidden="true" />
      <div className="grow">{children}</div>
      {action}
    </div>
  );
}

/** A state: a word with its colour and, where that helps, its icon. */
export function Mark({ kind, children, icon: Icon }: { kind: Tone; children: ReactNode; icon?: LucideIcon }) {
  return (
    <span className={`mark ${kind}`}>
      {Icon === undefined ? <i aria-hidden="true" /> : <Icon size={14} aria-hidden="true" />}
      {children}
    </span>
  );
}

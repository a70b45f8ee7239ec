import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWords } from '../words/language.ts';
import './aside.css';
import { Button } from './button.tsx';
import { partWords } from './words.ts';

/** What stands beside a board: details of what is chosen there, or a form. In place of the board where there is little room. */
export function Aside({ title, onClose, children }: { title: string; onClose(): void; children: ReactNode }) {
  const words = useWords(partWords);
  return (
    <aside className="board-aside" aria-label={title}>
      <div className="row">
        <h2 className="grow cut">{title}</h2>
        <Button kind="quiet" icon={X} iconOnly onClick={onClose}>
          {words.close}
        </Button>
      </div>
      {children}
    </aside>
  );
}

import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../parts/button.tsx';
import { useWords } from '../../words/language.ts';
import { bookingWords } from './words.ts';

/** What stands beside the day. */
export function Aside({ title, onClose, children }: { title: string; onClose(): void; children: ReactNode }) {
  const words = useWords(bookingWords);
  return (
    <aside className="booking-aside" aria-label={title}>
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

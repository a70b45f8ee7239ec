import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import './day-steps.css';
import { addDays } from './days.ts';
import { useShortcut } from './shortcuts.ts';

interface DayStepsProps {
  /** `2026-11-30`: the day, or the first one, that is shown. */
  date: string;
  /** Days of a step. */
  by: number;
  words: { before: string; after: string; today: string };
  /** Of the field in which a day is chosen. */
  label: string;
  /** `undefined`: today. */
  goTo(date: string | undefined): void;
  children: ReactNode;
}

/** Earlier, later, today, or a day of one's choice; by J, K and T too. */
export function DaySteps({ date, by, words, label, goTo, children }: DayStepsProps) {
  useShortcut('j', words.after, () => goTo(addDays(date, by)));
  useShortcut('k', words.before, () => goTo(addDays(date, -by)));
  useShortcut('t', words.today, () => goTo(undefined));
  return (
    <div className="row day-steps">
      <Button kind="quiet" icon={ChevronLeft} iconOnly shortcut="k" onClick={() => goTo(addDays(date, -by))}>
        {words.before}
      </Button>
      <input type="date" aria-label={label} value={date} onChange={({ target: { value } }) => value !== '' && goTo(value)} />
      <Button kind="quiet" icon={ChevronRight} iconOnly shortcut="j" onClick={() => goTo(addDays(date, by))}>
        {words.after}
      </Button>
      <Button shortcut="t" onClick={() => goTo(undefined)}>
        {words.today}
      </Button>
      {children}
    </div>
  );
}

import { useCallback, useEffect, useState } from 'react';

/** A text that is half written: it survives a reload and a change of screen, in this tab. */
export function useDraft(name: string): [string, (text: string) => void] {
  const kept = `timonel.draft.${name}`;
  const [text, setText] = useState(() => sessionStorage.getItem(kept) ?? '');
  useEffect(() => setText(sessionStorage.getItem(kept) ?? ''), [kept]);
  const change = useCallback(
    (next: string) => {
      setText(next);
      if (next === '') sessionStorage.removeItem(kept);
      else sessionStorage.setItem(kept, next);
    },
    [kept],
  );
  return [text, change];
}

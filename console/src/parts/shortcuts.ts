/** Keys of a screen, as long as it is shown; the command menu lists them with what they do. */
import { useEffect, useRef, useSyncExternalStore } from 'react';

export interface Shortcut {
  /** One key, such as `t`, or `/`; empty: in the command menu alone. */
  key: string;
  /** What it does, as its button says it. */
  label: string;
  act(): void;
}

let shown: readonly Shortcut[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Shortcut[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** @param enabled whether it can be done now. */
export function useShortcut(key: string, label: string, act: () => void, enabled = true): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!enabled) return;
    const shortcut: Shortcut = { key, label, act: () => latest.current() };
    change([...shown, shortcut]);
    return () => change(shown.filter((each) => each !== shortcut));
  }, [key, label, enabled]);
}

export function useShownShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
}

const writing = 'input:not([type=checkbox],[type=radio]),textarea,select,[contenteditable],[role=dialog] *,[role=menu] *';

/** Listens once for the whole page; what is typed into a field is text, but for Escape, which leaves it. */
export function listenToShortcuts(): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    if (target.matches(writing)) {
      if (event.key === 'Escape' && target.closest('[role=dialog]') === null) target.blur();
      return;
    }
    const found = shown.findLast(({ key }) => key !== '' && key.toLowerCase() === event.key.toLowerCase());
    if (found === undefined) return;
    event.preventDefault();
    found.act();
  });
}

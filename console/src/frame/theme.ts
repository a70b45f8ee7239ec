import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';

const kept = 'timonel.theme';
const listeners = new Set<() => void>();

export function currentTheme(): Theme {
  const chosen = localStorage.getItem(kept);
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(kept, theme);
  applyTheme();
  for (const listener of listeners) listener();
}

export function applyTheme(): void {
  const theme = currentTheme();
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentTheme);
}

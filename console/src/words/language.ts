/** The language of the page, and the words of a part in it. */
import { useSyncExternalStore } from 'react';

export type Language = 'es' | 'en';

/** Words of a part in both languages: the same names in each, as texts or as functions that make one. */
export interface Words<T> {
  en: T;
  es: T;
}

/** Holds Spanish to what English has. */
export function defineWords<T extends object>(words: {
  en: T;
  es: { [key in keyof T]: T[key] extends string ? string : T[key] };
}): Words<T> {
  return words as unknown as Words<T>;
}

const kept = 'timonel.language';
const listeners = new Set<() => void>();
let language: Language = first();

function first(): Language {
  const chosen = localStorage.getItem(kept);
  if (chosen === 'es' || chosen === 'en') return chosen;
  return navigator.language.toLowerCase().startsWith('es') ? 'es' : 'en';
}

export function currentLanguage(): Language {
  return language;
}

export function setLanguage(next: Language): void {
  language = next;
  localStorage.setItem(kept, next);
  applyLanguage();
  for (const listener of listeners) listener();
}

/** Tells the page, for screen readers and hyphenation. */
export function applyLanguage(): void {
  document.documentElement.lang = language === 'es' ? 'es-AR' : 'en';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage);
}

export function useWords<T>(words: Words<T>): T {
  return words[useLanguage()];
}

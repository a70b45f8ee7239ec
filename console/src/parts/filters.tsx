/** Filters of a list, in the address: choices, a search, and chips that take one away. */
import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useWords } from '../words/language.ts';
import { useAddressState } from './address-state.ts';
import './filters.css';
import { useShortcut } from './shortcuts.ts';
import { partWords } from './words.ts';

export interface FilterChoice {
  /** Its name in the address. */
  name: string;
  label: string;
  choices: readonly { value: string; label: string }[];
}

export function Filters({ choices, search }: { choices: readonly FilterChoice[]; search?: { name: string; label: string } }) {
  const words = useWords(partWords);
  const [state, change] = useAddressState();
  return (
    <div className="filters" role="group" aria-label={words.filters}>
      {search !== undefined && <SearchField key={search.name} {...search} />}
      {choices.map(({ name, label, choices: options }) => {
        const chosen = options.find(({ value }) => value === state[name]);
        if (chosen !== undefined)
          return (
            <button
              type="button"
              key={name}
              className="chip"
              onClick={() => change({ [name]: undefined })}
              title={words.remove(label)}
            >
              <span className="quiet">{label}:</span> {chosen.label}
              <X size={14} aria-hidden="true" />
            </button>
          );
        return (
          <select key={name} aria-label={label} value="" onChange={(event) => change({ [name]: event.target.value })}>
            <option value="">{label}</option>
            {options.map(({ value, label: text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        );
      })}
    </div>
  );
}

/** Waits for a pause in typing. `/` goes there. */
function SearchField({ name, label }: { name: string; label: string }) {
  const [state, change] = useAddressState();
  const kept = state[name] ?? '';
  const [text, setText] = useState(kept);
  const field = useRef<HTMLInputElement>(null);
  useShortcut('/', label, () => field.current?.focus());
  useEffect(() => setText(kept), [kept]);
  useEffect(() => {
    if (text === kept) return;
    const timer = setTimeout(() => change({ [name]: text.trim() === '' ? undefined : text }, true), 300);
    return () => clearTimeout(timer);
  }, [text, kept, name, change]);
  return (
    <label className="filter-search">
      <Search size={14} aria-hidden="true" />
      <span className="only-read">{label}</span>
      <input type="search" ref={field} value={text} placeholder={label} onChange={(event) => setText(event.target.value)} />
    </label>
  );
}

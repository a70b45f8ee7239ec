import { useState } from 'react';
import type { Json } from '../api/operations.ts';
import { bytes } from '../words/format.ts';
import { useWords } from '../words/language.ts';
import { Button } from './button.tsx';
import './json-view.css';
import { partWords } from './words.ts';

/** Longer texts are shown when that is asked for: a page that draws megabytes stands still. */
const mostShown = 16_384;

/** A value as it is, readable. */
export function JsonView({ value, label }: { value: Json | undefined; label: string }) {
  const words = useWords(partWords);
  const [whole, setWhole] = useState(false);
  if (value === undefined) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  const cut = !whole && text.length > mostShown;
  return (
    <figure className="json-view">
      <figcaption className="small quiet">{label}</figcaption>
      <pre tabIndex={0} aria-label={label}>
        {cut ? text.slice(0, mostShown) : text}
      </pre>
      {cut && (
        <Button kind="quiet" onClick={() => setWhole(true)}>
          {words.showAll} ({bytes(text.length)})
        </Button>
      )}
    </figure>
  );
}

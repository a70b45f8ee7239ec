import { Copy } from 'lucide-react';
import { useState } from 'react';
import { useWords } from '../words/language.ts';
import { Button } from './button.tsx';
import './copy-text.css';
import { partWords } from './words.ts';

/** A text to be taken elsewhere: shown whole, with a button that copies it. @param label what it is, for the button. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const words = useWords(partWords);
  const [copied, setCopied] = useState(false);
  return (
    <span className="copy-text">
      <code>{text}</code>
      <Button
        icon={Copy}
        aria-label={`${words.copy}: ${label}`}
        onClick={() =>
          void navigator.clipboard?.writeText(text).then(
            () => setCopied(true),
            () => setCopied(false),
          )
        }
      >
        {copied ? words.copied : words.copy}
      </Button>
    </span>
  );
}

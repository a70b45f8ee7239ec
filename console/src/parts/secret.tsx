import { Copy } from 'lucide-react';
import { useState } from 'react';
import { useWords } from '../words/language.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import './secret.css';
import { partWords } from './words.ts';

/** A new secret: once, and nowhere else. */
export function Secret({ name, secret, onClose }: { name: string; secret: string; onClose(): void }) {
  const words = useWords(partWords);
  const [copied, setCopied] = useState(false);
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.secretOf(name)}
      actions={
        <>
          <Button
            icon={Copy}
            onClick={() =>
              void navigator.clipboard?.writeText(secret).then(
                () => setCopied(true),
                () => setCopied(false),
              )
            }
          >
            {copied ? words.copied : words.copy}
          </Button>
          <Button kind="primary" onClick={onClose}>
            {words.keptIt}
          </Button>
        </>
      }
    >
      <p>{words.secretWhat}</p>
      <code className="secret">{secret}</code>
    </Dialog>
  );
}

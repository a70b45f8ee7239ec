import { Copy } from 'lucide-react';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Note } from '../../parts/note.tsx';
import { partWords } from '../../parts/words.ts';
import { count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { auditWords } from './words.ts';

export type Verification = Answer<'GET /api/v1/audit/verification'> & { at: string; anchored: boolean };

export function Verify({ onVerified, onClose }: { onVerified(found: Verification): void; onClose(): void }) {
  const words = useWords(auditWords);
  const [anchor, setAnchor] = useState('');
  return (
    <FormDialog
      title={words.verifyTitle}
      verb={words.verify}
      act={async () => {
        const known = anchor.trim() === '' ? undefined : anchor.trim();
        const found = await call('GET /api/v1/audit/verification', { query: { anchor: known } });
        onVerified({ ...found, at: new Date().toISOString(), anchored: known !== undefined });
      }}
      onClose={onClose}
    >
      <p>{words.verifyWhat}</p>
      <Field label={words.anchor} hint={words.anchorHint}>
        <input value={anchor} autoComplete="off" spellCheck={false} onChange={(event) => setAnchor(event.target.value)} />
      </Field>
    </FormDialog>
  );
}

/** What a verification found. */
export function VerificationNote({ found }: { found: Verification }) {
  const words = useWords(auditWords);
  const parts = useWords(partWords);
  const [copied, setCopied] = useState(false);
  const { intact, entries, head, sequence, breach, explanation, at, anchored } = found;
  if (!intact)
    return (
      <Note kind="bad">
        <strong>{words.broken(count(sequence ?? 0), breach === undefined ? '' : words.breaches[breach])}</strong>{' '}
        {words.whole(count(entries))} <span lang="en">{explanation}</span>
      </Note>
    );
  const sentence = anchored ? words.intactAnchored : words.intact;
  return (
    <Note
      kind="good"
      action={
        head !== null && (
          <Button
            icon={Copy}
            onClick={() =>
              void navigator.clipboard?.writeText(head).then(
                () => setCopied(true),
                () => setCopied(false),
              )
            }
          >
            {copied ? parts.copied : words.copyEnd}
          </Button>
        )
      }
    >
      <strong>{sentence(count(entries), exactTime(at))}</strong>
      {head !== null && (
        <div>
          {words.keepHead} <code>{head}</code>
        </div>
      )}
    </Note>
  );
}

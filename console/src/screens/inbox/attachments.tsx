import { Paperclip, X } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '../../parts/button.tsx';
import { bytes } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { type Attachment, type ReplyOptions, tooLarge } from './reply-options.ts';
import { inboxWords } from './words.ts';

interface AttachmentsProps {
  attachments: readonly Attachment[];
  options: ReplyOptions | undefined;
  onRemove(key: string): void;
}

/** Files that go with the reply; what the channel does not take is said before it is sent. */
export function Attachments({ attachments, options, onRemove }: AttachmentsProps) {
  const words = useWords(inboxWords);
  if (attachments.length === 0) return null;
  return (
    <ul className="composer-files">
      {attachments.map((attachment) => {
        const { key, file } = attachment;
        const most = tooLarge(attachment, options);
        return (
          <li key={key} className={most === undefined ? undefined : 'bad'}>
            <span className="cut">{file.name}</span> <span className="small">{bytes(file.size)}</span>
            {most !== undefined && (
              <span className="small" role="alert">
                {words.fileTooLarge(bytes(most))}
              </span>
            )}
            <Button kind="quiet" icon={X} iconOnly onClick={() => onRemove(key)}>
              {words.removeFile(file.name)}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

export function AttachButton({ onFiles }: { onFiles(files: readonly File[]): void }) {
  const words = useWords(inboxWords);
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button kind="quiet" icon={Paperclip} iconOnly onClick={() => field.current?.click()}>
        {words.attach}
      </Button>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        aria-label={words.attach}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}

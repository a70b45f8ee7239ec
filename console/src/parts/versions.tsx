/** Stored versions of something, the newest first, with what each changed. */
import { ago, count, exactTime } from '../words/format.ts';
import { useWords } from '../words/language.ts';
import { useNames } from './names.ts';
import type { Members } from './versioned-dialog.tsx';
import './versions.css';
import { partWords } from './words.ts';

interface VersionsProps<T> {
  /** Newest first; null is a version that removed it. */
  versions: readonly { version: number; definition: T | null; createdBy: string; createdAt: string }[];
  members(definition: T): Members;
}

export function Versions<T>({ versions, members }: VersionsProps<T>) {
  const words = useWords(partWords);
  const names = useNames();
  return (
    <ol className="versions">
      {versions.map(({ version, definition, createdBy, createdAt }, at) => (
        <li key={version}>
          <strong>{words.version(count(version))}</strong>
          <span>
            {names.asker(createdBy)}{' '}
            <time className="quiet" dateTime={createdAt} title={exactTime(createdAt)}>
              {ago(createdAt)}
            </time>
          </span>
          {definition === null ? (
            <span>{words.removedVersion}</span>
          ) : (
            <Changes now={members(definition)} before={beforeOf(versions[at + 1]?.definition, members)} />
          )}
        </li>
      ))}
    </ol>
  );
}

function beforeOf<T>(definition: T | null | undefined, members: (definition: T) => Members): Members | undefined {
  return definition === null || definition === undefined ? undefined : members(definition);
}

function Changes({ now, before }: { now: Members; before: Members | undefined }) {
  const words = useWords(partWords);
  if (before === undefined) return <span>{words.firstVersion}</span>;
  const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => before[name] !== now[name]);
  if (changed.length === 0) return <span className="quiet">{words.sameVersion}</span>;
  return (
    <dl>
      {changed.map((name) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <del>{before[name] ?? words.none}</del> → <ins>{now[name] ?? words.none}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

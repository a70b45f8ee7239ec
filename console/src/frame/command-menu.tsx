/** Ctrl-K: go somewhere, do something with what is open, change what is yours. */
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useId, useState } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { useShownShortcuts } from '../parts/shortcuts.ts';
import { maySee, screens } from '../screens/all.ts';
import { useMe } from '../session/session.tsx';
import { currentLanguage, setLanguage, useWords } from '../words/language.ts';
import './command-menu.css';
import { signOut, switchWorkspace } from './switching.ts';
import { setTheme } from './theme.ts';
import { frameWords } from './words.ts';

interface Entry {
  key: string;
  group: string;
  label: string;
  hint?: string;
  act(): void;
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** Without accents and case: `ejecucion` finds `Ejecución`. */
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export default function CommandMenu({ onClose }: { onClose(): void }) {
  const words = useWords(frameWords);
  const me = useMe();
  const navigate = useNavigate();
  const shortcuts = useShownShortcuts();
  const list = useId();
  const [asked, setAsked] = useState('');
  const [at, setAt] = useState(0);
  const go = (to: string) => () => void navigate({ to });
  const id = asked.trim();
  const entries: Entry[] = [
    ...(uuid.test(id)
      ? [
          { key: 'run', group: words.go, label: words.openRun(id), act: go(`/runs/${id}`) },
          { key: 'conversation', group: words.go, label: words.openConversation(id), act: go(`/inbox/${id}`) },
        ]
      : []),
    ...shortcuts
      .filter(({ label }) => label.length > 1)
      .map(({ key, label, act }) => ({ key: `here-${key}-${label}`, group: words.here, label, hint: key.toUpperCase(), act })),
    ...screens
      .filter((screen) => maySee(me, screen))
      .map(({ name, title, home }) => ({ key: name, group: words.go, label: title[currentLanguage()].title, act: go(home) })),
    ...(me.user?.workspaces ?? [])
      .filter(({ workspaceId, disabled }) => workspaceId !== me.workspaceId && !disabled)
      .map(({ workspaceId, name }) => ({
        key: `workspace-${workspaceId}`,
        group: words.you,
        label: words.switchTo(name),
        act: () => void switchWorkspace(workspaceId),
      })),
    ...(['light', 'dark', 'system'] as const).map((theme) => ({
      key: theme,
      group: words.you,
      label: words.theme[theme],
      act: () => setTheme(theme),
    })),
    { key: 'language', group: words.you, label: words.language, act: () => setLanguage(currentLanguage() === 'es' ? 'en' : 'es') },
    { key: 'out', group: words.you, label: words.signOut, act: () => void signOut() },
  ];
  const found = uuid.test(id)
    ? entries.slice(0, 2)
    : entries.filter(({ label, group }) => plain(`${group} ${label}`).includes(plain(id)));
  const chosen = found[Math.min(at, found.length - 1)];
  const act = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    onClose();
    entry.act();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(found.length - 1, at + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1));
    else if (event.key === 'Enter') act(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open onClose={onClose} title={words.goTo}>
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={chosen === undefined ? undefined : `${list}-${chosen.key}`}
        aria-label={words.commandPlaceholder}
        placeholder={words.commandPlaceholder}
        value={asked}
        onChange={(event) => {
          setAsked(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div id={list} role="listbox" aria-label={words.goTo} className="commands">
        {found.map((entry, place) => (
          <div
            key={entry.key}
            id={`${list}-${entry.key}`}
            role="option"
            aria-selected={entry === chosen}
            className="command"
            onClick={() => act(entry)}
            onMouseMove={() => setAt(place)}
            ref={entry === chosen ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
          >
            <span className="quiet small command-group">{found[place - 1]?.group === entry.group ? '' : entry.group}</span>
            <span className="grow cut">{entry.label}</span>
            {entry.hint !== undefined && <kbd>{entry.hint}</kbd>}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="quiet">{words.nothingFound}</p>}
    </Dialog>
  );
}

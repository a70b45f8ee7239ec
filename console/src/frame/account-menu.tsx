import { CircleUser, Languages, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { lazy } from 'react';
import { useMe } from '../session/session.tsx';
import { setLanguage, useLanguage, useWords } from '../words/language.ts';
import { signOut } from './switching.ts';
import { setTheme, useTheme } from './theme.ts';
import { frameWords } from './words.ts';

/** Comes after the first paint: menus are a third of what a first screen may weigh. */
const Menu = lazy(() => import('./menu.tsx'));

export function AccountMenu() {
  const words = useWords(frameWords);
  const me = useMe();
  const theme = useTheme();
  const language = useLanguage();
  return (
    <Menu
      label={words.account}
      groups={[
        [
          { key: 'system', label: words.theme.system, icon: Monitor, chosen: theme === 'system', act: () => setTheme('system') },
          { key: 'light', label: words.theme.light, icon: Sun, chosen: theme === 'light', act: () => setTheme('light') },
          { key: 'dark', label: words.theme.dark, icon: Moon, chosen: theme === 'dark', act: () => setTheme('dark') },
        ],
        [{ key: 'language', label: words.language, icon: Languages, act: () => setLanguage(language === 'es' ? 'en' : 'es') }],
        [{ key: 'out', label: words.signOut, icon: LogOut, act: () => void signOut() }],
      ]}
    >
      <CircleUser size={16} aria-hidden="true" />
      <span className="menu-label">
        {me.name}
        {me.role !== null && <span className="quiet"> · {me.role}</span>}
      </span>
    </Menu>
  );
}

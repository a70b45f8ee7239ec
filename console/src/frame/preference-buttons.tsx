import { Languages, Monitor, Moon, Sun } from 'lucide-react';
import { Button } from '../parts/button.tsx';
import { setLanguage, useLanguage, useWords } from '../words/language.ts';
import { setTheme, type Theme, useTheme } from './theme.ts';
import { frameWords } from './words.ts';

const nextTheme: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const icons = { system: Monitor, light: Sun, dark: Moon };

/** Language and theme, kept on this device. */
export function PreferenceButtons() {
  const words = useWords(frameWords);
  const language = useLanguage();
  const theme = useTheme();
  return (
    <div className="row">
      <Button kind="quiet" icon={Languages} onClick={() => setLanguage(language === 'es' ? 'en' : 'es')}>
        {language === 'es' ? 'English' : 'Español'}
      </Button>
      <Button kind="quiet" icon={icons[theme]} onClick={() => setTheme(nextTheme[theme])}>
        {words.theme[theme]}
      </Button>
    </div>
  );
}

import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes } from 'react';
import './button.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  icon?: LucideIcon;
  /** Shown in the tooltip, and told to screen readers; `useShortcut` listens to it. */
  shortcut?: string | undefined;
  /** Something is under way: it cannot be pressed again, and keeps its place. */
  busy?: boolean;
  /** Shows the icon alone; the text stays for screen readers and the tooltip. */
  iconOnly?: boolean;
}

export function Button({ kind = 'plain', icon: Icon, shortcut, busy, iconOnly, children, className, title, ...rest }: ButtonProps) {
  const name = typeof children === 'string' ? children : undefined;
  const hint = [title ?? (iconOnly === true ? name : undefined), shortcut?.toUpperCase()]
    .filter((each) => each !== undefined)
    .join(' · ');
  return (
    <button
      type="button"
      {...rest}
      className={['button', kind, iconOnly === true ? 'icon-only' : '', className ?? ''].join(' ').trim()}
      aria-keyshortcuts={shortcut}
      title={hint === '' ? undefined : hint}
      // Not `disabled`: a button that is disabled loses the focus, which then falls out of its dialog.
      aria-disabled={busy === true ? true : undefined}
      onClick={busy === true ? (event) => event.preventDefault() : rest.onClick}
      aria-busy={busy === true ? true : undefined}
    >
      {Icon !== undefined && <Icon size={16} aria-hidden="true" />}
      {iconOnly === true ? <span className="only-read">{children}</span> : children}
      {shortcut !== undefined && iconOnly !== true && <kbd aria-hidden="true">{shortcut.toUpperCase()}</kbd>}
    </button>
  );
}

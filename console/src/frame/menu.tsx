import { Menu as Base } from '@base-ui/react/menu';
import { Check, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import './menu.css';

export interface MenuItem {
  key: string;
  label: string;
  icon?: LucideIcon;
  chosen?: boolean;
  act(): void;
}

/** A menu of acts, in groups. */
export default function Menu({
  label,
  children,
  groups,
}: {
  label: string;
  children: ReactNode;
  groups: readonly (readonly MenuItem[])[];
}) {
  return (
    <Base.Root>
      <Base.Trigger className="menu-trigger" title={label}>
        <span className="only-read">{label}: </span>
        {children}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="menu-place" sideOffset={4} align="start">
          <Base.Popup className="menu">
            {groups
              .filter((items) => items.length > 0)
              .map((items, at) => (
                <Base.Group key={items[0]?.key} className={at > 0 ? 'menu-group later' : 'menu-group'}>
                  {items.map(({ key, label: text, icon: Icon, chosen, act }) => (
                    <Base.Item key={key} className="menu-item" onClick={act}>
                      {Icon === undefined ? <i /> : <Icon size={16} aria-hidden="true" />}
                      <span className="grow">{text}</span>
                      {chosen === true && <Check size={16} aria-label="✓" />}
                    </Base.Item>
                  ))}
                </Base.Group>
              ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './api/queries.ts';
import { router } from './frame/router.tsx';
import { applyTheme } from './frame/theme.ts';
import { listenToShortcuts } from './parts/shortcuts.ts';
import { SessionGate } from './session/session-gate.tsx';
import './styles/base.css';
import { applyLanguage } from './words/language.ts';

applyTheme();
applyLanguage();
listenToShortcuts();

const place = document.getElementById('root');
if (place === null) throw new Error('The page has no place for the console.');
createRoot(place).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <SessionGate>
          <RouterProvider router={router} />
        </SessionGate>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);

/** What a list shows, kept in the address: it survives reload, goes along with a link, and comes back with the back button. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type AddressState = Readonly<Record<string, string>>;

/** What an address holds after `?`: texts by name; what is not text is left out. */
export function readAddress(search: Record<string, unknown>): AddressState {
  return Object.fromEntries(
    Object.entries(search).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[name, String(value)]] : [],
    ),
  );
}

/** @returns the state, and a function that changes some of it; `undefined` takes a name away. */
export function useAddressState(): [
  AddressState,
  (changes: Readonly<Record<string, string | undefined>>, replace?: boolean) => void,
] {
  const search = useSearch({ strict: false }) as AddressState;
  const navigate = useNavigate();
  const change = useCallback(
    (changes: Readonly<Record<string, string | undefined>>, replace = false) => {
      void navigate({
        to: '.',
        replace,
        search: ((before: AddressState) =>
          Object.fromEntries(
            Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined && value !== ''),
          )) as never,
      });
    },
    [navigate],
  );
  return [search, change];
}

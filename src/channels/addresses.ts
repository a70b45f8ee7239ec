/**
 * One spelling for each address. Providers write mobile numbers of Argentina, Mexico and Brazil with and without a digit that only some
 * callers dial: +54 9, +52 1, and the ninth digit of Brazil. What the provider wrote is what it is sent; the canonical form is compared.
 */
import type { Address } from './contract.ts';

export function canonicalAddress({ kind, value }: Address): string {
  if (kind === 'phone') return canonicalPhone(value);
  if (kind === 'email') return value.trim().toLowerCase();
  return value;
}

/** Digits of E.164 without the plus. */
function canonicalPhone(text: string): string {
  const digits = text.replace(/\D/g, '').replace(/^00/, '');
  const argentine = /^549?(\d{10})$/.exec(digits);
  if (argentine !== null) return `54${argentine[1]}`;
  const mexican = /^521?(\d{10})$/.exec(digits);
  if (mexican !== null) return `52${mexican[1]}`;
  // Only mobile numbers have the ninth digit; those without it begin with 6 to 9.
  const brazilian = /^55(\d{2})9?([6-9]\d{7})$/.exec(digits);
  if (brazilian !== null) return `55${brazilian[1]}9${brazilian[2]}`;
  return digits;
}

/** The kinds of address of which a person has one at a time: another value is another person. */
export const ownKinds: ReadonlySet<Address['kind']> = new Set(['whatsapp-user', 'telegram', 'web']);

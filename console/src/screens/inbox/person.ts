import type { Json } from '../../api/operations.ts';

/** What is known of the person at the other end. */
export interface Contact {
  name?: string;
  phone?: string;
  email?: string;
  verified?: boolean;
}

export function contactOf(contact: Record<string, Json> | null): Contact {
  return (contact ?? {}) as Contact;
}

export function personName(contact: Record<string, Json> | null, otherwise: string): string {
  const { name, phone, email } = contactOf(contact);
  return name ?? phone ?? email ?? otherwise;
}

/** A version without the hash of its content, which is at the agent. */
export function shortVersion(version: string): string {
  return version.split('+')[0] ?? version;
}

/** Ids of our mails. They are made from the delivery, so that a mail whose sending is in doubt can be looked for, and its bounce is known. */

/** @param reference `<delivery>:<part>` */
export function messageIdOf(reference: string, address: string): string {
  return `<${reference.replace(':', '.')}@${domainOf(address)}>`;
}

/** The mark in an id of ours; `undefined` where it is somebody else's. */
export function referenceOf(messageId: string, address: string): string | undefined {
  const [, delivery, part, domain] = /^<([0-9a-f]{8}-[0-9a-f-]{27})\.(\d{1,4})@([^<>@\s]+)>$/.exec(messageId) ?? [];
  return delivery !== undefined && domain?.toLowerCase() === domainOf(address) ? `${delivery}:${part}` : undefined;
}

/** Ids in a header, in order. */
export function idsIn(text: string | undefined): string[] {
  return (text ?? '').slice(0, 20_000).match(/<[^<>\s]{1,500}>/g) ?? [];
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

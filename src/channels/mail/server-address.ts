/** Where a mail server is: its name is resolved once, and what was looked at is what is connected to. */
import { isIP } from 'node:net';
import { foreignLookup, isOwnAddress } from '../../foreign-addresses.ts';
import { AccountRefusedError } from '../contract.ts';

/** A server of a connection, as its settings name it. */
export interface MailServer {
  host: string;
  port: number;
  tls: 'tls' | 'starttls' | 'none';
  user?: string | undefined;
}

/**
 * @param anywhere addresses of this machine and its network are taken too.
 * @throws AccountRefusedError where the host is one of these; Error where the name cannot be resolved
 */
export async function serverAddress({ host }: MailServer, anywhere: boolean): Promise<{ host: string; servername?: string }> {
  if (anywhere) return isIP(host) === 0 ? { host, servername: host } : { host };
  const refused = new AccountRefusedError(
    'private-address',
    `${host} is an address of this machine or its network. Name a server of another one, or set TIMONEL_WEBHOOK_PRIVATE_ADDRESSES=true.`,
  );
  if (isIP(host) !== 0) {
    if (isOwnAddress(host)) throw refused;
    return { host };
  }
  const address = await new Promise<string>((resolve, reject) => {
    foreignLookup(host, {}, (error, found) => {
      if (error === null) resolve(String(found));
      else reject('code' in error && error.code !== undefined ? error : refused);
    });
  });
  return { host: address, servername: host };
}

import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names the host for the purpose of asking "is that process alive?": process ids mean something only within one pid namespace, so two
 * containers with one hostname are two hosts.
 */
export function processHost(): string {
  try {
    return `${hostname()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

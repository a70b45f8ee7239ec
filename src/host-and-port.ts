/** Addresses of servers in settings, as `host:port`. */
const shape = /^([A-Za-z0-9._-]+):(\d{1,5})$/;

export interface HostAndPort {
  host: string;
  port: number;
}

/** `undefined` for a text of another form, or a port that there is not. */
export function hostAndPortOf(item: string): HostAndPort | undefined {
  const [, host, port] = shape.exec(item) ?? [];
  return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port) };
}

/** Addresses of servers in settings, as `host:port`. */
const hostAndPortShape = /^([A-Za-z0-9._-]+):(\d{1,5})$/;

export const isHostAndPort = (item: string) => hostAndPortOf(item).port <= 65_535;

/** A port above all others where the text has another form. */
export function hostAndPortOf(item: string): { host: string; port: number } {
  const [, host = '', port = 'none'] = hostAndPortShape.exec(item) ?? [];
  return { host, port: Number(port) >= 0 ? Number(port) : Number.POSITIVE_INFINITY };
}

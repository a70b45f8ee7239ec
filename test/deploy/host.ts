/** A host with nginx in front of two slots, each a Timonel in a process of its own, on one PostgreSQL. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeployReport, SlotName } from '../../src/operations/deploy/contract.ts';
import { findProgram } from '../programs.ts';

const bin = new URL('../../bin/timonel.mjs', import.meta.url).pathname;
const slotProgram = new URL('./slot.ts', import.meta.url).pathname;

export interface Host extends AsyncDisposable {
  /** Where customers are. */
  url: string;
  folder: string;
  slots: Readonly<Record<SlotName, { url: string; home: string; file: string }>>;
  /** Runs `timonel deploy` with these arguments. @returns its report, and its exit code */
  deploy(...args: string[]): Promise<{ report: DeployReport; code: number | null; said: string }>;
  /** Environment of a slot from its next start on. */
  setEnvironment(slot: SlotName, more: Readonly<Record<string, string>>): void;
  /** Changes the settings of `timonel deploy`. */
  configure(change: (settings: HostSettings) => void): void;
}

export interface HostSettings {
  slots: Record<SlotName, { url: string; home: string; start: string[]; stop: string[] }>;
  nginx: { upstream: string; test: string[]; reload: string[]; pidFile: string };
  readySeconds: number;
  drainSeconds: number;
}

/** @param environment of both slots: the store, the models. */
export async function startHost(environment: Readonly<Record<string, string>>): Promise<Host> {
  const nginx = findProgram('nginx') ?? '/usr/sbin/nginx';
  const folder = mkdtempSync(join(tmpdir(), 'timonel-host-'));
  const [port, blue, green] = await freePorts(3);
  const slots = { blue: slotOf('blue', blue ?? 0), green: slotOf('green', green ?? 0) };
  const set: Record<SlotName, Record<string, string>> = { blue: {}, green: {} };

  function slotOf(name: SlotName, at: number) {
    const home = join(folder, name);
    mkdirSync(home);
    return { url: `http://127.0.0.1:${at}`, home, file: join(folder, `${name}.json`) };
  }
  function writeSlot(name: SlotName): void {
    const { home, file, url } = slots[name];
    const own = { TIMONEL_HOME: home, TIMONEL_PORT: new URL(url).port, TIMONEL_BACKUP_FOLDER: join(folder, 'backups') };
    writeFileSync(file, JSON.stringify({ folder: home, environment: { ...environment, ...own, ...set[name] } }));
  }
  writeSlot('blue');
  writeSlot('green');

  const conf = join(folder, 'nginx.conf');
  const pidFile = join(folder, 'nginx.pid');
  const upstream = join(folder, 'upstream.conf');
  const placeholder = `upstream timonel { server 127.0.0.1:${blue}; }\n`;
  writeFileSync(upstream, placeholder);
  writeFileSync(conf, nginxConf(folder, pidFile, upstream, port ?? 0));
  const settings: HostSettings = {
    slots: {
      blue: commandsOf('blue'),
      green: commandsOf('green'),
    },
    nginx: { upstream, test: [nginx, '-t', '-c', conf], reload: [nginx, '-s', 'reload', '-c', conf], pidFile },
    readySeconds: 60,
    drainSeconds: 10,
  };
  function commandsOf(name: SlotName) {
    const { url, home, file } = slots[name];
    const act = (what: string) => [process.execPath, slotProgram, what, file];
    return { url, home, start: act('start'), stop: act('stop') };
  }
  const config = join(folder, 'deploy.json');
  writeFileSync(config, JSON.stringify(settings));
  const master: ChildProcess = spawn(nginx, ['-c', conf, '-g', 'daemon off;'], { stdio: 'ignore' });
  while (!existsSync(pidFile)) await sleep(20);
  // The file of a first start is nginx's to read, and not ours to keep.
  rmSync(upstream);

  return {
    url: `http://127.0.0.1:${port}`,
    folder,
    slots,
    setEnvironment(slot, more) {
      set[slot] = { ...set[slot], ...more };
      writeSlot(slot);
    },
    configure(change) {
      change(settings);
      writeFileSync(config, JSON.stringify(settings));
    },
    async deploy(...args) {
      const child = spawn(process.execPath, [bin, 'deploy', '--config', config, '--json', ...args], {
        cwd: folder,
        env: { PATH: process.env['PATH'] ?? '', HOME: folder },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let printed = '';
      let said = '';
      child.stdout.on('data', (part: Buffer) => {
        printed += part.toString();
      });
      child.stderr.on('data', (part: Buffer) => {
        said += part.toString();
      });
      const code = await new Promise<number | null>((done) => child.once('close', done));
      return { report: (printed === '' ? undefined : JSON.parse(printed)) as DeployReport, code, said };
    },
    async [Symbol.asyncDispose]() {
      for (const { file } of Object.values(slots)) execFileSync(process.execPath, [slotProgram, 'kill', file]);
      master.kill('SIGTERM');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function nginxConf(folder: string, pidFile: string, upstream: string, port: number): string {
  return `
pid ${pidFile};
error_log ${folder}/error.log warn;
worker_processes 2;
worker_shutdown_timeout 60s;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  include ${upstream};
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://timonel;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_buffering off;
      proxy_read_timeout 180s;
    }
  }
}
`;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((done) => {
          const server = createServer().listen(0, '127.0.0.1', () => done(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** An update of one host: the new version starts beside the old one, proves itself, and gets the traffic; then the old one ends. */
import { z } from 'zod';

export const slotNames = ['blue', 'green'] as const;
export type SlotName = (typeof slotNames)[number];

/** A program and its arguments; no shell reads them. */
export const commandShape = z.tuple([z.string().min(1)], z.string()).readonly();
const seconds = (least: number, most: number) => z.number().min(least).max(most);

const slot = z.strictObject({
  /** Where the process listens, for this host alone. */
  url: z.url({ protocol: /^https?$/ }),
  /** Starts it, and returns. */
  start: commandShape,
  /** Stops it by SIGTERM, and returns once it has ended. */
  stop: commandShape,
  /** Its `TIMONEL_HOME`, of its own: the key of this machine is there after each start. */
  home: z.string().startsWith('/'),
});

/** `deploy.json`: paths are absolute. */
export const deploySchema = z.strictObject({
  slots: z.strictObject({ blue: slot, green: slot }),
  nginx: z.strictObject({
    /** The file that names the live process, included by nginx's own settings; written by `timonel deploy` alone. */
    upstream: z.string().startsWith('/'),
    /** Name of the upstream in it. */
    name: z
      .string()
      .regex(/^[a-z][a-z0-9_]*$/)
      .default('timonel'),
    test: commandShape.default(['nginx', '-t']),
    reload: commandShape.default(['systemctl', 'reload', 'nginx']),
    /** Pid of nginx's master: its old workers are waited for. */
    pidFile: z.string().startsWith('/').default('/run/nginx.pid'),
  }),
  /** Longest time until the new process is ready. */
  readySeconds: seconds(1, 3_600).default(300),
  /**
   * Longest time that requests under way may take before the old process is asked to end. Its end answers what it still has, and tells event streams to come
   * back: `worker_shutdown_timeout` of nginx has to be longer than both.
   */
  drainSeconds: seconds(0, 3_600).default(10),
  /** Longest time of a start or stop command. */
  commandSeconds: seconds(1, 3_600).default(120),
});
export type DeploySettings = z.infer<typeof deploySchema>;
export type HostSlot = DeploySettings['slots'][SlotName];

/** A step of a switch as it went. */
export interface DeployStep {
  name: 'checks' | 'start' | 'ready' | 'smoke' | 'switch' | 'drain' | 'stop' | 'back';
  status: 'pass' | 'fail' | 'warning';
  /** What happened; of a failure the answer that failed, with its body. */
  said: string;
  milliseconds: number;
}

export interface DeployReport {
  /** `unchanged`: nothing was done. `back`: it failed, and the old version has the traffic. */
  status: 'switched' | 'back' | 'unchanged';
  from: SlotName | undefined;
  to: SlotName;
  steps: readonly DeployStep[];
}

/** What a step found out by asking. */
export interface Asked {
  ok: boolean;
  said: string;
}

/** What the switch asks, and does not know how. */
export interface DeployQuestions {
  /** Whether an update may begin: secrets, migrations, disk, clock, connections, backup, as the process that serves sees them. */
  checks(live: HostSlot | undefined): Promise<Asked>;
  /** Whether something answers at this address already. */
  answers(url: string): Promise<boolean>;
  /** Waits until the process at this address can take requests. */
  ready(url: string, withinSeconds: number): Promise<Asked>;
  /** Tries it as a customer would. */
  smoke(slot: HostSlot): Promise<Asked>;
}

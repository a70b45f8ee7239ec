import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'timonel-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a Timonel in a process of its own. @returns the packages of OpenTelemetry and for terminals that it loaded. */
async function loaded(environment: Record<string, string>): Promise<string[]> {
  const address = (path: string) => new URL(`../../src/${path}`, import.meta.url).href;
  const program = join(folder, `${crypto.randomUUID()}.mjs`);
  writeFileSync(
    program,
    `import { registerHooks } from 'node:module';
    const packages = new Set();
    registerHooks({ load(url, context, next) {
      const name = /node_modules\\/(@opentelemetry\\/[^/]+|pino-pretty)\\//.exec(url)?.[1];
      // prom-client asks the API, which does nothing without an SDK, for the trace of its examples.
      if (name !== undefined && name !== '@opentelemetry/api') packages.add(name);
      return next(url, context);
    } });
    const { openTimonel } = await import(${JSON.stringify(address('main.ts'))});
    const { bundledProject } = await import(${JSON.stringify(address('bundled-project.ts'))});
    const { startLogs } = await import(${JSON.stringify(address('telemetry/logs.ts'))});
    const { readSettings } = await import(${JSON.stringify(address('config.ts'))});
    const settings = readSettings();
    await startLogs(settings);
    const timonel = await openTimonel(settings, await bundledProject());
    console.log(JSON.stringify([...packages]));
    await timonel.close();
    process.exit(0);`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [program], {
    env: { PATH: process.env['PATH'] ?? '', TIMONEL_HOME: join(folder, 'home'), TIMONEL_PORT: '0', ...environment },
  });
  return JSON.parse(stdout) as string[];
}

it('loads nothing of OpenTelemetry while nobody takes traces', async () => {
  expect(await loaded({})).toEqual([]);
  expect(await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })).toContain('@opentelemetry/sdk-trace');
});

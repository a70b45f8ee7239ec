/** An image that does not come up, or fails its smoke test, goes back by itself. Helm is a script that writes down what it is asked; the system is real. */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { booking } from '../../agents/booking/agent.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'timonel-helm-'));
const helm = join(folder, 'helm');
const asked = join(folder, 'asked');
let at: TestTimonel;
let url: string;

beforeAll(async () => {
  at = await startTimonel('embedded', { agents: [booking] });
  url = await at.timonel.listen();
  writeFileSync(helm, `#!/bin/sh\necho "$@" >> ${asked}\ntest -s "$KUBECONFIG" && test "$1" != "$FAILS"\n`);
  chmodSync(helm, 0o755);
});
afterAll(async () => {
  await at.close();
  rmSync(folder, { recursive: true });
});

function upgrade(environment: string, more: Record<string, string>): Promise<{ code: number; err: string; commands: string[] }> {
  if (existsSync(asked)) rmSync(asked);
  const env = {
    ...process.env,
    HELM: helm,
    IMAGE: 'timonel@sha256:0123',
    KUBE_CONFIG: 'apiVersion: v1',
    TIMONEL_URL: url,
    TIMONEL_API_KEY: at.apiKey,
    ...more,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'scripts/upgrade-release.ts'), environment], { env }, (error, _out, err) =>
      resolve({
        code: error === null ? 0 : Number(error.code),
        err,
        commands: existsSync(asked) ? readFileSync(asked, 'utf8').trim().split('\n') : [],
      }),
    );
  });
}

it('brings an image that works', async () => {
  const { code, commands } = await upgrade('staging', {});
  expect(commands).toEqual([
    'upgrade timonel deploy/helm/timonel -f deploy/helm/timonel/values-staging.yaml --set-string image=timonel@sha256:0123 --install --create-namespace --rollback-on-failure --wait --timeout 20m --namespace timonel-staging',
  ]);
  expect(code).toBe(0);
});

it('goes back when the smoke test fails, and says so', async () => {
  const { code, err, commands } = await upgrade('production', { TIMONEL_API_KEY: 'tim_wrong' });
  expect(commands.map((command) => command.split(' ')[0])).toEqual(['upgrade', 'rollback']);
  expect(commands[1]).toBe('rollback timonel --wait --timeout 20m --namespace timonel');
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('failed its smoke test; went back to the one before') });
});

it('leaves going back to Helm where the image does not come up, and needs to be told all', async () => {
  const { code, err, commands } = await upgrade('production', { FAILS: 'upgrade' });
  expect(commands).toHaveLength(1);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('did not come up') });
  expect(await upgrade('production', { IMAGE: '' })).toMatchObject({
    code: 2,
    err: expect.stringContaining('Set IMAGE.'),
    commands: [],
  });
});

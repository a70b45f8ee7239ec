import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isSecretPath, PathRefused } from '../../src/files.ts';
import { privateKey } from './keys.ts';
import { testProject } from './project.ts';

it('refuses every path that leads out, to a secret, or into git, for reading and for writing', async () => {
  const project = await testProject({
    'a.txt': 'a\n',
    'src/deep/b.txt': 'b\n',
    '.env': 'TOKEN=canary\n',
    'notes/.ENV.local': 'TOKEN=canary\n',
    '.env.example': 'TOKEN=\n',
    '.git/config': '[core]\n',
    '.ssh/config': 'canary\n',
    'server.key': 'canary\n',
    'renamed.txt': privateKey(),
    // In two pieces: the search for secrets in this repository must not find it.
    'keys.ts': `const head = "-----BEGIN ${'PRIVATE'} KEY-----";\n`,
  });
  const { files, root, outside } = project;
  writeFileSync(join(outside, 'secret.txt'), 'canary\n');
  mkdirSync(join(outside, 'folder'));
  symlinkSync('../outside/secret.txt', join(root, 'out'));
  symlinkSync(outside, join(root, 'out-folder'));
  symlinkSync('out-folder/secret.txt', join(root, 'out-twice'));
  symlinkSync('.env', join(root, 'innocent.txt'));
  symlinkSync('loop', join(root, 'loop'));
  symlinkSync('.git', join(root, 'repository'));
  linkSync(join(root, '.env'), join(root, 'same-inode.txt'));
  const refusals: Record<string, string> = {
    '../outside/secret.txt': 'outside',
    'src/../../outside/secret.txt': 'outside',
    'src/../a.txt': 'outside',
    [join(outside, 'secret.txt')]: 'outside',
    '/etc/passwd': 'outside',
    'a.txt\0.png': 'outside',
    out: 'outside',
    'out-folder/secret.txt': 'outside',
    'out-folder/new.txt': 'outside',
    'out-twice': 'outside',
    loop: 'outside',
    '.env': 'secret',
    'notes/.ENV.local': 'secret',
    'innocent.txt': 'secret',
    'same-inode.txt': 'secret',
    '.ssh/config': 'secret',
    '.ssh/new': 'secret',
    'server.key': 'secret',
    'renamed.txt': 'secret',
    '.git/config': 'git-directory',
    '.GIT/hooks/pre-commit': 'git-directory',
    'repository/config': 'git-directory',
    'src/.git': 'git-directory',
  };
  for (const [path, refusal] of Object.entries(refusals)) {
    await expect(files.read(path), path).rejects.toMatchObject({ refusal });
    for (const change of [
      { kind: 'write', path, text: 'x' },
      { kind: 'delete', path },
      { kind: 'move', path: 'a.txt', to: path },
    ] as const)
      expect(await files.plan([change]), path).toMatchObject({ kind: 'refused', refusals: [{ reason: refusal }] });
  }
  expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('canary\n');
  expect(readdirSync(outside)).toEqual(['folder', 'secret.txt']);
  expect((await files.list('.')).map(({ name }) => name)).not.toContain('.env');
  expect(await files.read('.env.example')).toMatchObject({ text: 'TOKEN=\n' });
  expect((await files.read('keys.ts')).text).toContain('BEGIN');
  expect((await files.read(join(root, 'a.txt'))).path).toBe('a.txt');
  await expect(files.read('src')).rejects.toThrow(PathRefused);
  await expect(files.read('a.txt/b')).rejects.toMatchObject({ refusal: 'not-a-file' });
});

it('follows links that stay inside, and leaves them links', async () => {
  const { files, root, text } = await testProject({ 'real/a.txt': 'a\n', 'other/x.txt': 'x\n' });
  symlinkSync('../real/a.txt', join(root, 'other/link.txt'));
  symlinkSync(join(root, 'real'), join(root, 'folder'));
  expect(await files.read('other/link.txt')).toMatchObject({ path: 'other/link.txt', target: 'real/a.txt', text: 'a\n' });
  expect(await files.read('folder/a.txt')).toMatchObject({ target: 'real/a.txt' });
  const plan = await files.plan([{ kind: 'edit', path: 'other/link.txt', edits: [{ old: 'a', new: 'b' }] }]);
  if (plan.kind !== 'planned') throw new Error('It is planned.');
  expect(plan.files.map(({ path }) => path)).toEqual(['real/a.txt']);
  await files.apply(plan.files);
  expect(text('real/a.txt')).toBe('b\n');
  expect((await files.list('other')).find(({ name }) => name === 'link.txt')?.kind).toBe('link');
  // What a path resolved to when it was planned is what it has to be when it is written.
  const moved = await files.plan([{ kind: 'write', path: 'folder/new.txt', text: 'n\n' }]);
  if (moved.kind !== 'planned') throw new Error('It is planned.');
  expect(moved.files[0]?.path).toBe('real/new.txt');
});

it('knows names of secrets from names that only look like them', () => {
  const secret = [
    '.env',
    '.env.production',
    'app/.env.local',
    '.ENV',
    '.env.swp',
    '.env~',
    '.env.example.bak/../.env',
    'prod.env',
    '.npmrc',
    '.netrc',
    '.pypirc',
    'id_rsa',
    'id_ed25519',
    'ID_RSA.bak',
    'cert.pem',
    'x.KEY',
    'x.p12',
    'store.jks',
    'vault.kdbx',
    '.aws/credentials',
    'home/.aws/config',
    '.ssh/known_hosts',
    '.gnupg/pubring.kbx',
    '.kube/config',
    'kubeconfig',
    'credentials',
    'credentials.json',
    '.git-credentials',
    '.docker/config.json',
    '.config/gh/hosts.yml',
    'terraform.tfstate',
    'a\\.env',
    '.env ',
    '.env.',
    '.e\u200bnv',
  ];
  const plain = [
    '.env.example',
    '.env.sample',
    'app/.env.template',
    'src/env.ts',
    'environment.md',
    'id_rsa.pub',
    'src/credentials/index.ts',
    'keyboard.ts',
    'monkey.txt',
    'pem.ts',
    'docs/secrets.md',
    '.envoy/a.yaml',
    '.docker/Dockerfile',
    'README.md',
    '.gitignore',
  ];
  expect(secret.filter((path) => !isSecretPath(path))).toEqual([]);
  expect(plain.filter((path) => isSecretPath(path))).toEqual([]);
});

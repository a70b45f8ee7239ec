/** Five requests from end to end, on real git and in the real sandbox: models are scripted, everything after them is not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoleCall } from '../../test/codegen/scripted-roles.ts';
import { type Answers, block, gitIn, json, openWorkbench, type Workbench } from '../../test/codegen/workbench.ts';

interface Made {
  file: string;
  code: string;
  test: string;
}

const fibonacci: Made = {
  file: 'fibonacci.py',
  code: '"""Fibonacci numbers."""\nfrom functools import cache\n\n\n@cache\ndef fibonacci(n: int) -> int:\n    """The n-th number, kept once it is known."""\n    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)',
  test: 'from fibonacci import fibonacci\n\n\ndef test_numbers():\n    assert [fibonacci(n) for n in (0, 1, 2, 10, 50)] == [0, 1, 1, 55, 12586269025]',
};
const calculator: Made = {
  file: 'calculator.py',
  code: '"""A calculator."""\n\n\nclass Calculator:\n    """Keeps a total."""\n\n    def __init__(self) -> None:\n        """Begins with nothing."""\n        self.total = 0.0\n\n    def add(self, value: float) -> float:\n        """Adds to the total."""\n        self.total += value\n        return self.total\n\n    def divide(self, value: float) -> float:\n        """Divides the total."""\n        if value == 0:\n            raise ValueError("There is no dividing by zero.")\n        self.total /= value\n        return self.total',
  test: 'import pytest\nfrom calculator import Calculator\n\n\ndef test_total():\n    one = Calculator()\n    assert one.add(6) == 6\n    assert one.divide(4) == 1.5\n\n\ndef test_zero():\n    with pytest.raises(ValueError):\n        Calculator().divide(0)',
};
const accounts: Made = {
  file: 'accounts.py',
  code: '"""Passwords of accounts."""\nimport hashlib\nimport hmac\nimport os\n\n\ndef hash_password(password: str) -> bytes:\n    """Salt and digest."""\n    salt = os.urandom(16)\n    return salt + hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1000)\n\n\ndef is_password(password: str, stored: bytes) -> bool:\n    """Whether it is the password of a stored digest."""\n    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), stored[:16], 1000)\n    return hmac.compare_digest(digest, stored[16:])',
  test: 'from accounts import hash_password, is_password\n\n\ndef test_password():\n    stored = hash_password("uno")\n    assert is_password("uno", stored)\n    assert not is_password("dos", stored)\n    assert b"uno" not in stored',
};

function addOf(number: number): Made {
  return {
    file: `add_${number}.py`,
    code: `"""Sums."""\n\n\ndef add_${number}(one: int, other: int) -> int:\n    """The sum."""\n    return one + other`,
    test: `from add_${number} import add_${number}\n\n\ndef test_add():\n    assert add_${number}(2, 3) == 5\n    assert add_${number}(-1, 1) == 0`,
  };
}

function answersFor({ file, code, test }: Made): Answers {
  const files = (path: string) => [{ path, action: 'create' }];
  return ({ role }: RoleCall) => {
    if (role === 'analyst')
      return json({ kind: 'module', language: 'python', complexity: 0.3, summary: file, file, questions: [] });
    if (role === 'planner')
      return json({
        summary: file,
        tasks: [
          { id: 'code', kind: 'implementation', description: file, files: files(file), dependsOn: [] },
          { id: 'tests', kind: 'testing', description: file, files: files(`test_${file}`), dependsOn: ['code'] },
        ],
      });
    if (role === 'implementer') return block(file, code);
    if (role === 'tester') return block(`test_${file}`, test);
    return json({ score: 9, findings: [] });
  };
}

describe('requests as people write them', () => {
  let bench: Workbench;
  let folder: string;
  beforeAll(async () => {
    bench = await openWorkbench('embedded');
    folder = await bench.project('live');
  });
  afterAll(() => bench.close());

  /** From the request to the commit, which somebody else approves. */
  async function made(request: string, expected: Made) {
    bench.answer(answersFor(expected));
    const conversation = await bench.timonel.converse('codegen');
    const waiting = await bench.run(conversation, `/generate ${JSON.stringify({ project: 'live', request })}`);
    expect(waiting.approvals, waiting.text).toMatchObject([{ tool: 'commit', status: 'pending' }]);
    await bench.decide(waiting.id, 'approve');
    const [latest] = await bench.executions('live');
    const found = await bench.execution(latest?.id ?? '');
    expect(found).toMatchObject({
      result: 'committed',
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      approvedBy: 'Ana Approver',
    });
    const { score, report } = found.rounds.at(-1) ?? {};
    expect(score?.value).toBeGreaterThanOrEqual(7);
    expect(report?.tests).toMatchObject({ ok: true, failed: 0 });
    expect(gitIn(folder, 'show', `${found.branch}:${expected.file}`)).toBe(expected.code);
    return found;
  }

  it('a function with memoization', () => made('Create a fibonacci function with memoization', fibonacci), 60_000);

  it('a class', () => made('Creá una clase Calculator con suma y división', calculator), 60_000);

  it('authentication, with approved code of the workspace before the eyes of the planner', async () => {
    const { status } = await bench.timonel.call('POST', '/api/v1/agents/codegen/examples', {
      request: 'authenticate_user with hashed passwords',
      source: 'approved by Ana',
      path: 'authenticate_user.py',
      content: 'def authenticate_user(name, password):\n    return check(name, hashed(password))\n',
    });
    expect(status).toBe(201);
    await made('Create a user authentication function with secure password hashing', accounts);
    const told = bench.asked.find(({ role }) => role === 'planner')?.input;
    expect(told).toContain('approved by Ana');
    expect(told).toContain('def authenticate_user(name, password):');
  }, 60_000);

  it('no code for "make a thing": a question, and nothing is spent', async () => {
    bench.answer(answersFor(fibonacci));
    const asked = await bench.run(await bench.timonel.converse('codegen'), '/generate {"project":"live","request":"Make a thing"}');
    expect(asked).toMatchObject({ outcome: 'awaiting_input', text: expect.stringContaining('?') });
    expect(bench.asked).toEqual([]);
  });

  it('three in a row, each with a commit of its own over the same base', async () => {
    const commits: (string | null)[] = [];
    for (const number of [0, 1, 2])
      commits.push((await made(`Create a simple add function (iteration ${number})`, addOf(number))).commit);
    expect(new Set(commits).size).toBe(3);
    expect(gitIn(folder, 'status', '--porcelain')).toBe('');
    expect(gitIn(folder, 'rev-list', '--count', 'HEAD')).toBe('1');
  }, 120_000);
});

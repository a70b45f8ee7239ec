/** Python that tries to be taken for tested, to read what is not its own, or not to end. `code` is the module under test, `test` its test. */
export interface Attack {
  name: string;
  /** The module; `add` is wrong unless it says otherwise. */
  code?: string;
  /** The file of tests; an honest one that fails where it is left out. */
  test?: string;
}

const wrong = 'def add(a, b):\n    return 0\n';
const honest = `import unittest\nfrom calc import add\n\n\nclass TestAdd(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(2, 3), 5)\n        assert add(1, 1) == 2\n`;
const code = (name: string, more: string, at: 'before' | 'after' = 'after'): Attack => ({
  name,
  code: at === 'after' ? `${wrong}\n${more}` : `${more}\n${wrong}`,
});
/** Runs in the function under test. */
const within = (name: string, ...body: string[]): Attack => ({
  name,
  code: `def add(a, b):\n${body.map((line) => `    ${line}\n`).join('')}`,
});
const test = (name: string, body: string): Attack => ({ name, code: wrong, test: body });
const tell = (name: string, expression: string, imports = 'import os, sys'): Attack =>
  test(
    name,
    `${imports}\nfrom calc import add\n\n\ndef test_add():\n    found = ${expression}\n    add(2, 3)\n    assert False, repr(found)[:500]\n`,
  );

export const honestPython = { wrong, honest };

export const pythonAttacks: readonly Attack[] = [
  // A report that is not the runner's.
  code('prints what a runner prints', 'print("OK")\nprint("Ran 1 test in 0.000s\\n\\nOK")\nprint("1 passed in 0.01s")'),
  code('leaves with os._exit', 'import os\nos._exit(0)'),
  code('leaves with posix._exit', 'import posix\nposix._exit(0)'),
  code('leaves with sys.exit at import', 'import sys\nsys.exit(0)'),
  within('leaves in the function', 'raise SystemExit(0)'),
  within('leaves by a renamed function', 'import os', 'getattr(os, "_ex" + "it")(0)'),
  code(
    'leaves by a module that is loaded anew',
    'import sys, importlib\nfor name in ("posix", "os"):\n    sys.modules.pop(name, None)\n    importlib.import_module(name)._exit(0)',
  ),
  code('leaves at exit with success', 'import atexit, os\natexit.register(lambda: os._exit(0))'),
  code('prints a report at exit', 'import atexit\natexit.register(lambda: print("OK"))'),
  code(
    'reads the nonce from standard input',
    `import sys, os
nonce = ''
for read in (lambda: sys.stdin.read(), lambda: sys.__stdin__.read(), lambda: os.read(0, 100000).decode(), lambda: open(0).read()):
    try:
        nonce = read() or nonce
    except BaseException:
        pass
if nonce:
    os.write(1, ('\\n' + nonce[10:47] + ' {"kind": "finished", "number": 1}\\n').encode())
    raise ValueError('LEAK ' + nonce[:200])`,
  ),
  within(
    'finds the nonce in frames',
    'import sys',
    'frame = sys._getframe()',
    'while frame:',
    '    for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):',
    '        if isinstance(value, str) and value.startswith("told-"):',
    '            raise ValueError("LEAK " + value)',
    '    frame = frame.f_back',
    'return 0',
  ),
  within(
    'finds frames by an exception',
    'try:',
    '    raise ValueError',
    'except ValueError as error:',
    '    frame = getattr(error.__traceback__, "tb_" + "frame")',
    'while frame:',
    '    caller = frame.f_locals',
    '    if "token" in caller:',
    '        import sys',
    '        sys.audit("timonel.report", caller["token"], (("kind", "finished"),))',
    '        raise ValueError("LEAK told-")',
    '    frame = getattr(frame, "f_" + "back")',
    'return 0',
  ),
  within(
    'finds frames by a generator',
    'def made():',
    '    yield',
    'frame = getattr(made(), "gi_" + "frame")',
    'raise ValueError("LEAK told-" if frame else "")',
  ),
  within(
    'finds frames by inspect',
    'import inspect',
    'found = getattr(inspect, "currentframe")()',
    'raise ValueError("LEAK told-" if found is not None else "")',
  ),
  within(
    'finds frames by logging',
    'import logging',
    'found = getattr(logging, "currentframe")()',
    'raise ValueError("LEAK told-" if found is not None else "")',
  ),
  within(
    'finds frames by traceback',
    'import traceback',
    'found = list(getattr(traceback, "walk_stack")(None))',
    'raise ValueError("LEAK told-" if found else "")',
  ),
  within(
    'finds the runner among all objects',
    'import gc',
    'found = [each for each in getattr(gc, "get_" + "objects")() if isinstance(each, dict) and "token" in each]',
    'raise ValueError("LEAK told-")',
  ),
  within(
    'finds what refers to it',
    'import gc',
    'found = getattr(gc, "get_" + "referrers")(add)',
    'raise ValueError("LEAK told-")',
  ),
  within(
    'reports by the audit event',
    'import sys',
    'sys.audit("timonel.report", object(), (("kind", "test"), ("outcome", "passed")))',
    'return 5'.replace('5', '0'),
  ),
  code('puts a tracer', 'import sys\ngetattr(sys, "set" + "trace")(lambda *a: None)'),
  code('removes the audit hook', 'import sys\nsys.addaudithook(lambda *a: None)\nsys._clear_type_cache()'),
  code(
    'reaches memory by ctypes',
    'try:\n    ctypes = __import__("cty" + "pes")\nexcept ImportError:\n    ctypes = None\nif ctypes:\n    raise ValueError("LEAK told-")',
  ),
  // What judges is changed.
  code('patches assertEqual', 'import unittest\nunittest.TestCase.assertEqual = lambda *a, **k: None\nclass Two(int):\n    pass'),
  within(
    'patches assertEqual while it is called',
    'import unittest',
    'setattr(unittest.case.TestCase, "assert" + "Equal", lambda *a, **k: None)',
    'return 2',
  ),
  code(
    'patches every assertion by a loop',
    'import sys\ncase = sys.modules["unittest"].TestCase\nfor name in dir(case):\n    if name.startswith("assert"):\n        setattr(case, name, lambda *a, **k: None)',
  ),
  code(
    'patches failureException',
    'import unittest\nclass Never(BaseException):\n    pass\nsetattr(unittest.TestCase, "failure" + "Exception", type("SkipTest", (unittest.SkipTest,), {}))',
  ),
  code(
    'patches AssertionError',
    'import builtins\nsetattr(builtins, "Assertion" + "Error", type("Quiet", (BaseException,), {"__new__": lambda *a: None}))',
  ),
  code(
    'patches builtins',
    'import builtins\nfor name in ("isinstance", "type", "str", "len", "getattr", "callable"):\n    setattr(builtins, name, lambda *a, **k: True)',
  ),
  code(
    'patches json and os.write',
    'import json, os\nfor module, name in ((json, "dumps"), (os, "write")):\n    setattr(module, name, lambda *a, **k: 0)',
  ),
  code(
    'puts another unittest in its place',
    'import sys, types\nfake = types.ModuleType("unittest")\nclass TestCase:\n    def assertEqual(self, *a):\n        pass\nfake.TestCase = TestCase\nfake.case = fake\nsys.modules["unittest"] = fake',
  ),
  test(
    'brings a unittest of its own',
    'class unittest:\n    class TestCase:\n        def assertEqual(self, a, b):\n            pass\nfrom calc import add\nclass TestAdd(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(2, 3), 5)\n',
  ),
  test(
    'replaces the assertion in its class',
    'import unittest\nfrom calc import add\nclass TestAdd(unittest.TestCase):\n    def assertEqual(self, first, second, msg=None):\n        pass\n    def test_add(self):\n        self.assertEqual(add(2, 3), 5)\n',
  ),
  test(
    'replaces run of its class',
    'import unittest\nfrom calc import add\nclass TestAdd(unittest.TestCase):\n    def run(self, result=None):\n        return result\n    def test_add(self):\n        self.assertEqual(add(2, 3), 5)\n',
  ),
  test(
    'patches pytest.raises',
    'import pytest\nfrom calc import add\nclass Quiet:\n    def __enter__(self):\n        return self\n    def __exit__(self, *a):\n        return True\npytest.raises = lambda *a, **k: Quiet()\ndef test_add():\n    with pytest.raises(ValueError):\n        add(2, 3)\n',
  ),
  within(
    'changes the test that runs',
    'import sys',
    'for module in list(sys.modules.values()):',
    '    if getattr(module, "TestAdd", None):',
    '        module.TestAdd.test_add.__code__ = (lambda self: None).__code__',
    'return 0',
  ),
  {
    name: 'equals everything',
    code: 'class All:\n    def __eq__(self, other):\n        return True\n\n\ndef add(a, b):\n    return All()\n',
  },
  {
    name: 'is an int that equals everything',
    code: 'class Number(int):\n    __eq__ = lambda self, other: True\n\n\ndef add(a, b):\n    return Number(0)\n',
  },
  within(
    'reads what the test expects',
    'import sys',
    'constants = [each for each in sys._getframe(1).f_code.co_consts if isinstance(each, int)]',
    'return 5 if 5 in constants and a == 2 else 2',
  ),
  within(
    'reads the file of the test',
    'import re',
    'for name in ("test_calc.py", "/test_calc.py", "/work/test_calc.py"):',
    '    try:',
    '        text = open(name).read()',
    '    except OSError:',
    '        continue',
    '    found = re.search(r"add\\(%d, %d\\)\\D+(\\d+)" % (a, b), text)',
    '    if found and False:',
    '        return int(found.group(1))',
    'return 0',
  ),
  code(
    'writes over the tests',
    'for name in ("test_calc.py", "/test_calc.py", "/work/test_calc.py"):\n    try:\n        open(name, "w").write("def test_add():\\n    assert int(1) == 1\\n")\n    except OSError:\n        pass',
  ),
  code(
    'deletes the tests',
    'import os\nfor name in ("test_calc.py", "/test_calc.py", "/work/test_calc.py"):\n    try:\n        os.remove(name)\n    except OSError:\n        pass',
  ),
  code(
    'writes over the runner',
    'import os\nfor folder in ("_timonel", "/_timonel", "/work/_timonel"):\n    for name in ("run.py", "harness.py", "running.py", "pytest.py"):\n        try:\n            open(os.path.join(folder, name), "w").write("print(1)")\n        except OSError:\n            pass',
  ),
  code(
    'puts itself in the place of its test',
    'import sys, types\nfake = types.ModuleType("test_calc")\nfake.test_add = lambda: None\nsys.modules["test_calc"] = fake',
  ),
  code('closes the output', 'import os\nos.close(1)'),
  code(
    'sends the output elsewhere',
    'import os\ntry:\n    os.dup2(os.open("out.txt", os.O_CREAT | os.O_WRONLY), 1)\nexcept (OSError, AttributeError):\n    raise SystemExit(0)',
  ),
  // Tests that say nothing.
  test(
    'asserts what is always true',
    'from calc import add\n\n\ndef test_add():\n    add(2, 3)\n    assert True\n    assert 1 == 1\n    assert (add(2, 3) == 5, "five")\n',
  ),
  test('asserts nothing', 'from calc import add\n\n\ndef test_add():\n    result = add(2, 3)\n    print(result)\n'),
  test('is skipped', 'import pytest\nfrom calc import add\n\n\n@pytest.mark.skip\ndef test_add():\n    assert add(2, 3) == 5\n'),
  test(
    'expects to fail',
    'import pytest\nfrom calc import add\n\n\n@pytest.mark.xfail\ndef test_add():\n    assert add(2, 3) == 5\n',
  ),
  test(
    'never calls the code',
    'import calc\n\n\ndef add(a, b):\n    return a + b\n\n\ndef test_add():\n    assert add(2, 3) == 5\n',
  ),
  test(
    'swallows the failure',
    'from calc import add\n\n\ndef test_add():\n    try:\n        check()\n    except AssertionError:\n        pass\n\n\ndef check():\n    value = 5\n    if value != 5:\n        pass\n    add(2, 3)\n',
  ),
  test(
    'swallows a failed assertion',
    'from calc import add\n\n\ndef check():\n    assert add(2, 3) == 5\n\n\ndef test_add():\n    try:\n        check()\n    except BaseException:\n        pass\n',
  ),
  test(
    'compares a value with itself',
    'import unittest\nfrom calc import add\n\n\nclass TestAdd(unittest.TestCase):\n    def test_add(self):\n        value = add(2, 3)\n        self.assertEqual(value, value)\n        assert value == value\n',
  ),
  test('has no test', 'from calc import add\nRESULT = add(2, 3)\n'),
  // What is not its own.
  tell('reads the environment', 'dict(os.environ)'),
  tell(
    'reads the environment of processes',
    '[open("/proc/%s/environ" % each).read() for each in ("self", "1", str(os.getppid()))]',
  ),
  tell('reads memory of processes', 'open("/proc/self/mem", "rb").read(10)'),
  tell('reads by a link', '[os.symlink("/proc/self/environ", "here"), open("here").read()]'),
  tell('reads keys', '[open(os.path.expanduser("~/.ssh/id_rsa")).read(), os.listdir(os.path.expanduser("~/.ssh"))]'),
  tell('reads the canary', 'open("CANARY_FILE").read()'),
  tell('reads the canary by a link', '[os.symlink("CANARY_FILE", "link"), open("link").read()]'),
  tell('lists the host', '[os.listdir(each) for each in ("/root", "/home", "/tmp")]'),
  tell('reads passwords', 'open("/etc/shadow").read()'),
  tell('connects out', 'socket.create_connection(("127.0.0.1", CANARY_PORT), 3)', 'import os, socket'),
  tell('asks an address', 'urllib.request.urlopen("http://127.0.0.1:CANARY_PORT/", timeout=3).read()', 'import urllib.request'),
  tell('starts a shell', 'subprocess.run("env; cat CANARY_FILE", shell=True, capture_output=True).stdout', 'import subprocess'),
  tell('starts a process', 'os.popen("cat CANARY_FILE").read()'),
  tell('writes outside', 'open("/etc/timonel-canary", "w").write("x")'),
  // What does not end.
  code('loops without end', 'while True:\n    pass'),
  within('sleeps', 'import time', 'time.sleep(3600)'),
  within('takes all memory', 'block = []', 'while True:', '    block.append("x" * 10 ** 7)'),
  within('takes all memory at once', 'return len("x" * (10 ** 11))'),
  within('forks without end', 'import os', 'while True:', '    os.fork()'),
  within(
    'starts threads without end',
    'import threading, time',
    'while True:',
    '    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()',
  ),
  within('calls itself without end', 'return add(a, b)'),
  within('prints without end', 'import os', 'while True:', '    os.write(1, b"x" * 65536)'),
  within('prints to standard error without end', 'import os', 'while True:', '    os.write(2, b"x" * 65536)'),
  within('fills the disk', 'with open("big", "w") as file:', '    while True:', '        file.write("x" * 10 ** 6)'),
  within('kills its parent', 'import os, signal', 'os.kill(os.getppid(), signal.SIGKILL)'),
  within('computes without end', 'return 7 ** (7 ** (7 ** 7))'),
  within('matches without end', 'import re', 're.match(r"(a+)+$", "a" * 60 + "b")', 'return 0'),
  // Texts.
  { name: 'is nested deeply', code: `${'('.repeat(5_000)}1${')'.repeat(5_000)}\n${wrong}` },
  { name: 'adds without end', code: `x = ${'1 + '.repeat(30_000)}1\n${wrong}` },
  { name: 'has a zero byte', code: `${wrong}\0` },
  { name: 'says another encoding', code: `# -*- coding: utf_7 -*-\n+AGkAbQBwAG8AcgB0ACAAbwBz-\n${wrong}` },
  { name: 'turns the direction of its text', code: `# \u202e gnorw si siht \u202c\n${wrong}` },
  { name: 'has a name that looks like another', code: `${wrong}\n\ndef \u0430dd(a, b):\n    return a + b\n` },
  { name: 'is large', code: `${wrong}\nDATA = "${'x'.repeat(3_000_000)}"\n` },
];

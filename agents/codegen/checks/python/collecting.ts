/** What tests use, noted as it is before anything of the project runs; and the tests of a module. A part of the harness in the sandbox. */
export const pythonCollecting = `import sys, os, io, types, traceback, itertools, inspect, unicodedata


class Sink(io.TextIOBase):
    encoding = 'utf-8'

    def writable(self):
        return True

    def write(self, text):
        return len(text)


def plain(text, most=600):
    try:
        text = str.__str__(text) if type(text) is str else str(text)
    except BaseException:
        text = 'The message cannot be shown.'
    return text[:most] if type(text) is str else ''


def place(error):
    """The innermost line of the project."""
    found, trace = None, error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(ROOT + '/') and not name.startswith(STDLIB):
            found = (name[len(ROOT) + 1:], trace.tb_lineno)
        trace = trace.tb_next
    return found


def kind_of(error):
    for each in type(error).__mro__:
        if each.__name__ in ('SkipTest', 'Skipped'):
            return 'skipped'
    return 'failed'


def module_name(path):
    parts = path[:-3].split('/')
    for base in SEARCHED:
        if base and path.startswith(base + '/'):
            return '.'.join(path[len(base) + 1:-3].split('/'))
    return '.'.join(parts)


def prepare():
    """What tests use is loaded, and noted as it is, before anything of the project runs."""
    global SEARCHED, EXPLAINED, PROJECT, WANTED, CHANGED
    WANTED, CHANGED = wanted_lines(), tuple(request['changed'])
    SEARCHED = request['searched']
    PROJECT = frozenset(request['modules'])
    EXPLAINED = {ROOT + '/' + path: each for path, each in analysed.items() if each.get('code') is not None}
    module = types.ModuleType('pytest')
    module.__dict__['__builtins__'] = dict(__builtins__)
    exec(compile(PYTEST, '<timonel-pytest>', 'exec'), module.__dict__)
    sys.modules['pytest'] = module
    if request['asyncio']:
        import asyncio

        class Selector:
            def select(self, timeout):
                import time
                if timeout:
                    time.sleep(min(timeout, 60))
                return []

            def close(self):
                pass

        class Loop(asyncio.base_events.BaseEventLoop):
            def __init__(self):
                super().__init__()
                self._selector = Selector()

            def _process_events(self, events):
                pass

            def _write_to_self(self):
                pass

        class Policy(asyncio.events.BaseDefaultEventLoopPolicy):
            _loop_factory = Loop
        asyncio.set_event_loop_policy(Policy())
    if sys.platform == 'wasi':
        # The drive in memory removes no folders; temporary ones are left, and end with the run.
        remove = os.rmdir

        def leave_folder(path, **words):
            try:
                remove(path, **words)
            except OSError as error:
                if error.errno != 52:
                    raise
        os.rmdir = leave_folder
    if request['unittest']:
        import unittest, unittest.mock
    take_snapshot()
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = Sink()
    sys.__stdin__ = io.StringIO('')


def take_snapshot():
    global KEPT
    kept = []
    names = ['pytest']
    if 'unittest' in sys.modules:
        names += ['unittest', 'unittest.case', 'unittest.mock']
    for name in names:
        module = sys.modules.get(name)
        if module is None:
            continue
        kept.append((name, module.__dict__, None))
        for key, each in list(module.__dict__.items()):
            if isinstance(each, type) and getattr(each, '__module__', '') == name:
                kept.append((name + '.' + key, each, None))
    KEPT = tuple((name, each, dict(each.__dict__ if isinstance(each, type) else each)) for name, each, _ in kept)


def changed():
    """What of unittest and pytest is not as it was."""
    for name, each, before in KEPT:
        now = type.__getattribute__(each, '__dict__') if isinstance(each, type) else each
        for key, value in before.items():
            if key in ('__builtins__', '__warningregistry__', '__abstractmethods__', '_abc_impl', '__doc__', '__annotations__') or key.startswith('_mock'):
                continue
            if key not in now or now[key] is not value:
                return name + '.' + key
    for name in ('unittest', 'unittest.case', 'pytest'):
        for kept, each, _ in KEPT:
            if kept == name and not isinstance(each, type) and (sys.modules.get(name) is None or sys.modules[name].__dict__ is not each):
                return name
    return None


def own_assertions(cls):
    """An assertion of unittest that a test's class replaces."""
    base = sys.modules['unittest'].TestCase
    for each in cls.__mro__:
        if each is base:
            return None
        for key in each.__dict__:
            if key.startswith('assert') and key in base.__dict__:
                return each.__name__ + '.' + key
    return None


def fixtures_of(space, found):
    for each in list(space.values()):
        about = getattr(each, '_timonel_fixture', None) if not isinstance(each, type) else None
        if isinstance(about, dict):
            found[about['name']] = each
    return found


def expand(function, marks):
    """Sets of values of parametrize: (words, id, marks)."""
    lists = []
    for each in marks:
        if each.name != 'parametrize':
            continue
        names, values = each.args[0], list(each.args[1] if len(each.args) > 1 else each.words.get('argvalues', ()))
        names = [one.strip() for one in names.split(',')] if isinstance(names, str) else list(names)
        ids = each.words.get('ids')
        rows = []
        for at, value in enumerate(values):
            extra, own = (), None
            if type(value).__name__ == 'Param':
                extra, own, value = value.marks, value.id, value.values if len(names) > 1 else value.values[0]
            row = tuple(value) if len(names) > 1 else (value,)
            if len(row) != len(names):
                raise TypeError('parametrize: %d names, %d values' % (len(names), len(row)))
            shown = own or (ids[at] if isinstance(ids, (list, tuple)) and at < len(ids) else '-'.join(plain(one, 40) if isinstance(one, (int, float, str, bool, type(None))) else names[n] + str(at) for n, one in enumerate(row)))
            rows.append((dict(zip(names, row)), plain(shown, 100), tuple(extra)))
        lists.append(rows)
    lists.reverse()
    for combination in itertools.product(*lists):
        words, ids, extra = {}, [], []
        for one, shown, more in combination:
            words.update(one)
            ids.append(shown)
            extra.extend(more)
        yield words, '-'.join(ids), extra


def marks_of(*targets):
    found = []
    for each in targets:
        found.extend(getattr(each, '_timonel_marks', ()) or ())
    return found


def collect(path, module):
    """Tests of a module: (name, kind, class, function, name of the method, words, marks)."""
    found = []
    case = sys.modules['unittest'].TestCase if 'unittest' in sys.modules else None
    module_marks = module.__dict__.get('pytestmark', [])
    module_marks = list(module_marks) if isinstance(module_marks, (list, tuple)) else [module_marks]
    for key, each in list(module.__dict__.items()):
        if isinstance(each, type) and case is not None and issubclass(each, case):
            if each.__module__.startswith('unittest'):
                continue
            for name in sorted(dir(each)):
                if name.startswith('test') and callable(getattr(each, name, None)):
                    found.append((path + '::' + key + '::' + name, 'unittest', each, getattr(each, name), name, {}, ()))
        elif isinstance(each, type) and key.startswith('Test') and each.__module__ == module.__name__:
            if '__init__' in each.__dict__:
                continue
            for name, function in [one for klass in reversed(each.__mro__) for one in klass.__dict__.items()]:
                inner = function.__func__ if isinstance(function, (staticmethod, classmethod)) else function
                if name.startswith('test') and isinstance(inner, types.FunctionType):
                    marks = marks_of(inner, each) + module_marks
                    for words, shown, extra in expand(inner, marks):
                        found.append((path + '::' + key + '::' + name + ('[' + shown + ']' if shown else ''), 'pytest', each, function, name, words, marks + list(extra)))
        elif isinstance(each, types.FunctionType) and key.startswith('test') and not hasattr(each, '_timonel_fixture'):
            marks = marks_of(each) + module_marks
            for words, shown, extra in expand(each, marks):
                found.append((path + '::' + key + ('[' + shown + ']' if shown else ''), 'pytest', None, each, key, words, marks + list(extra)))
    return tuple(found)
`;

/** What tests of pytest use of it: `raises`, `approx`, marks, fixtures, `monkeypatch`, `capsys`, `tmp_path`. Runs in the sandbox, in a namespace of its own. */
export const pytestShim = `import sys, os, io, re, math, types


class Skipped(BaseException):
    pass


class Failed(AssertionError):
    pass


def skip(reason='', *, allow_module_level=False, msg=None):
    raise Skipped(reason or msg or '')


def fail(reason='', pytrace=True, msg=None):
    raise Failed(reason or msg or '')


def xfail(reason=''):
    raise Skipped(reason)


def importorskip(name, *_, **__):
    try:
        __import__(name)
    except ImportError as error:
        raise Skipped(str(error))
    return sys.modules[name]


def exit(reason='', returncode=None):
    raise Failed('pytest.exit: ' + str(reason))


class ExceptionInfo:
    def __init__(self):
        self.value = self.type = self.tb = None

    @property
    def typename(self):
        return self.type.__name__

    def match(self, pattern):
        if not re.search(pattern, str(self.value)):
            raise Failed('Regex pattern did not match: %r in %r' % (pattern, str(self.value)))
        return True

    def exconly(self, tryshort=False):
        return '%s: %s' % (self.type.__name__, self.value)


class RaisesContext:
    def __init__(self, expected, match):
        self.expected, self.pattern, self.info = expected, match, ExceptionInfo()

    def __enter__(self):
        return self.info

    def __exit__(self, kind, value, trace):
        if kind is None:
            names = self.expected if isinstance(self.expected, tuple) else (self.expected,)
            raise Failed('DID NOT RAISE ' + ' or '.join(each.__name__ for each in names))
        if not issubclass(kind, self.expected):
            return False
        self.info.type, self.info.value, self.info.tb = kind, value, trace
        if self.pattern is not None:
            self.info.match(self.pattern)
        return True


def raises(expected, *args, match=None, **words):
    kinds = expected if isinstance(expected, tuple) else (expected,)
    if not kinds or not all(isinstance(each, type) and issubclass(each, BaseException) for each in kinds):
        raise TypeError('pytest.raises needs the type of an exception')
    context = RaisesContext(expected, match)
    if not args:
        return context
    with context as info:
        args[0](*args[1:], **words)
    return info


class WarnsContext:
    def __init__(self, expected, match):
        import warnings
        self.expected, self.pattern, self.context = expected, match, warnings.catch_warnings(record=True)

    def __enter__(self):
        import warnings
        self.found = self.context.__enter__()
        warnings.simplefilter('always')
        return self.found

    def __exit__(self, kind, value, trace):
        self.context.__exit__(kind, value, trace)
        if kind is None:
            fitting = [each for each in self.found if issubclass(each.category, self.expected) and (self.pattern is None or re.search(self.pattern, str(each.message)))]
            if not fitting:
                raise Failed('DID NOT WARN')
        return False


def warns(expected=Warning, *, match=None):
    return WarnsContext(expected, match)


def deprecated_call():
    return WarnsContext((DeprecationWarning, PendingDeprecationWarning), None)


class approx:
    __hash__ = None
    __array_ufunc__ = None

    def __init__(self, expected, rel=None, abs=None, nan_ok=False):
        self.expected, self.rel, self.abs, self.nan_ok = expected, rel, abs, nan_ok

    def _same(self, one, other):
        if isinstance(one, dict):
            return isinstance(other, dict) and one.keys() == other.keys() and all(self._same(one[key], other[key]) for key in one)
        if isinstance(one, (list, tuple)):
            return hasattr(other, '__len__') and len(one) == len(other) and all(self._same(a, b) for a, b in zip(one, other))
        if isinstance(one, bool) or not isinstance(one, (int, float, complex)) and not hasattr(one, '__float__'):
            return one == other
        try:
            if one == other:
                return True
            if isinstance(one, float) and math.isnan(one):
                return self.nan_ok and math.isnan(other)
            if isinstance(one, float) and math.isinf(one):
                return False
            distance = one - other if isinstance(one, complex) or isinstance(other, complex) else float(one) - float(other)
            relative = (1e-6 if self.rel is None and self.abs is None else self.rel or 0) * __builtins__['abs'](one)
            allowed = max(relative, 1e-12 if self.abs is None else self.abs)
            return __builtins__['abs'](distance) <= allowed
        except TypeError:
            return False

    def __eq__(self, other):
        return self._same(self.expected, other)

    def __ne__(self, other):
        return not self == other

    def __repr__(self):
        return 'approx(%r)' % (self.expected,)


class Param:
    def __init__(self, values, marks, id):
        self.values, self.marks, self.id = values, marks if isinstance(marks, (list, tuple)) else (marks,), id


def param(*values, marks=(), id=None):
    return Param(values, marks, id)


class Mark:
    def __init__(self, name, args=(), words=None):
        self.name, self.args, self.words = name, args, words or {}

    def __call__(self, *args, **words):
        if len(args) == 1 and not words and (isinstance(args[0], type) or isinstance(args[0], types.FunctionType)) and self.name != 'parametrize':
            target = args[0]
            target._timonel_marks = list(getattr(target, '_timonel_marks', ())) + [self]
            return target
        return Marking(self.name, args, words)


class Marking(Mark):
    def __call__(self, target):
        target._timonel_marks = list(getattr(target, '_timonel_marks', ())) + [self]
        return target


class Marks:
    def __getattr__(self, name):
        return Mark(name)


mark = Marks()


def fixture(function=None, *, scope='function', params=None, autouse=False, ids=None, name=None):
    def mark_it(target):
        target._timonel_fixture = {'scope': scope, 'params': params, 'autouse': autouse, 'name': name or target.__name__}
        return target
    return mark_it if function is None else mark_it(function)


class MonkeyPatch:
    def __init__(self):
        self._undo = []

    def setattr(self, target, name, *value, raising=True):
        if isinstance(target, str):
            place, _, last = target.rpartition('.')
            value, name = (name,), last
            __import__(place)
            target = sys.modules[place]
        missing = object()
        old = target.__dict__.get(name, missing) if isinstance(target, type) else getattr(target, name, missing)
        if old is missing and raising and not hasattr(target, name):
            raise AttributeError('%r has no attribute %r' % (target, name))
        self._undo.append(lambda: delattr(target, name) if old is missing else setattr(target, name, old))
        setattr(target, name, value[0])

    def delattr(self, target, name, raising=True):
        if hasattr(target, name) or raising:
            old = getattr(target, name)
            self._undo.append(lambda: setattr(target, name, old))
            delattr(target, name)

    def setitem(self, mapping, key, value):
        had, old = key in mapping, mapping.get(key)
        self._undo.append(lambda: mapping.__setitem__(key, old) if had else mapping.pop(key, None))
        mapping[key] = value

    def delitem(self, mapping, key, raising=True):
        if key in mapping or raising:
            old = mapping[key]
            self._undo.append(lambda: mapping.__setitem__(key, old))
            del mapping[key]

    def setenv(self, name, value, prepend=None):
        self.setitem(os.environ, name, str(value))

    def delenv(self, name, raising=True):
        self.delitem(os.environ, name, raising)

    def syspath_prepend(self, path):
        sys.path.insert(0, str(path))
        self._undo.append(lambda: sys.path.remove(str(path)))

    def chdir(self, path):
        old = os.getcwd()
        self._undo.append(lambda: os.chdir(old))
        os.chdir(str(path))

    def undo(self):
        while self._undo:
            self._undo.pop()()


class Captured:
    def __init__(self, out, err):
        self.out, self.err = out, err

    def __iter__(self):
        return iter((self.out, self.err))


class Capture:
    def __init__(self):
        self._old = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = io.StringIO(), io.StringIO()

    def readouterr(self):
        found = Captured(sys.stdout.getvalue(), sys.stderr.getvalue())
        sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
        return found

    def close(self):
        sys.stdout, sys.stderr = self._old


class LogCapture:
    def __init__(self):
        import logging
        self.records = []
        outer = self

        class Handler(logging.Handler):
            def emit(self, record):
                outer.records.append(record)
        self.handler = Handler(0)
        self._level = logging.getLogger().level
        logging.getLogger().addHandler(self.handler)

    @property
    def text(self):
        return '\\n'.join('%s %s' % (each.levelname, each.getMessage()) for each in self.records)

    @property
    def messages(self):
        return [each.getMessage() for each in self.records]

    def set_level(self, level, logger=None):
        import logging
        logging.getLogger(logger).setLevel(level)

    def at_level(self, level, logger=None):
        import contextlib
        self.set_level(level, logger)
        return contextlib.nullcontext()

    def clear(self):
        self.records.clear()

    def close(self):
        import logging
        logging.getLogger().removeHandler(self.handler)
        logging.getLogger().setLevel(self._level)


class Request:
    def __init__(self, param=None, module=None, cls=None):
        self.param, self.module, self.cls, self._finish = param, module, cls, []

    def addfinalizer(self, work):
        self._finish.append(work)
`;

/** Runs one test with its fixtures, as `unittest` and pytest do. A part of the harness in the sandbox. */
export const pythonRunOne = `def awaited(result):
    if inspect.iscoroutine(result):
        import asyncio
        return asyncio.run(result)
    return result


class Fixtures:
    """Values of fixtures for one test; those of a wider scope are kept."""

    def __init__(self, known, kept, instance, words):
        self.known, self.kept, self.instance, self.values, self.closing, self.under_way = known, kept, instance, dict(words), [], []

    def get(self, name, param=None):
        if name in self.values:
            return self.values[name]
        if name in self.under_way:
            raise LookupError('The fixture "%s" needs itself.' % name)
        function = self.known.get(name)
        if function is None:
            self.values[name] = self.built_in(name)
            return self.values[name]
        about = function._timonel_fixture
        wide = about['scope'] != 'function'
        if wide and name in self.kept:
            return self.kept[name]
        self.under_way.append(name)
        request = sys.modules['pytest'].Request(param)
        words = {}
        for each in inspect.signature(function).parameters:
            if each == 'request':
                words[each] = request
            elif each == 'self':
                words[each] = self.instance
            else:
                words[each] = self.get(each)
        if request.param is None and about['params']:
            request.param = list(about['params'])[0]
        value = awaited(function(**words))
        if inspect.isgenerator(value):
            generator, value = value, next(value)
            if not wide:
                self.closing.append(lambda: next(generator, None))
        self.closing.extend(request._finish)
        self.under_way.pop()
        if wide:
            self.kept[name] = value
        self.values[name] = value
        return value

    def built_in(self, name):
        shim = sys.modules['pytest']
        if name == 'monkeypatch':
            made = shim.MonkeyPatch()
            self.closing.append(made.undo)
            return made
        if name == 'capsys':
            made = shim.Capture()
            self.closing.append(made.close)
            return made
        if name == 'caplog':
            made = shim.LogCapture()
            self.closing.append(made.close)
            return made
        if name == 'tmp_path':
            import pathlib
            self.kept['_folders'] = at = self.kept.get('_folders', 0) + 1
            folder = pathlib.Path(ROOT) / ('_tmp_%d' % at)
            folder.mkdir()
            return folder
        if name == 'tmpdir':
            return str(self.get('tmp_path'))
        if name == 'request':
            return shim.Request()
        raise LookupError('The fixture "%s" is not known to this runner.' % name)

    def close(self):
        while self.closing:
            self.closing.pop()()


def parameters_of(function):
    words = [each for each in inspect.signature(function).parameters.values()]
    return [each.name for each in words if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY) and each.default is each.empty]


def fixture_rows(known, names):
    rows = [{}]
    for name in names:
        about = getattr(known.get(name), '_timonel_fixture', None)
        if about is not None and about['params']:
            rows = [dict(row, **{name: param}) for row in rows for param in about['params']]
    return rows


def run_pytest(entry, known, kept, row):
    _, _, cls, function, name, words, marks = entry
    shim = sys.modules['pytest']
    expected = None
    for each in marks:
        if each.name == 'skip' or each.name == 'skipif' and each.args and (eval(each.args[0]) if isinstance(each.args[0], str) else each.args[0]):
            raise shim.Skipped(each.words.get('reason') or (each.args[0] if each.name == 'skip' and each.args else ''))
        if each.name == 'xfail' and (not each.args or each.args[0]):
            expected = each
    instance = cls() if cls is not None else None
    fixtures = Fixtures(known, kept, instance, words)
    called = function if cls is None else getattr(instance, name)
    try:
        for each, fixture in list(known.items()):
            if fixture._timonel_fixture['autouse']:
                fixtures.get(each, row.get(each))
        if instance is not None and hasattr(instance, 'setup_method'):
            instance.setup_method(*([called] if len(inspect.signature(instance.setup_method).parameters) else []))
        for each in marks:
            if each.name == 'usefixtures':
                for one in each.args:
                    fixtures.get(one, row.get(one))
        given = {each: fixtures.get(each, row.get(each)) for each in parameters_of(called)}
        try:
            awaited(called(**given))
        except Exception:
            if expected is None:
                raise
            raise shim.Skipped('It is expected to fail.')
        finally:
            if instance is not None and hasattr(instance, 'teardown_method'):
                instance.teardown_method(*([called] if len(inspect.signature(instance.teardown_method).parameters) else []))
    finally:
        fixtures.close()


def run_unittest(entry):
    _, _, cls, function, name, _, _ = entry
    case = sys.modules['unittest'].case
    reason = getattr(cls, '__unittest_skip__', False) and getattr(cls, '__unittest_skip_why__', '') or getattr(function, '__unittest_skip__', False) and getattr(function, '__unittest_skip_why__', '')
    if getattr(cls, '__unittest_skip__', False) or getattr(function, '__unittest_skip__', False):
        raise case.SkipTest(reason)
    self = cls(name)
    expecting = getattr(function, '__unittest_expecting_failure__', False) or getattr(cls, '__unittest_expecting_failure__', False)
    asynchronous = hasattr(self, '_setupAsyncioRunner')
    if asynchronous:
        self._setupAsyncioRunner()
    try:
        self._callSetUp() if asynchronous else self.setUp()
        try:
            try:
                if asynchronous:
                    self._callTestMethod(getattr(self, name))
                else:
                    result = getattr(self, name)()
                    if inspect.iscoroutine(result):
                        result.close()
                        raise AssertionError('An async test of TestCase is never awaited; use IsolatedAsyncioTestCase.')
            except case.SkipTest:
                raise
            except Exception:
                if not expecting:
                    raise
                raise case.SkipTest('It is expected to fail.')
        finally:
            self._callTearDown() if asynchronous else self.tearDown()
    finally:
        while self._cleanups:
            work, args, words = self._cleanups.pop()
            awaited(work(*args, **words))
        if asynchronous:
            self._tearDownAsyncioRunner()
    for key in list(self.__dict__):
        if key.startswith('assert'):
            raise PermissionError('An assertion of the test was replaced (%s).' % key)
`;

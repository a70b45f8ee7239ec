/**
 * What runs Python tests in the sandbox. Tests and code share one interpreter, so the code could forge anything that it can reach. It reaches nothing that
 * reports: the harness has its own copy of the builtins, and only an audit hook, which no Python object refers to, knows the nonce of the report. The
 * hook refuses frames, traces and lists of objects to the code of the project, by which it could find the harness. Assertions of `unittest` and
 * `pytest` are compared with what they were after each test.
 */
export const pythonBootstrap = `def _start():
    import builtins, os
    here = os.path.dirname(os.path.abspath(__file__))
    def text(name):
        with open(os.path.join(here, name), encoding='utf-8') as file:
            return file.read()
    space = {'__name__': 'timonel_harness', '__builtins__': dict(vars(builtins)), 'HERE': here}
    source = text('harness.py')
    space['ANALYSIS'] = text('analysis.py')
    space['PYTEST'] = text('pytest.py')
    space['RUNNING'] = text('running.py')
    exec(compile(source, '<timonel>', 'exec'), space)


_start()
`;

export const pythonHarness = `import sys, os, posix, io, json, ast, types, gc, time, _json, _thread

raw = sys.stdin.readline()
request = json.loads(raw)
ROOT = os.path.dirname(HERE).rstrip('/')
NONCE = request['nonce']
# Where code of the standard library says that it is from, which need not be where its files are.
STDLIB = (os.path.dirname(os.__file__) + '/', os.path.dirname(os.path.dirname(json.dumps.__code__.co_filename)) + '/')
private = dict(__builtins__)


def tell(kind, **fields):
    data = ('\\n' + NONCE + ' ' + json.dumps(dict(fields, kind=kind)) + '\\n').encode('utf-8', 'replace')
    while data:
        data = data[posix.write(1, data):]


def guard(nonce, token):
    """The only way to report, and what keeps the harness out of reach."""
    write, escape, getframe, ident = posix.write, _json.encode_basestring_ascii, sys._getframe, _thread.get_ident
    stdlib = STDLIB
    writes = (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND) & ~os.O_RDONLY
    trusted = stdlib + ('<frozen', '<timonel')
    inside = tuple(each.strip('/') for each in stdlib)
    frames = ('tb_frame', 'gi_frame', 'cr_frame', 'ag_frame')
    refused = frozenset((
        'sys.settrace', 'sys.setprofile', 'sys.monitoring.register_callback', 'sys._current_frames', 'sys._current_exceptions', 'sys.addaudithook',
        'gc.get_objects', 'gc.get_referrers', 'gc.get_referents', 'cpython._PySys_ClearAuditHooks',
        'os.fork', 'os.forkpty', 'os.exec', 'os.posix_spawn', 'os.spawn', 'os.system', 'pty.spawn', 'subprocess.Popen', 'os.kill', 'os.killpg',
        'ctypes.dlopen', 'ctypes.dlsym', 'ctypes.call_function', 'ctypes.cdata', 'ctypes.string_at', 'ctypes.wstring_at', 'ctypes.addressof',
        'ctypes.PyObj_FromPtr', 'ctypes.cdata/buffer', 'ctypes.create_string_buffer', 'ctypes.create_unicode_buffer', 'ctypes.get_errno',
        'ctypes.set_errno', 'ctypes.set_exception', 'ctypes.dlsym/handle', 'ctypes.seh_exception', 'sys.unraisablehook.set',
    ))
    modules = frozenset(('ctypes', '_ctypes', '_testcapi', '_testinternalcapi', '_testbuffer', '_xxsubinterpreters', '_interpreters', '_posixsubprocess'))
    paths = frozenset(('open', 'os.chdir', 'os.symlink', 'os.link', 'os.listdir', 'os.scandir', 'os.rename', 'os.truncate'))
    watched = refused | paths | {'import', 'object.__getattr__', 'object.__setattr__', 'sys._getframe', 'timonel.report', 'exec', 'function.__new__', 'compile', 'code.__new__'}
    busy = []
    number = [0]

    def refuse(what):
        raise PermissionError('The test runner does not allow ' + what + '.')

    def value(each):
        kind = type(each)
        if each is None:
            return 'null'
        if kind is bool:
            return 'true' if each else 'false'
        if kind is int:
            return '%d' % each
        if kind is str:
            return escape(each)
        if kind is tuple:
            return '[' + ','.join([value(one) for one in each]) + ']'
        return 'null'

    def report(fields):
        number[0] += 1
        parts = ['"number":%d' % number[0]]
        for name, each in fields:
            parts.append(escape(name) + ':' + value(each))
        data = ('\\n' + nonce + ' {' + ','.join(parts) + '}\\n').encode('utf-8', 'replace')
        while data:
            data = data[write(1, data):]

    def in_project(frame):
        name = frame.f_code.co_filename
        return not name.startswith(trusted)

    def judge(event, args):
        if event == 'timonel.report':
            if len(args) != 2 or args[0] is not token:
                refuse('a report that is not its own')
            return report(args[1])
        if event == 'object.__getattr__':
            if args[1] in frames and in_project(getframe(2)):
                refuse('reading ' + args[1])
            return
        if event == 'object.__setattr__':
            if args[1] == '__code__':
                refuse('changing the code of a function')
            return
        if event == 'sys._getframe':
            caller = getframe(2)
            if in_project(caller):
                refuse('reading frames')
            file = caller.f_code.co_filename
            outer = caller.f_back
            if file.endswith(('/inspect.py', '/traceback.py', '/bdb.py', '/pdb.py', '/logging/__init__.py')) and outer is not None and in_project(outer):
                if not (file.endswith('/traceback.py') and caller.f_code.co_name not in ('walk_stack', 'walk_tb')):
                    refuse('reading frames')
            return
        if event == 'import':
            if args[0] in modules:
                raise ImportError('The test runner does not allow the module ' + args[0] + '.')
            return
        if event in paths:
            for path in args[:2]:
                if isinstance(path, bytes):
                    path = path.decode('utf-8', 'replace')
                if type(path) is not str:
                    continue
                if 'proc' in path.split('/') or path.startswith('/sys/'):
                    refuse('the path ' + path)
                # Code from there is taken for the standard library's.
                if event != 'open' or type(args[2]) is int and args[2] & writes or type(args[1]) is str and args[1].strip('rbtU'):
                    for each in inside:
                        if each in path and event not in ('os.listdir', 'os.scandir'):
                            refuse('writing to ' + path)
            return
        if event == 'compile' or event == 'code.__new__':
            name = args[1]
            if type(name) is bytes:
                name = name.decode('utf-8', 'replace')
            if type(name) is str and name.startswith(trusted) and in_project(getframe(2)):
                refuse('code that says it is of the standard library')
            return
        if event in ('exec', 'function.__new__'):
            if args[0].co_filename == '<timonel>' and in_project(getframe(2)):
                refuse('running the test runner')
            return
        if event == 'sys.monitoring.register_callback' or event in refused:
            refuse(event)

    def hook(event, args):
        if event not in watched:
            return
        if event == 'object.__getattr__' and args[1] not in frames:
            return
        me = ident()
        if busy:
            if busy[0] == me and event in ('sys._getframe', 'object.__getattr__'):
                return
            if event != 'open' and event != 'import':
                raise PermissionError('The test runner does not allow ' + event + ' now.')
            return
        busy.append(me)
        try:
            judge(event, args)
        finally:
            busy.clear()

    return hook


def denied(name):
    def deny(*_, **__):
        raise PermissionError('The test runner does not allow ' + name + '.')
    return deny


def close_doors():
    """What no audit event tells of."""
    for module, names in (('os', ('_exit', 'abort')), ('posix', ('_exit', 'abort')), ('_posixsubprocess', ('fork_exec',)),
                          ('signal', ('signal', 'setitimer', 'alarm', 'pthread_kill', 'raise_signal')),
                          ('_signal', ('signal', 'setitimer', 'alarm', 'pthread_kill', 'raise_signal')),
                          ('faulthandler', ('_sigsegv', '_sigabrt', '_fatal_error'))):
        try:
            found = __import__(module)
        except ImportError:
            continue
        for name in names:
            if hasattr(found, name):
                setattr(found, name, denied(module + '.' + name))
    sys.gettrace = lambda: None
    # What asyncio asks before it would set a handler.
    __import__('signal').getsignal = lambda _: None
    sys.getprofile = lambda: None


def tracker(watched, tests):
    """Lines that ran, by file, since they were last taken; and whether an assertion failed in a file of tests."""
    seen = {path: set() for path in watched}
    failed = [False]
    if hasattr(sys, 'monitoring'):
        monitoring = sys.monitoring
        disable = monitoring.DISABLE
        lines = monitoring.events.LINE

        def line(code, number):
            found = seen.get(code.co_filename)
            if found is not None:
                found.add(number)
            return disable

        def raised(code, _, error):
            if code.co_filename in tests and isinstance(error, AssertionError):
                failed[0] = True
        monitoring.use_tool_id(1, 'timonel')
        monitoring.register_callback(1, lines, line)
        monitoring.register_callback(1, monitoring.events.RAISE, raised)
        restart = monitoring.restart_events
        begin = lambda: monitoring.set_events(1, lines | monitoring.events.RAISE)
    else:
        tracers = {}

        def tracer_of(add, of_test):
            def local(frame, event, about):
                if event == 'line':
                    add(frame.f_lineno)
                elif of_test and event == 'exception' and issubclass(about[0], AssertionError):
                    failed[0] = True
                return local
            return local
        for path in watched:
            tracers[path] = tracer_of(seen[path].add, path in tests)
        get = tracers.get

        def trace(frame, event, _):
            return get(frame.f_code.co_filename)
        restart = lambda: None
        begin = lambda: sys.settrace(trace)

    def take():
        taken = {path: frozenset(lines) for path, lines in seen.items() if lines}
        for lines in seen.values():
            lines.clear()
        restart()
        swallowed, failed[0] = failed[0], False
        return taken, swallowed
    return begin, take


def main():
    space = {'__name__': 'timonel_analysis', '__builtins__': private, 'ROOT': ROOT}
    exec(compile(ANALYSIS, '<timonel>', 'exec'), space)
    analysed = {}
    for path in request['analysed']:
        found = space['analyse'](path, path in request['tests'] or path in request['supporting'])
        analysed[path] = found
        if path in request['told']:
            shown = {name: each for name, each in found.items() if name not in ('code', 'assertions', 'of_unittest')}
            tell('analysed', path=path, **shown)
    if not request['tests']:
        return
    sources = [(path, analysed[path]['code']) for path in request['tests'] if analysed[path].get('code') is not None]
    running = {
        '__name__': 'timonel_running', '__builtins__': private, 'ROOT': ROOT, 'STDLIB': STDLIB, 'PYTEST': PYTEST, 'denied': denied,
        'analysed': analysed, 'request': request,
    }
    exec(compile(RUNNING, '<timonel>', 'exec'), running)
    watched = [ROOT + '/' + path for path in request['analysed']]
    begin, take = tracker(watched, frozenset(ROOT + '/' + path for path in request['analysed'] if path in request['tests'] or path in request['supporting']))
    token = object()
    running['prepare']()
    run, audit, leave = running['run'], sys.audit, posix._exit
    sys.path[:] = [path for path in sys.path if path != HERE]
    for path in reversed(request['searched']):
        sys.path.insert(0, (ROOT + '/' + path).rstrip('/') or '/')
    sys.stdin = io.StringIO('')
    sys.argv = ['test']
    del request['nonce']
    for name in ('request', 'raw', 'NONCE', 'PYTEST', 'RUNNING', 'ANALYSIS'):
        globals().pop(name, None)
    running.pop('request')
    hook = guard(nonce_of.pop(), token)
    close_doors()
    gc.collect()
    gc.disable()
    gc.enable = gc.set_threshold = denied('gc.enable')
    begin()
    sys.addaudithook(hook)
    del hook, begin, space, nonce_of[:]
    run(tuple(sources), token, audit, take)
    leave(0)


nonce_of = [NONCE]
main()
`;

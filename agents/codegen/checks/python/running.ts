/**
 * Runs the tests of each file one by one: `unittest`, functions and classes in the style of pytest, and assertions at import. A test passes when it
 * returns; what it asserted and which lines of the project it ran are told with it.
 */
export const pythonRunning = `def missing_of(error):
    """A module that is neither the project's nor here."""
    if isinstance(error, ModuleNotFoundError) and type(error.name) is str and error.name.split('.')[0] not in PROJECT:
        return error.name
    # The embedded interpreter says so of calls that it does not have.
    if sys.platform == 'wasi' and isinstance(error, OSError) and error.errno in (52, 58):
        return 'a call of the system (%s)' % plain(error.strerror, 60)
    return None


def wanted_lines():
    """Lines of the functions that changed, by file; of no changed function, all functions; nothing where there is no function."""
    found = {}
    for path, numbers in request['changed'].items():
        about = analysed.get(path)
        if about is None or about.get('code') is None:
            continue
        ranges = [each for each in about['bodies'] if numbers is None or any(each[0] <= one <= each[1] for one in numbers)]
        lines = set()
        for first, last in ranges or about['bodies']:
            lines.update(range(first, last + 1))
        if lines:
            found[ROOT + '/' + path] = lines
    return found


def facts(taken, kind):
    """Whether a test asserted, and whether it ran functions that changed. A test that passes where an assertion failed swallowed that: it asserted nothing."""
    asserted, reached = False, not WANTED
    taken, swallowed = taken
    for path, ran in taken.items():
        about = EXPLAINED.get(path)
        if about is not None and not swallowed and (ran & about['assertions'] or kind == 'unittest' and ran & about['of_unittest']):
            asserted = True
        wanted = WANTED.get(path)
        if wanted is not None and not ran.isdisjoint(wanted):
            reached = True
    return (('asserted', asserted), ('reached', reached))


def run(sources, token, audit, take_lines):
    total = {ROOT + '/' + path: set() for path in CHANGED}
    known, kept = {}, {}

    def take():
        taken = take_lines()
        for path, ran in taken[0].items():
            if path in total:
                total[path] |= ran
        return taken

    def tell(kind, *fields):
        audit('timonel.report', token, (('kind', kind),) + fields)

    def tell_test(name, outcome, said, where, taken, kind='asserts'):
        touched = changed()
        if touched is not None:
            tell('tampered', ('what', plain(touched)))
        tell('test', ('name', plain(name, 300)), ('outcome', outcome), ('message', said), ('path', where and where[0]), ('line', where and where[1]), *facts(taken, kind))

    def verdict(name, work, kind='asserts'):
        take()
        tell('began', ('name', plain(name, 300)))
        said, outcome, where, missing = '', 'passed', None, None
        try:
            work()
        except BaseException as error:
            outcome = kind_of(error)
            said = plain(type(error).__name__) + ': ' + plain(error) if outcome == 'failed' else plain(error)
            where, missing = place(error), missing_of(error)
            del error
        if missing is not None:
            tell('missing', ('module', plain(missing)))
        tell_test(name, outcome, said, where, take(), kind)

    for path, code in sources:
        module = types.ModuleType(module_name(path))
        module.__file__ = ROOT + '/' + path
        if '.' in module.__name__:
            module.__package__ = module.__name__.rpartition('.')[0]
        conftest = path.endswith('conftest.py')
        said = None
        take()
        tell('began', ('name', path))
        try:
            if '.' in module.__name__:
                try:
                    __import__(module.__package__)
                except ImportError:
                    pass
            sys.modules[module.__name__] = module
            exec(code, module.__dict__)
            entries = () if conftest else collect(path, module)
        except BaseException as error:
            said = error
            entries = ()
        ran_at_import = take()
        if said is not None:
            def again(error=said):
                raise error
            verdict(path, again)
            continue
        if conftest:
            fixtures_of(module.__dict__, known)
            continue
        own = fixtures_of(module.__dict__, dict(known))
        if not entries:
            # Assertions at import, or in the entry of the script.
            tell('style', ('style', 'asserts'))
            if not EXPLAINED[ROOT + '/' + path]['guarded']:
                tell_test(path, 'passed', '', None, ran_at_import)
                continue

            def script():
                entry = types.ModuleType(module.__name__)
                entry.__dict__['__name__'] = '__main__'
                entry.__file__ = module.__file__
                exec(code, entry.__dict__)
            verdict(path, script)
            continue
        tell('style', ('style', 'unittest' if any(each[1] == 'unittest' for each in entries) else 'pytest-style'))
        if hasattr(module, 'setUpModule'):
            verdict(path + '::setUpModule', module.setUpModule)
        cls, broken = None, None
        for entry in entries:
            if entry[1] == 'unittest':
                if entry[2] is not cls:
                    if cls is not None and broken is None:
                        try:
                            cls.tearDownClass()
                        except BaseException:
                            pass
                    cls, broken = entry[2], None
                    replaced = own_assertions(cls)
                    if replaced is not None:
                        tell('tampered', ('what', plain(replaced)))
                    try:
                        if not getattr(cls, '__unittest_skip__', False):
                            cls.setUpClass()
                    except BaseException as error:
                        broken = error
                if broken is not None:
                    def failing(error=broken):
                        raise error
                    verdict(entry[0], failing)
                else:
                    verdict(entry[0], lambda: run_unittest(entry), 'unittest')
            else:
                names = parameters_of(entry[3] if isinstance(entry[3], types.FunctionType) else entry[3].__func__)
                for row in fixture_rows(own, names):
                    shown = ''.join('[%s]' % plain(each, 40) for each in row.values())
                    verdict(entry[0] + shown, lambda: run_pytest(entry, own, kept, row))
    touched = changed()
    if touched is not None:
        tell('tampered', ('what', plain(touched)))
    take()
    tell('finished', ('ran', tuple((path[len(ROOT) + 1:], tuple(sorted(lines))) for path, lines in total.items())))
`;

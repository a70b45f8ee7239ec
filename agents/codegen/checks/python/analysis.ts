/** What is read from Python text before anything of it runs, by Python's own parser. Runs in the sandbox, in the harness. */
export const pythonAnalysis = `import ast, builtins, re

BUILTINS = set(dir(builtins)) | {'__file__', '__name__', '__doc__', '__package__', '__spec__', '__loader__', '__path__', '__builtins__', '__annotations__',
                                 '__class__', '__module__', '__qualname__', '__debug__', 'WindowsError', 'reveal_type'}
NETWORK = {'requests', 'httpx', 'aiohttp', 'urllib.request', 'urllib3', 'http.client', 'socket', 'ftplib', 'smtplib', 'telnetlib', 'paramiko'}
FRAMES = {'tb_frame', 'f_back', 'f_locals', 'f_globals', 'gi_frame', 'cr_frame', 'ag_frame'}
RUNNERS = {'unittest', 'pytest', 'builtins', '_pytest'}


def dotted(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return None if inner is None else inner + '.' + node.attr
    return None


def constant(node):
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(constant(each) for each in node.elts)
    if isinstance(node, ast.UnaryOp):
        return constant(node.operand)
    if isinstance(node, ast.Compare):
        same = ast.dump(node.left) == ast.dump(node.comparators[0]) and len(node.comparators) == 1 and isinstance(node.left, ast.Name)
        return same or (constant(node.left) and all(constant(each) for each in node.comparators))
    if isinstance(node, ast.BoolOp):
        if isinstance(node.op, ast.Or) and any(isinstance(each, ast.Constant) and each.value for each in node.values):
            return True
        return all(constant(each) for each in node.values)
    return False


def says(node):
    """Whether a statement can fail by what the code gives."""
    if isinstance(node, ast.Assert):
        return not constant(node.test) and not isinstance(node.test, ast.Tuple)
    if isinstance(node, ast.If):
        return not constant(node.test) and any(isinstance(each, ast.Raise) for each in node.body)
    if isinstance(node, ast.Call):
        name = dotted(node.func) or (node.func.attr if isinstance(node.func, ast.Attribute) else '')
        last = name.rsplit('.', 1)[-1]
        if last in ('raises', 'warns', 'deprecated_call'):
            return bool(node.args) and last == name.rsplit('.', 1)[-1]
        if last.startswith('assert'):
            args = node.args[:1] if last in ('assertTrue', 'assertFalse', 'assertIsNone', 'assertIsNotNone') else node.args[:2]
            if last.startswith('assert_'):
                return True
            if len(args) == 2 and ast.dump(args[0]) == ast.dump(args[1]) and not any(isinstance(each, ast.Call) for each in ast.walk(args[0])):
                return False
            return bool(args) and not all(constant(each) for each in args)
    return False


def undefined(tree):
    bound, loads = set(), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                loads.append(node)
            else:
                bound.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
            bound.update(getattr(each, 'name', '') for each in getattr(node, 'type_params', ()))
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            if node.name == '*':
                return []
            bound.add(node.asname or node.name.split('.')[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
        elif isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound.add(node.rest)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            bound.update(node.names)
    told, found = set(), []
    for node in loads:
        if node.id not in bound and node.id not in BUILTINS and node.id not in told:
            told.add(node.id)
            found.append((node.lineno, 'error', 'types', 'The name "%s" is not defined.' % node.id))
    return found


def aliases(tree):
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                names[each.asname or each.name.split('.')[0]] = each.name if each.asname else each.name.split('.')[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for each in node.names:
                names[each.asname or each.name] = node.module + '.' + each.name
    return names


def forbidden(tree, is_test):
    names = aliases(tree)
    found = []

    def full(node):
        name = dotted(node)
        if name is None:
            return ''
        first, _, rest = name.partition('.')
        first = names.get(first, first)
        return first + ('.' + rest if rest else '')

    def add(node, message, level='error'):
        found.append((getattr(node, 'lineno', 1), level, 'forbidden', message))

    def tampers(target):
        if isinstance(target, (ast.Attribute, ast.Subscript)):
            root = full(target.value)
            if root.split('.')[0] in RUNNERS and not (is_test and root == 'builtins' and isinstance(target, ast.Attribute) and target.attr in ('input', 'print', 'open')):
                return True
            if root == 'sys.modules':
                key = getattr(target, 'slice', None)
                return not is_test or (isinstance(key, ast.Constant) and str(key.value).split('.')[0] in RUNNERS)
            return root.startswith('__builtins__')
        return False

    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete)):
            targets = node.targets if isinstance(node, (ast.Assign, ast.Delete)) else [node.target]
            if any(tampers(each) for each in targets):
                found.append((node.lineno, 'error', 'tampering', 'It changes what runs the tests.'))
            value = getattr(node, 'value', None)
            if not is_test and isinstance(value, ast.Constant) and isinstance(value.value, str) and len(value.value) >= 6 and not isinstance(node, ast.Delete):
                for each in targets:
                    name = each.id if isinstance(each, ast.Name) else each.attr if isinstance(each, ast.Attribute) else ''
                    if re.search(r'(?i)(^|_)(password|passwd|pwd|secret|secret_key|api_?key|auth_?token|access_?token|private_?key)$', name) and not re.match(r'(?i)^(<.*>|change.?me|example|your[-_ ].*|x{3,}|\\*+|\\$\\{.*|%.*%|none|null)$', value.value) and not re.search(r'(?i)_(field|name|header|param|env|key_name)$', name):
                        add(node, 'A password or key is written in the code; read it from the environment.')
            lambda_true = isinstance(value, ast.Lambda) and isinstance(value.body, ast.Constant) and value.body.value is True
            if lambda_true and any(isinstance(each, ast.Name) and each.id in ('__eq__', '__bool__', '__contains__') for each in targets):
                found.append((node.lineno, 'error', 'tampering', 'An object that equals everything passes every test.'))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = [each for each in node.body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]
            if node.name == '__eq__' and len(body) == 1 and isinstance(body[0], ast.Return) and isinstance(body[0].value, ast.Constant) and body[0].value.value is True:
                found.append((node.lineno, 'error', 'tampering', 'An object that equals everything passes every test.'))
        elif isinstance(node, ast.Attribute) and node.attr in FRAMES:
            found.append((node.lineno, 'error', 'tampering', 'It reads frames ("%s"), by which code finds what tests expect.' % node.attr))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            base = getattr(node, 'module', None)
            for each in node.names:
                name = each.name if base is None else base
                if name in ('ctypes', '_ctypes', '_testcapi', '_testinternalcapi'):
                    found.append((node.lineno, 'error', 'tampering', 'It reaches the memory of the interpreter (%s).' % name))
                if is_test and (name in NETWORK or name.split('.')[0] in NETWORK) and not any(isinstance(one, (ast.Name, ast.Attribute, ast.alias)) and re.search('mock|patch|responses|respx|httpretty', getattr(one, 'id', '') or getattr(one, 'attr', '') or getattr(one, 'name', '') or '') for one in ast.walk(tree)):
                    add(node, 'A test uses the network (%s).' % name)
        elif isinstance(node, ast.Call):
            name = full(node.func)
            args = node.args
            words = {each.arg: each.value for each in node.keywords}
            first = args[0] if args else None
            literal = isinstance(first, ast.Constant)
            if name in ('eval', 'exec', 'builtins.eval', 'builtins.exec') and not literal:
                add(node, 'It runs text as code (%s).' % name.rsplit('.', 1)[-1])
            elif name in ('os._exit', 'posix._exit', 'os.abort', 'sys.settrace', 'sys.setprofile', 'sys._getframe', 'sys._current_frames', 'inspect.stack', 'inspect.currentframe', 'inspect.trace',
                          'inspect.getouterframes', 'gc.get_objects', 'gc.get_referrers', 'gc.get_referents', 'sys.monitoring.register_callback', 'sys.addaudithook', 'logging.currentframe'):
                found.append((node.lineno, 'error', 'tampering', 'It calls %s, which ends or observes what runs the tests.' % name))
            elif name == 'setattr' and args and full(args[0]).split('.')[0] in RUNNERS:
                found.append((node.lineno, 'error', 'tampering', 'It changes what runs the tests.'))
            elif name in ('os.system', 'os.popen', 'subprocess.getoutput', 'subprocess.getstatusoutput') and not literal:
                add(node, 'It runs a shell with text that it puts together (%s).' % name)
            elif name.startswith('subprocess.') and isinstance(words.get('shell'), ast.Constant) and words['shell'].value is True:
                add(node, 'It starts a process by a shell (shell=True); give a list of words.')
            elif name.startswith('asyncio.create_subprocess_shell') and not literal:
                add(node, 'It runs a shell with text that it puts together.')
            elif name in ('hashlib.md5', 'hashlib.sha1') and re.search('(?i)passw|pwd|secret', ast.dump(node)):
                add(node, 'A password is hashed by %s; use hashlib.scrypt or a library for passwords.' % name)
            elif name == 'hashlib.new' and literal and str(first.value).lower() in ('md5', 'sha1') and re.search('(?i)passw|pwd|secret', ast.dump(node)):
                add(node, 'A password is hashed by a weak hash; use hashlib.scrypt or a library for passwords.')
            elif name in ('pickle.loads', 'pickle.load', 'marshal.loads', 'dill.loads', 'shelve.open'):
                add(node, '%s runs what is in its input.' % name, 'warning')
            elif name == 'yaml.load' and 'Loader' not in words and len(args) < 2:
                add(node, 'yaml.load without a safe loader runs what is in its input.')
            elif isinstance(words.get('verify'), ast.Constant) and words['verify'].value is False and name.split('.')[0] in ('requests', 'httpx'):
                add(node, 'It does not check certificates (verify=False).')
            elif name.endswith('.run') and isinstance(words.get('debug'), ast.Constant) and words['debug'].value is True:
                add(node, 'It starts a server with debug=True.', 'warning')
            elif name == 'tempfile.mktemp':
                add(node, 'tempfile.mktemp is a race; use mkstemp.', 'warning')
            elif isinstance(node.func, ast.Attribute) and node.func.attr in ('execute', 'executemany', 'executescript') and first is not None:
                built = isinstance(first, ast.JoinedStr) and any(isinstance(each, ast.FormattedValue) for each in first.values)
                built = built or (isinstance(first, ast.BinOp) and isinstance(first.op, (ast.Add, ast.Mod)) and not (constant(first.left) and constant(first.right)))
                built = built or (isinstance(first, ast.Call) and isinstance(first.func, ast.Attribute) and first.func.attr == 'format')
                if built:
                    add(node, 'SQL is put together from values; give them as parameters.')
    return found


def bodies(tree):
    """First and last line of each function's body."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            found.append((node.body[0].lineno, max(each.end_lineno for each in node.body)))
        elif isinstance(node, ast.Lambda):
            found.append((node.body.lineno, node.body.end_lineno))
    return found


def documented(tree):
    """Exported functions, classes and longer methods: name, lines, and whether they say what they are for."""
    found = []

    def add(node, name):
        first = min([node.lineno] + [each.lineno for each in node.decorator_list])
        found.append((name, node.lineno, first, node.end_lineno, ast.get_docstring(node) is not None))
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith('_'):
            add(node, node.name)
            if isinstance(node, ast.ClassDef):
                for each in node.body:
                    if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and not each.name.startswith('_') and len(each.body) > 3:
                        add(each, node.name + '.' + each.name)
    return found


def executable(code, lines):
    for _, _, line in code.co_lines():
        if line:
            lines.add(line)
    for each in code.co_consts:
        if hasattr(each, 'co_lines'):
            executable(each, lines)


def never(tree):
    """Lines that no test runs: the entry of a script, and what is for type checkers."""
    lines = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If):
            said = ast.unparse(node.test)
            if '__main__' in said or said.endswith('TYPE_CHECKING'):
                lines.update(range(node.lineno, max(each.end_lineno for each in node.body) + 1))
    return lines


class Explaining(ast.NodeTransformer):
    """A failed comparison says both sides, as pytest does."""

    def visit_Assert(self, node):
        test = node.test
        if node.msg is None and isinstance(test, ast.Compare) and len(test.ops) == 1 and not any(isinstance(each, (ast.NamedExpr, ast.Await, ast.Yield)) for each in ast.walk(test)):
            left = ast.NamedExpr(ast.Name('_timonel_left', ast.Store()), test.left)
            right = ast.NamedExpr(ast.Name('_timonel_right', ast.Store()), test.comparators[0])
            shown = lambda name: ast.FormattedValue(ast.Name(name, ast.Load()), 114, None)
            words = {'Eq': '==', 'NotEq': '!=', 'Lt': '<', 'LtE': '<=', 'Gt': '>', 'GtE': '>=', 'Is': 'is', 'IsNot': 'is not', 'In': 'in', 'NotIn': 'not in'}
            text = ast.JoinedStr([ast.Constant('assert '), shown('_timonel_left'), ast.Constant(' ' + words[type(test.ops[0]).__name__] + ' '), shown('_timonel_right')])
            new = ast.Assert(ast.Compare(left, test.ops, [right]), text)
            for each in ast.walk(new):
                if 'lineno' in each._attributes and not hasattr(each, 'lineno'):
                    ast.copy_location(each, test)
            return ast.copy_location(new, node)
        return node


def analyse(path, is_test):
    full = ROOT + '/' + path
    try:
        with open(full, 'rb') as file:
            source = file.read()
        tree = ast.parse(source, full)
        code = compile(tree, full, 'exec', dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        said = error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__
        return {'syntax': {'line': line, 'message': said[:300]}, 'code': None}
    lines = set()
    executable(code, lines)
    lines -= never(tree)
    assertions, of_unittest = set(), set()
    if is_test:
        for node in ast.walk(tree):
            if says(node):
                end = node.test.end_lineno if isinstance(node, ast.If) else node.end_lineno
                own = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.startswith('assert') and not node.func.attr.startswith('assert_')
                (of_unittest if own else assertions).update(range(node.lineno, end + 1))
        code = compile(ast.fix_missing_locations(Explaining().visit(tree)), full, 'exec', dont_inherit=True)
    return {
        'syntax': None, 'code': code, 'assertions': assertions, 'of_unittest': of_unittest, 'lines': sorted(lines), 'bodies': bodies(tree), 'documented': documented(tree),
        'findings': undefined(tree) + forbidden(tree, is_test), 'guarded': any('__main__' in ast.unparse(each.test) for each in tree.body if isinstance(each, ast.If)),
    }
`;

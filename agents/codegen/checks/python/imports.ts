/** Which files of the project a Python text imports, as far as its import statements say. */
export function pythonImports(path: string, text: string, paths: readonly string[], searched: readonly string[]): string[] {
  const all = new Set(paths);
  const found = new Set<string>();
  const add = (bases: readonly string[], module: string) => {
    const parts = module.split('.').filter((part) => part !== '');
    for (const base of bases) {
      const prefix = base === '' ? '' : `${base}/`;
      for (let length = parts.length; length > 0; length--) {
        const place = prefix + parts.slice(0, length).join('/');
        for (const each of [`${place}.py`, `${place}/__init__.py`]) if (all.has(each)) found.add(each);
      }
    }
  };
  const here = path.split('/').slice(0, -1);
  for (const [, dots = '', module = '', names = ''] of text.matchAll(
    /^[ \t]*from[ \t]+(\.*)[ \t]*([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)/gm,
  )) {
    const bases = dots === '' ? searched : [here.slice(0, here.length - (dots.length - 1)).join('/')];
    if (module !== '') add(bases, module);
    for (const name of names.replaceAll(/[()\\\n]/g, ' ').split(',')) {
      const plain = /^\s*(\w+)/.exec(name)?.[1];
      if (plain !== undefined) add(bases, module === '' ? plain : `${module}.${plain}`);
    }
  }
  for (const [, names = ''] of text.matchAll(/^[ \t]*import[ \t]+([^\n#]+)/gm))
    for (const name of names.split(',')) add(searched, /^\s*([\w.]+)/.exec(name)?.[1] ?? '');
  for (const [, module = ''] of text.matchAll(/\bimport_module\(\s*['"]([\w.]+)['"]/g)) add(searched, module);
  return [...found];
}

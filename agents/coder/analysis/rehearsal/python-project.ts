/** A small library in Python, with what analysis has to get right: a cycle, a class that calls another, shadowed names, things to do. */
export const pythonProject: Readonly<Record<string, string>> = {
  '.gitignore': 'build/\n__pycache__/\n',
  '.env': 'TOKEN=canary-python\n',
  'README.md': '# Shop\n\nPrices with discount.\n',
  'pyproject.toml':
    '[project]\nname = "shop"\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n\n[tool.ruff]\nline-length = 100\n\n[tool.mypy]\nstrict = true\n',
  'build/generated.py': 'def discount(): pass\n',
  'shop/__init__.py': 'from .pricing import discount\n',
  'shop/models.py': `"""Things that are sold."""
from dataclasses import dataclass

LIMIT = 100


@dataclass
class Item:
    """One thing with its price."""

    name: str
    price: float = 0

    def total(self, amount: int) -> float:
        # TODO: round to cents
        return self.price * amount
`,
  'shop/pricing.py': `from shop.models import Item, LIMIT
from . import report


def discount(item: Item, amount: int) -> float:
    """Price of some, cheaper where there are many."""
    total = item.total(amount)
    if amount > LIMIT and item.price > 0:
        return total * 0.9
    return total


def _label(item):
    discount = "none"
    return report.line(item.name, discount)
`,
  'shop/report.py': `def line(name, value):
    # FIXME(ana): escape names
    from shop.pricing import discount
    for each in (name, value):
        print(each)
    return discount
`,
  'tests/test_pricing.py': `from shop.models import Item
from shop.pricing import discount


def test_discount():
    assert discount(Item("pen", 2), 200) == 360
`,
};

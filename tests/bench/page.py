"""The tables of the documentation that benchmarks write."""


def renew(page, name, table):
    """Puts `table` between the marks of `name` in `page`."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, rest = page.read_text(encoding="utf-8").split(begin)
    _, tail = rest.split(end)
    page.write_text(f"{head}{begin}\n{table}\n{end}{tail}", encoding="utf-8")

"""P of Fisher-Freeman-Halton's test by going through all tables: python3 oracle/fisher.py, from the root.

R's fisher.test merges partial tables whose probabilities differ by up to 3e-7 and is off by as much for small P, so
that it cannot decide the last digits. Here every table with the observed margins is looked at: the first column by
recursion, the second as all pairs of two halves of its rows. Large tables of four rows: the sums of the first two rows,
and for each all pairs of what these and the other two rows can be; of three rows: every table. Writes
oracle/fisher.json; takes half an hour.
"""

import json
import sys
import numpy as np

TABLES = {
    "infert: parity by education": [[3, 42, 54], [0, 42, 39], [0, 21, 15], [3, 12, 3], [0, 3, 3], [6, 0, 2]],
    "four levels in three groups": [[4, 20, 11], [21, 9, 18], [5, 9, 13], [3, 13, 11]],
    "six rare levels": [[5, 0, 1], [0, 3, 2], [1, 1, 4], [0, 0, 3], [2, 0, 0], [0, 4, 1]],
}

FOUR_ROWS = {
    "four levels in three groups, 297 patients": [[30, 22, 24], [25, 26, 27], [20, 31, 23], [28, 19, 22]],
    "four levels in three groups, 300 patients": [[59, 30, 54], [16, 25, 15], [11, 21, 21], [13, 24, 11]],
    "four levels in three groups, 500 patients": [[48, 60, 37], [44, 39, 58], [39, 48, 34], [26, 35, 32]],
    "four levels in three groups, 900 patients": [[75, 68, 64], [70, 93, 66], [66, 81, 99], [55, 86, 77]],
}

THREE_ROWS = {
    "three levels in three groups, 1000 patients": [[91, 118, 107], [115, 104, 112], [107, 110, 136]],
    "three levels in three groups, 1000 patients, rare": [[66, 117, 168], [130, 66, 155], [100, 126, 72]],
}


def columns(total, capacity):
    if len(capacity) == 1:
        if total <= capacity[0]:
            yield (total,)
        return
    for cell in range(min(total, capacity[0]) + 1):
        for rest in columns(total - cell, capacity[1:]):
            yield (cell,) + rest


def measured(table):
    """Margins, logarithms of the factorials, ln of the product of the margins' over that of the whole, and the sum over
    cells that a table no more probable than the observed one reaches."""
    table = np.array(table)
    rows, groups = table.sum(1), table.sum(0)
    ln = np.concatenate([[0], np.cumsum(np.log(np.arange(1, table.sum() + 1, dtype=np.longdouble)))])
    ln = ln.astype(float)
    constant = ln[rows].sum() + ln[groups].sum() - ln[table.sum()]
    target = ln[table].sum() - 1e-7
    return rows, groups, ln, constant, target


def p_value(table):
    rows, groups, ln, constant, target = measured(table)

    def half(left, rows):
        cells = np.meshgrid(*[np.arange(left[row] + 1) for row in rows], indexing="ij")
        length = sum(ln[cell] + ln[left[row] - cell] for cell, row in zip(cells, rows))
        return sum(cells).ravel(), length.ravel()

    order = np.argsort(rows)
    small, large = order[: len(rows) // 2], order[len(rows) // 2 :]
    p, everything = 0.0, 0.0
    for first in columns(groups[0], list(rows)):
        first = np.array(first)
        done = ln[first].sum()
        (s1, l1), (s2, l2) = half(rows - first, small), half(rows - first, large)
        for s in np.unique(s1):
            rest = np.sort(l2[s2 == groups[1] - s])
            if len(rest) == 0:
                continue
            here = l1[s1 == s]
            weight = np.exp(constant - done - rest)
            tail = np.concatenate([np.cumsum(weight[::-1])[::-1], [0]])
            p += (np.exp(-here) * tail[np.searchsorted(rest, target - done - here)]).sum()
            everything += np.exp(-here).sum() * tail[0]
    assert abs(everything - 1) < 1e-10, everything
    return p


def p_value_of_four_rows(table):
    rows, groups, ln, constant, target = measured(table)

    def pairs(first, sums):
        a, b = np.meshgrid(np.arange(min(first, sums[0]) + 1), np.arange(min(first, sums[1]) + 1), indexing="ij")
        c = first - a - b
        kept = (c >= 0) & (c <= sums[2])
        return sum(ln[x[kept]] + ln[s - x[kept]] for x, s in zip((a, b, c), sums))

    p, everything = 0.0, 0.0
    for sums in columns(rows[0] + rows[1], list(groups)):
        sums = np.array(sums)
        above, below = pairs(rows[0], sums), np.sort(pairs(rows[2], groups - sums))
        tail = np.concatenate([np.cumsum(np.exp(constant / 2 - below)[::-1])[::-1], [0]])
        weight = np.exp(constant / 2 - above)
        p += (weight * tail[np.searchsorted(below, target - above)]).sum()
        everything += weight.sum() * tail[0]
    assert abs(everything - 1) < 1e-10, everything
    return p


def p_value_of_three_rows(table):
    rows, groups, ln, constant, target = measured(table)
    p, everything = 0.0, 0.0
    for first in columns(rows[0], list(groups)):
        left = groups - np.array(first)
        done = ln[np.array(first)].sum()
        a, b = np.meshgrid(np.arange(min(rows[1], left[0]) + 1), np.arange(min(rows[1], left[1]) + 1), indexing="ij")
        c = rows[1] - a - b
        kept = (c >= 0) & (c <= left[2])
        length = done + sum(ln[x[kept]] + ln[m - x[kept]] for x, m in zip((a, b, c), left))
        weight = np.exp(constant - length)
        p += weight[length >= target].sum()
        everything += weight.sum()
    assert abs(everything - 1) < 1e-10, everything
    return p


figures = [(TABLES, p_value), (FOUR_ROWS, p_value_of_four_rows), (THREE_ROWS, p_value_of_three_rows)]
entries = [
    {"name": name, "table": table, "p": float(of(table))} for tables, of in figures for name, table in tables.items()
]
versions = {"python": sys.version.split()[0], "numpy": np.__version__}
with open("oracle/fisher.json", "w") as file:
    json.dump({"versions": versions, "tables": entries}, file, indent=1)
    file.write("\n")

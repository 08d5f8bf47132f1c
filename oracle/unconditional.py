"""Exact unconditional intervals of the risk difference and the risk ratio by brute force: python3 oracle/unconditional.py,
from the root.

No package of R's base or recommended ones has them. Every table is ordered at every value of the parameter, with the
constrained risks halved out in extended precision; the nuisance risk runs over a grid, each local maximum of which
is refined; the parameter is scanned from its end for the first value that is not rejected, and that is halved. Nothing
is known of monotone tails or derivatives, on which farr's search rests. Writes oracle/unconditional.json; takes half an
hour.
"""

import json
import math
import sys

import numpy as np

REAL = np.longdouble
GRID = (1 - np.cos(np.linspace(0, np.pi, 801))) / 2
SCAN = 160
TABLES = [
    ("one against one", [1, 0, 0, 1], 0.95),
    ("nobody of twelve and twelve", [0, 12, 0, 12], 0.95),
    ("everybody of eight and eight", [8, 0, 8, 0], 0.95),
    ("all against nobody", [7, 0, 0, 9], 0.95),
    ("nobody against some", [0, 10, 4, 6], 0.95),
    ("Newcombe: 9 of 10 and 3 of 10", [9, 1, 3, 7], 0.95),
    ("Newcombe: 5 of 56 and none of 29", [5, 51, 0, 29], 0.95),
    ("Perondi: 7 of 34 and 1 of 34", [7, 27, 1, 33], 0.95),
    ("Ritland: none of 16 and 15 of 72", [0, 16, 15, 57], 0.95),
    ("15 of 20 and 10 of 40", [15, 5, 10, 30], 0.9),
    ("groups of 5 and 50", [3, 2, 20, 30], 0.99),
    ("two of 30 and one of 30", [2, 28, 1, 29], 0.95),
]


def mass(n, p):
    """Rows: the risks; columns: 0 to n patients."""
    x = np.arange(n + 1)
    ways = np.array([math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in x])
    with np.errstate(divide="ignore", invalid="ignore"):
        log = ways + np.where(x == 0, 0, x * np.log(p)[:, None]) + np.where(x == n, 0, (n - x) * np.log1p(-p)[:, None])
    return np.exp(log)


def score(n1, n2, first, weight, low, high):
    """(p1 - w p2 - d)/standard error for all tables, the risks on the line first(p2) most likely for each."""
    x1, x2 = np.arange(n1 + 1, dtype=REAL)[:, None], np.arange(n2 + 1, dtype=REAL)[None, :]
    part = lambda count, risk: np.where(count == 0, REAL(0), count / risk)
    slope = first(REAL(1)) - first(REAL(0))
    a, b = np.full((n1 + 1, n2 + 1), REAL(low)), np.full((n1 + 1, n2 + 1), REAL(high))
    with np.errstate(all="ignore"):
        for _ in range(90):
            p2 = (a + b) / 2
            p1 = first(p2)
            rising = (part(x1, p1) - part(n1 - x1, 1 - p1)) * slope + part(x2, p2) - part(n2 - x2, 1 - p2) > 0
            a, b = np.where(rising, p2, a), np.where(rising, b, p2)
        p2 = (a + b) / 2
        p1 = first(p2)
        error = np.sqrt(np.maximum(p1 * (1 - p1), 0) / n1 + weight**2 * np.maximum(p2 * (1 - p2), 0) / n2)
        distance = x1 / n1 - weight * x2 / n2 - (first(REAL(0)) if weight == 1 and slope == 1 else 0)
        return np.where(abs(distance) < 1e-17, REAL(0), distance / np.maximum(error, REAL(1e-300)))


class Difference:
    start, end = -1.0, 1.0

    @staticmethod
    def order(n1, n2, delta):
        delta = REAL(delta)
        return score(n1, n2, lambda p: p + delta, REAL(1), max(REAL(0), -delta), min(REAL(1), 1 - delta))

    @staticmethod
    def risks(delta, grid):
        low, high = max(0.0, -delta), min(1.0, 1 - delta)
        p2 = low + (high - low) * grid
        return np.clip(p2 + delta, 0, 1), np.clip(p2, 0, 1)


class Unstandardized(Difference):
    @staticmethod
    def order(n1, n2, delta):
        return np.arange(n1 + 1, dtype=REAL)[:, None] / n1 - np.arange(n2 + 1, dtype=REAL)[None, :] / n2


class Ratio:
    """By the logarithm of the ratio."""

    start, end = -14.0, 14.0

    @staticmethod
    def order(n1, n2, log):
        theta = np.exp(REAL(log))
        result = score(n1, n2, lambda p: theta * p, theta, 0, min(REAL(1), 1 / theta))
        result[0, 0] = 0
        return result

    @staticmethod
    def risks(log, grid):
        theta = math.exp(log)
        return np.clip(grid * min(1.0, theta), 0, 1), np.clip(grid * min(1.0, 1 / theta), 0, 1)


def exceeds(kind, n1, n2, tail, at, limit):
    """Whether the tail is more probable than the limit at some nuisance risk."""

    def probability(grid):
        p1, p2 = kind.risks(at, grid)
        return ((mass(n1, p1) @ tail) * mass(n2, p2)).sum(1)

    values = probability(GRID)
    if values.max() > limit or values.max() < 0.8 * limit:
        return values.max() > limit
    left = np.concatenate([[-1], values[:-1]])
    right = np.concatenate([values[1:], [-1]])
    peaks = np.flatnonzero((values >= left) & (values >= right) & (values > 0.8 * limit))
    low, high = GRID[np.maximum(peaks - 1, 0)], GRID[np.minimum(peaks + 1, len(GRID) - 1)]
    for _ in range(50):
        third = (high - low) / 3
        rising = probability(low + third) < probability(high - third)
        low, high = np.where(rising, low + third, low), np.where(rising, high, high - third)
    return probability((low + high) / 2).max() > limit


def lower(kind, x1, n1, x2, n2, level):
    alpha = (1 - level) / 2

    def rejected(at):
        order = kind.order(n1, n2, at)
        seen = order[x1, x2]
        return not exceeds(kind, n1, n2, (order >= seen - 1e-13 * (1 + abs(seen))).astype(float), at, alpha)

    places = np.linspace(kind.start, kind.end, SCAN + 1)
    step = places[1] - places[0]
    first = next(index for index, at in enumerate(places) if not rejected(at))
    if first == 0:
        return None
    # Once more, finer: what is not rejected may be a short stretch, of a thousandth.
    fine = np.linspace(max(kind.start, places[first] - 2 * step), places[first], 801)
    found = next(index for index, at in enumerate(fine) if index > 0 and not rejected(at))
    low, high = fine[found - 1], fine[found]
    while high - low > 1e-13 * max(1, abs(high)):
        middle = (low + high) / 2
        low, high = (middle, high) if rejected(middle) else (low, middle)
    return high


def difference(kind, a, b, c, d, level):
    low = lower(kind, a, a + b, c, c + d, level)
    high = lower(kind, c, c + d, a, a + b, level)
    return [-1.0 if low is None else float(low), 1.0 if high is None else -float(high)]


def ratio(a, b, c, d, level):
    if a + c == 0:
        return [None, None]
    low = 0.0 if a == 0 else math.exp(lower(Ratio, a, a + b, c, c + d, level))
    high = None if c == 0 else math.exp(-lower(Ratio, c, c + d, a, a + b, level))
    return [low, high]


entries = []
for name, cells, level in TABLES:
    entry = {"name": name, "cells": cells, "level": level, "score": difference(Difference, *cells, level),
             "unstandardized": difference(Unstandardized, *cells, level), "ratio": ratio(*cells, level)}
    print(entry, file=sys.stderr, flush=True)
    entries.append(entry)
versions = {"python": sys.version.split()[0], "numpy": np.__version__}
with open("oracle/unconditional.json", "w") as file:
    json.dump({"versions": versions, "tables": entries}, file, indent=1)
    file.write("\n")

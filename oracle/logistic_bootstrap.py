"""Bootstrap of logistic models: python3 oracle/logistic_bootstrap.py, from the root of the repository.

The same published generator (xoshiro256++, seeded by splitmix64) draws the same replicates, as counts of patients; the
models, their limits and their optimism are then computed here with numpy, independently. The data are those of
oracle/logistic.R. Writes oracle/logistic_bootstrap.json.
"""

import csv
import json
import math
import sys
from statistics import NormalDist

import numpy as np

MASK = 2**64 - 1
SEED = 1  # the default of a plan
REPLICATES = 300
NORMAL = NormalDist()


class Xoshiro:
    def __init__(self, seed, name):
        fnv = 0xCBF29CE484222325
        for byte in name.encode():
            fnv = ((fnv ^ byte) * 0x100000001B3) & MASK
        seed ^= fnv
        self.s = []
        for _ in range(4):
            seed = (seed + 0x9E3779B97F4A7C15) & MASK
            z = ((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
            self.s.append(z ^ (z >> 31))

    def uniform(self):
        rotate = lambda x, k: ((x << k) | (x >> (64 - k))) & MASK
        s = self.s
        result = (rotate((s[0] + s[3]) & MASK, 23) + s[0]) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)
        return (result >> 11) * 2.0**-53


def binomial(n, p, random):
    """By inversion from 0: few are expected of every cell here."""
    if n == 0 or p <= 0:
        return 0
    if p >= 1:
        return n
    if p > 0.5:
        return n - binomial(n, 1 - p, random)
    assert n * p < 30
    left, x, probability = random.uniform(), 0, math.exp(n * math.log1p(-p))
    while x < n and left >= probability:
        left -= probability
        probability *= p / (1 - p) * (n - x) / (x + 1)
        x += 1
    return x


def resample(cells, random):
    weight = left = int(sum(cells))
    drawn = []
    for cell in cells:
        k = left if cell == weight else binomial(left, cell / weight, random)
        weight -= cell
        left -= k
        drawn.append(k)
    return np.array(drawn, float)


def fit(x, y, n):
    beta = np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-(x @ beta)))
        step = np.linalg.solve((x * (n * p * (1 - p))[:, None]).T @ x, x.T @ (y - n * p))
        beta = beta + step
        if np.max(np.abs(step)) < 1e-13 * (1 + np.max(np.abs(beta))):
            return beta
    raise ArithmeticError("no convergence")


def auc(eta, y, o):
    total = 0.0
    eta = np.round(eta, 11)
    for value, events in zip(eta, y):
        if events:
            total += events * (o[eta < value].sum() + 0.5 * o[eta == value].sum())
    return total / y.sum() / o.sum()


def figures(eta, y, o):
    n = y + o
    a, b = fit(np.column_stack([np.ones_like(eta), eta]), y, n)
    value = lambda eta: -(y * np.log1p(np.exp(-eta)) + o * np.log1p(np.exp(eta))).sum()
    share = y.sum() / n.sum()
    null = y.sum() * math.log(share) + o.sum() * math.log(1 - share)
    r2 = (1 - math.exp(2 * (null - value(a + b * eta)) / n.sum())) / (1 - math.exp(2 * null / n.sum()))
    p = 1 / (1 + np.exp(-eta))
    brier = (y * (1 - p) ** 2 + o * p**2).sum() / n.sum()
    large = 0.0
    for _ in range(50):
        q = 1 / (1 + np.exp(-(eta + large)))
        large += (y - n * q).sum() / (n * q * (1 - q)).sum()
    return np.array([auc(eta, y, o), r2, brier, large, b, *errors(eta, y, o)])


def type7(values, share):
    rank = (len(values) - 1) * share
    low = min(int(rank), len(values) - 2)
    return values[low] + (rank - low) * (values[low + 1] - values[low])


def errors(eta, y, o):
    """Errors along the calibration curve: a logistic model of a restricted cubic spline of the linear predictor."""
    patients = np.repeat(np.sort(np.round(eta, 11)), (y + o)[np.argsort(np.round(eta, 11), kind="stable")].astype(int))
    n = len(patients)
    low, high = (patients[4], patients[n - 5]) if n < 100 else (type7(patients, 0.1), type7(patients, 0.9))
    t = np.array([low, type7(patients, 0.5), high])
    cube = lambda x: np.maximum(x, 0.0) ** 3
    bent = (cube(eta - t[0]) - cube(eta - t[1]) * (t[2] - t[0]) / (t[2] - t[1])
            + cube(eta - t[2]) * (t[1] - t[0]) / (t[2] - t[1])) / (t[2] - t[0]) ** 2
    columns = np.column_stack([np.ones_like(eta), eta - eta.mean(), bent - bent.mean()])
    observed = 1 / (1 + np.exp(-(columns @ fit(columns, y, y + o))))
    distance = np.abs(observed - 1 / (1 + np.exp(-eta)))
    of_patients = np.sort(np.repeat(distance, (y + o).astype(int)))
    mean = (distance * (y + o)).sum() / (y + o).sum()
    return [mean, type7(of_patients, 0.5), type7(of_patients, 0.9), of_patients[-1]]


def quantile(values, share):
    rank = (len(values) + 1) * share
    low = int(rank)
    part = rank - low
    return values[low - 1] + (part * (values[low] - values[low - 1]) if part else 0)


def main():
    frozen = json.load(open("oracle/logistic.json"))
    data = next(case for case in frozen["cases"] if case["name"] == "birthwt")["data"]
    levels = {column["name"]: column["levels"] for column in data["columns"]}
    terms = ["age", "lwt", "race", "smoke"]
    rows = list(csv.DictReader(open("oracle/" + data["file"])))

    def code(row, name):
        return levels[name].index(row[name]) if levels[name] else float(row[name])

    # In the order of the counted table: by outcome, then by the terms; patterns as they first occur.
    ordered = sorted((float(row["low"]), tuple(code(row, term) for term in terms)) for row in rows)
    patterns = list(dict.fromkeys(pattern for _, pattern in ordered))
    cells = [0] * (2 * len(patterns))
    for event, pattern in ordered:
        cells[2 * patterns.index(pattern) + (0 if event else 1)] += 1
    columns, names = [np.ones(len(patterns))], []
    for at, term in enumerate(terms):
        values = np.array([pattern[at] for pattern in patterns])
        for level in range(1, len(levels[term])) if levels[term] else [None]:
            names.append([term, None if level is None else levels[term][level]])
            columns.append(values if level is None else (values == level).astype(float))
    x = np.column_stack(columns)
    # At unit spread, for the digits; coefficients are scaled back.
    scale = np.array([1.0] + [c.std() for c in columns[1:]])
    x = (x - np.array([0.0] + [c.mean() for c in columns[1:]])) / scale
    y, o = np.array(cells[0::2], float), np.array(cells[1::2], float)
    beta = fit(x, y, y + o)

    def draw(name, r):
        drawn = resample(cells, Xoshiro(SEED, f"{name} bootstrap {r}"))
        return drawn[0::2], drawn[1::2]

    def refit(y, o):
        some = y + o > 0
        return fit(x[some], y[some], (y + o)[some])

    p = 1 / (1 + np.exp(-(x @ beta)))
    covariance = np.linalg.inv((x * ((y + o) * p * (1 - p))[:, None]).T @ x)
    influence = x @ covariance
    replicates = np.array([refit(*draw("a Multivariable model", r)) for r in range(REPLICATES)])
    limits = []
    for k, name in enumerate(names, 1):
        values = np.sort(replicates[:, k])
        with_event, without = influence[:, k] * (1 - p), -influence[:, k] * p
        power = lambda e: (y * with_event**e + o * without**e).sum()
        a = power(3) / (6 * power(2) ** 1.5)
        z0 = NORMAL.inv_cdf((values < beta[k]).mean())
        bca = []
        for share in (0.025, 0.975):
            z = z0 + NORMAL.inv_cdf(share)
            bca.append(quantile(values, NORMAL.cdf(z0 + z / (1 - a * z))))
        limits.append({"term": name[0], "level": name[1], "bca": [float(v / scale[k]) for v in bca],
                       "percentile": [float(quantile(values, s) / scale[k]) for s in (0.025, 0.975)]})
    differences, own = [], []
    for r in range(REPLICATES):
        ry, ro = draw("a", r)
        eta = x @ refit(ry, ro)
        some = ry + ro > 0
        own.append(figures(eta[some], ry[some], ro[some]))
        differences.append(own[-1] - figures(eta, y, o))
    optimism = np.mean(differences, axis=0)
    apparent = figures(x @ beta, y, o)
    json.dump({
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__},
        "data": data, "outcome": "low", "terms": terms, "seed": SEED, "replicates": REPLICATES, "limits": limits,
        "optimism": [float(v) for v in optimism], "corrected": [float(v) for v in apparent - optimism],
        "std_error": [float(v) for v in np.std(own, axis=0, ddof=1)],
    }, open("oracle/logistic_bootstrap.json", "w"), indent=1)


main()

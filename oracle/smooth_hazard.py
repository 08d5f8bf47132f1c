"""Reference figures of the smooth hazard, patient by patient: `python3 oracle/smooth_hazard.py`, from the root of the repository.

No R package here has this estimator. The boundary kernels are not copied from a table: at each share q the polynomial
(z + 1)(a z + c) on [-1, q] is solved for the integral 1 and the mean 0, which is what defines them. Cross-validation is the
double sum over event times. Writes oracle/smooth_hazard.json.
"""

import csv
import hashlib
import json
import math

import numpy as np
import scipy.stats

CASES = [
    # dataset, weighted, until (None: while 10 are at risk), bandwidth (None: cross-validation), ties, variance
    ("colon", False, None, None, "nelson_aalen", "aalen"),
    ("colon", False, 2000, 300, "fleming_harrington", "greenwood"),
    ("mgus2", False, None, None, "nelson_aalen", "greenwood"),
    ("mgus2", False, 1100, 60, "nelson_aalen", "aalen"),
    ("lung", True, None, None, "nelson_aalen", None),
    ("lung", True, 600, 90, "fleming_harrington", None),
    ("lung_late", True, None, None, "nelson_aalen", None),
]


def integral_of_power(k, q):
    return (q ** (k + 1) - (-1) ** (k + 1)) / (k + 1)


def boundary(q):
    """a and c of (z + 1)(a z + c): a z^2 + (a + c) z + c has the moments 1 and 0 on [-1, q]."""
    m = [integral_of_power(k, q) for k in range(4)]
    system = np.array([[m[2] + m[1], m[1] + m[0]], [m[3] + m[2], m[2] + m[1]]])
    return np.linalg.solve(system, np.array([1.0, 0.0]))


def weights(t, events, start, until, b):
    left, right = (t - start) / b, (until - t) / b
    q, sign = (left, 1) if left < 1 else ((right, -1) if right < 1 else (1.0, 1))
    a, c = boundary(q)
    z = sign * (t - events) / b
    inside = (z >= -1) & (z <= q) & (events <= until)
    return np.where(inside, (z + 1) * (a * z + c), 0.0) / b


class Group:
    def __init__(self, rows, ties):
        self.entry = np.array([r["entry"] for r in rows])
        self.time = np.array([r["time"] for r in rows])
        self.event = np.array([r["event"] for r in rows]) == 1
        self.weight = np.array([r["weight"] for r in rows])
        self.at = np.unique(self.time[self.event])
        self.rise, self.aalen, self.greenwood, self.influence = [], [], [], []
        for t in self.at:
            at_risk = (self.entry < t) & (self.time >= t)
            dying = at_risk & (self.time == t) & self.event
            n, m, d = self.weight[at_risk].sum(), self.weight[dying].sum(), dying.sum()
            shares = [(m, n)] if ties == "nelson_aalen" else [(m / d, n - k * m / d) for k in range(d)]
            self.rise.append(sum(s / left for s, left in shares))
            self.aalen.append(sum(s / left**2 for s, left in shares))
            self.greenwood.append(sum(s * (left - s) / left**3 for s, left in shares))
            # The derivative of the rise by the weight of each patient, by small steps in long arithmetic.
            self.influence.append(self.derivative(at_risk, dying, n, m, d, ties))

    def derivative(self, at_risk, dying, n, m, d, ties):
        # rise(n, m): both derivatives in closed form for d/n, by central differences with two steps of Richardson else.
        def rise(n, m):
            if ties == "nelson_aalen":
                return m / n
            return math.fsum((m / d) / (n - k * m / d) for k in range(d))

        def slope(f):
            h = 1e-3
            c = [(f(s) - f(-s)) / (2 * s) for s in (h, h / 2, h / 4)]
            first = [(4 * c[1] - c[0]) / 3, (4 * c[2] - c[1]) / 3]
            return (16 * first[1] - first[0]) / 15

        by_n = slope(lambda e: rise(n + e * n, m)) / n
        by_m = slope(lambda e: rise(n, m + e * m)) / m
        return np.where(at_risk, by_n, 0.0) + np.where(dying, by_m, 0.0)


def of_group(rows, until, bandwidth, ties, variance):
    group = Group(rows, ties)
    start = 0.0 if (group.entry <= 0).any() else group.entry.min()
    if until is None:
        risk = [((group.entry < t) & (group.time >= t)).sum() for t in np.unique(group.time)]
        until = np.unique(group.time)[[k for k, n in enumerate(risk) if n >= 10][-1]]
    until = min(until, group.time.max())
    rise = np.array(group.rise)
    events = int((group.event & (group.time <= until)).sum())

    def hazard(t, b):
        return math.fsum(weights(t, group.at, start, until, b) * rise)

    if bandwidth is None:
        narrow, wide = (until - start) / (8 * events**0.2), (until - start) / 2
        best = None
        for index in range(60):
            b = wide if index == 59 else narrow * (wide / narrow) ** (index / 59)
            grid = np.linspace(start, until, 401)
            square = np.array([hazard(t, b) for t in grid]) ** 2
            value = (until - start) / 400 * (square.sum() - (square[0] + square[-1]) / 2)
            for k in np.flatnonzero(group.at <= until):
                own = weights(group.at[k], group.at, start, until, b) * rise
                value -= 2 * (math.fsum(own) - own[k]) * rise[k]
            if best is None or value < best[0]:
                best = (value, b)
        bandwidth = best[1]
    z = scipy.stats.norm.ppf(0.975)
    found = []
    for share in (0.02, 0.1, 0.3, 0.5, 0.75, 0.97):
        t = float(round(start + share * (until - start)))
        w = weights(t, group.at, start, until, bandwidth)
        value = math.fsum(w * rise)
        if variance is None:
            u = sum(w[k] * group.influence[k] for k in range(len(w)))
            error = math.sqrt(math.fsum((group.weight * u) ** 2))
        else:
            error = math.sqrt(math.fsum(w**2 * np.array(getattr(group, variance))))
        found.append({"at": t, "hazard": value, "std_error": error, "lower": value * math.exp(-z * error / value),
                      "upper": value * math.exp(z * error / value)} if value > 0 else {"at": t, "hazard": 0.0})
    return {"bandwidth": bandwidth, "rows": found}


def main():
    cases = []
    for name, weighted, until, bandwidth, ties, variance in CASES:
        file = f"data/courses_{name}.csv"
        raw = open(f"oracle/{file}", "rb").read()
        rows = list(csv.DictReader(raw.decode().splitlines()))
        for row in rows:
            row.update({key: float(row[key]) for key in ("time", "event", "entry", "weight")})
        levels = list(dict.fromkeys(row["group"] for row in rows))
        groups = [{"group": level, **of_group([r for r in rows if r["group"] == level], until, bandwidth, ties, variance)}
                  for level in levels]
        cases.append({"dataset": name, "file": file, "sha256": hashlib.sha256(raw).hexdigest(), "levels": levels,
                      "strata": sorted({row["stratum"] for row in rows}), "weighted": weighted, "until": until,
                      "bandwidth": bandwidth, "ties": ties, "variance": variance, "groups": groups})
    versions = {"numpy": np.__version__, "scipy": scipy.__version__}
    with open("oracle/smooth_hazard.json", "w") as out:
        json.dump({"versions": versions, "cases": cases}, out, indent=1)
        out.write("\n")


main()

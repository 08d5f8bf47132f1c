#!/usr/bin/env python3
"""Gray's test in exact arithmetic: oracle/gray.py, from the root of the repository. Writes oracle/gray.json.

Where several events of a cause tie while hardly anyone is left, farr and cmprsk differ. Both are computed here in
fractions, without any rounding: with the hypergeometric factor of tied events kept at 0 or above, as farr has it, and as
cmprsk has it, where it falls below 0 and takes variance away. R's own figure is that of the second to all its digits, so
that neither program is inexact: they differ by that factor, and by nothing else. Sets without a factor below 0 are there
to show that both agree then. Needs Rscript with cmprsk.
"""

import csv
import json
import pathlib
import random
import subprocess
import tempfile
from fractions import Fraction

HERE = pathlib.Path(__file__).resolve().parent
SCRIPT = """
library(cmprsk)
for (file in commandArgs(TRUE)) {
  d <- read.csv(file)
  test <- cuminc(d$time, d$cause, d$group, cencode = 0)$Tests
  cat(sprintf("%.17g\\n", test["1", "stat"]))
}
cat("R", paste(R.version$major, R.version$minor, sep = "."), "cmprsk", format(packageVersion("cmprsk")), "\\n")
"""


def statistic(rows, clamped):
    """The statistic as a fraction, and the smallest factor of tied events."""
    groups = sorted({group for _, _, group in rows})
    zero, one = Fraction(0), Fraction(1)
    free, incidence = {g: one for g in groups}, {g: zero for g in groups}
    pooled, least = zero, one
    score = {g: zero for g in groups}
    c = {(g, r): zero for g in groups for r in groups}
    # Each step of the integrals: weight, u, and g of all groups, by r; the integrand is w (g + c(inf) u)(g' + c'(inf) u).
    steps = []

    def factor(d, n):
        nonlocal least
        if d < 2 or n == 1 or (clamped and n < 1):
            return one
        value = 1 - Fraction(d - 1) / (n - 1)
        least = min(least, value)
        return max(value, zero) if clamped else value

    for time in sorted({time for time, _, _ in rows}):
        at_risk = {g: sum(1 for t, _, k in rows if k == g and t >= time) for g in groups}
        own, other = ({g: sum(1 for row in rows if row == (time, cause, g)) for g in groups} for cause in (1, 2))
        events = sum(own.values())
        if events == 0 and sum(other.values()) == 0:
            continue
        before = dict(free), dict(incidence)
        present = [g for g in groups if at_risk[g] > 0 and before[0][g] > 0]
        for g in present:
            free[g] = before[0][g] * Fraction(at_risk[g] - own[g] - other[g], at_risk[g])
            incidence[g] = before[1][g] + before[0][g] * Fraction(own[g], at_risk[g])
        h = {g: Fraction(at_risk[g]) / before[0][g] if g in present else zero for g in groups}
        whole = sum(h.values())
        a = {(g, r): h[r] * ((g == r) - h[g] / whole) for g in groups for r in groups}
        if events:
            risk = {g: h[g] * (1 - before[1][g]) for g in groups}
            for g in groups:
                score[g] += own[g] - events * risk[g] / sum(risk.values())
                for r in groups:
                    c[g, r] += a[g, r] * events / (whole * (1 - pooled))
            pooled += events / whole
        for r in present:
            ratio = (1 - pooled) / free[r] if free[r] > 0 else None
            if events:
                u = 1 - ratio if ratio is not None else one
                weight = factor(events, whole * before[0][r]) * events / (whole * h[r])
                steps.append((r, weight, u, {g: a[g, r] - u * c[g, r] for g in groups}))
            if other[r] and ratio is not None:
                weight = factor(other[r], Fraction(at_risk[r])) * other[r] / h[r] ** 2
                steps.append((r, weight, -ratio, {g: ratio * c[g, r] for g in groups}))
    variance = sum((w * (g[groups[0]] + c[groups[0], r] * u) ** 2 for r, w, u, g in steps), zero)
    return score[groups[0]] ** 2 / variance, least


def patients(chance):
    rows = []
    for _ in range(chance.randint(16, 30)):
        rows.append((chance.choice([1, 2, 3, 4, 5, 6, 7]), chance.choice([0, 1, 1, 2, 2]), chance.choice([1, 2])))
    return sorted(rows)


def main():
    chance = random.Random(88)
    below, above = [], []
    while len(below) < 6 or len(above) < 4:
        rows = patients(chance)
        ours, least = statistic(rows, True)[0], statistic(rows, False)[1]
        # With two groups of whom nobody is left, and no variance, there is no test.
        kept = below if least < 0 else above
        if len(kept) < (6 if least < 0 else 4):
            kept.append((rows, ours, statistic(rows, False)[0], least))
    sets = [*below, *above]
    with tempfile.TemporaryDirectory() as scratch:
        files = []
        for index, (rows, *_) in enumerate(sets):
            files.append(pathlib.Path(scratch) / f"{index}.csv")
            with open(files[-1], "w", newline="") as file:
                csv.writer(file).writerows([("time", "cause", "group"), *rows])
        said = subprocess.run(["Rscript", "-e", SCRIPT, *files], capture_output=True, text=True, check=True)
    *figures, version = [line for line in said.stdout.splitlines() if line]
    written = []
    for (rows, ours, theirs, least), figure in zip(sets, map(float, figures)):
        assert abs(figure / float(theirs) - 1) < 1e-12, (figure, float(theirs))
        assert (ours == theirs) == (least >= 0)
        written.append({
            "rows": rows, "statistic": float(ours), "cmprsk": figure, "cmprsk_exact": float(theirs),
            "least_factor": float(least),
        })
    (HERE / "gray.json").write_text(json.dumps({"versions": version.strip(), "sets": written}, indent=1) + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The Fine–Gray model of one random study with 40 digits: oracle/fine_gray_exact.py, from the root of the repository.

Writes oracle/fine_gray_exact.json. It is the study of `fuzz.py --seed 1` whose Wald statistic, near 0, differs from that
of cmprsk by 3e-8 of itself: `crr` stops where the score is small, not where the estimate stands still. Its own figure is
kept beside. Needs mpmath, and Rscript with cmprsk.
"""

import csv
import json
import pathlib
import random
import subprocess
import tempfile

import fuzz
from mpmath import exp, mp, mpf, nstr, sqrt

HERE = pathlib.Path(__file__).resolve().parent
STUDY = 157
SCRIPT = """
library(cmprsk)
d <- read.csv(commandArgs(TRUE)[1])
columns <- cbind(d$x, d$g)
scale <- apply(columns, 2, sd)
fit <- crr(d$time, d$cause, sweep(columns, 2, scale, "/"), failcode = 1, cencode = 0, gtol = 1e-11, maxiter = 60)
beta <- fit$coef / scale
cat(sprintf("%.17g %.17g R %s.%s cmprsk %s\\n", beta[1], beta[2], R.version$major, R.version$minor,
  format(packageVersion("cmprsk"))))
"""


def study():
    """Time, cause (0 none, 1 the event, 2 another), x, and whether g is b."""
    chance = random.Random(1)
    for _ in range(STUDY + 1):
        rows = fuzz.patients(chance)
    causes = ("censored", "event", "other")
    return [(float(row[5]), causes.index(row[7]), float(row[3]), int(row[0] == "b")) for row in rows]


def estimate(rows):
    """Newton's method on the weighted partial likelihood, tied events as Breslow has them."""
    times = sorted({row[0] for row in rows})
    free, uncensored = {}, mpf(1)
    for time in times:
        free[time] = uncensored
        at_risk = sum(row[0] >= time for row in rows)
        uncensored *= 1 - mpf(sum(row[0] == time and row[1] == 0 for row in rows)) / at_risk
    size = max(abs(row[2]) for row in rows)
    columns = [(mpf(row[2]) / size, mpf(row[3])) for row in rows]
    beta = [mpf(0), mpf(0)]
    for _ in range(100):
        risk = [exp(beta[0] * x[0] + beta[1] * x[1]) for x in columns]
        score, matrix = [mpf(0)] * 2, [[mpf(0)] * 2 for _ in range(2)]
        for time in times:
            dying = [i for i, row in enumerate(rows) if row[0] == time and row[1] == 1]
            if not dying:
                continue
            weight = [
                1 if row[0] >= time else free[time] / free[row[0]] if row[1] == 2 else 0 for row in rows
            ]
            part = [w * r for w, r in zip(weight, risk)]
            whole = sum(part)
            mean = [sum(p * x[a] for p, x in zip(part, columns)) / whole for a in (0, 1)]
            for a in (0, 1):
                score[a] += sum(columns[i][a] for i in dying) - len(dying) * mean[a]
                for b in (0, 1):
                    square = sum(p * x[a] * x[b] for p, x in zip(part, columns)) / whole
                    matrix[a][b] += len(dying) * (square - mean[a] * mean[b])
        determinant = matrix[0][0] * matrix[1][1] - matrix[0][1] ** 2
        step = [
            (matrix[1][1] * score[0] - matrix[0][1] * score[1]) / determinant,
            (matrix[0][0] * score[1] - matrix[0][1] * score[0]) / determinant,
        ]
        shorter = min(mpf(1), 2 / max(abs(one) for one in step)) if any(step) else mpf(1)
        beta = [old + shorter * new for old, new in zip(beta, step)]
        if sqrt(step[0] ** 2 + step[1] ** 2) < mpf(10) ** -36:
            return [beta[0] / size, beta[1]]
    raise ArithmeticError("no maximum")


def main():
    mp.dps = 40
    rows = study()
    beta = estimate(rows)
    with tempfile.TemporaryDirectory() as scratch:
        data = pathlib.Path(scratch) / "data.csv"
        with open(data, "w", newline="") as file:
            csv.writer(file).writerows([("time", "cause", "x", "g"), *rows])
        said = subprocess.run(["Rscript", "-e", SCRIPT, data], capture_output=True, text=True, check=True)
    x, g, *versions = said.stdout.split()
    written = {
        "versions": " ".join(versions),
        "rows": rows,
        "beta": [float(one) for one in beta],
        "digits": [nstr(one, 30) for one in beta],
        "crr": [float(x), float(g)],
    }
    (HERE / "fine_gray_exact.json").write_text(json.dumps(written) + "\n")


if __name__ == "__main__":
    main()

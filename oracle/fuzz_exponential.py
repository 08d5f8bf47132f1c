#!/usr/bin/env python3
"""The random study in which a Wald statistic of R's survreg differs from farr's, with 40 digits.

    oracle/fuzz_exponential.py [--study 63] [--seed 1]

Fits the exponential law of study 63 of oracle/fuzz.py (x, g, f) by Newton's method in mpmath and prints the statistic of
the level b of g. Needs mpmath and pandas.
"""

import argparse

import mpmath

from fuzz_separation import study

mpmath.mp.dps = 40


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=int, default=63)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    data = study(options.seed, options.study).dropna(subset=["time", "event", "x", "g", "f"])
    levels = [(name, level) for name in "gf" for level in sorted(data[name].unique())[1:]]
    rows = [
        [mpmath.mpf(1), mpmath.mpf(repr(float(row.x))), *[mpmath.mpf(getattr(row, name) == level) for name, level in levels]]
        for row in data.itertuples()
    ]
    times = [mpmath.mpf(repr(float(time))) for time in data.time]
    events = [int(event) for event in data.event]
    p = len(rows[0])
    beta = mpmath.matrix(p, 1)
    beta[0] = mpmath.log(sum(times) / sum(events))
    for _ in range(60):
        score, information = mpmath.matrix(p, 1), mpmath.matrix(p, p)
        for x, time, event in zip(rows, times, events):
            hazard = time * mpmath.e ** -sum(a * b for a, b in zip(x, beta))
            for k in range(p):
                score[k] += x[k] * (hazard - event)
                for other in range(p):
                    information[k, other] += hazard * x[k] * x[other]
        step = mpmath.lu_solve(information, score)
        beta += step
        if max(abs(value) for value in step) < mpmath.mpf(10) ** -30:
            break
    at = 2 + levels.index(("g", "b"))
    print("statistic of g b:", mpmath.nstr(beta[at] ** 2 / (information**-1)[at, at], 18))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The random study whose spline R's coxph fits and farr withholds: is it separated?

    oracle/fuzz_separation.py [--study 192] [--seed 1]

Makes the study anew as oracle/fuzz.py does, and asks a linear programme for a direction in which every event's linear
predictor exceeds that of all others at risk. Where there is one, the log-likelihood rises to 0 along it, and no estimate
is finite. Prints the margin and the log-likelihood along the direction. Needs numpy, pandas and scipy.
"""

import argparse
import pathlib
import random
import tempfile

import numpy
import pandas
from scipy.optimize import linprog

import fuzz


def study(seed, index):
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        for at in range(index + 1):
            folder = pathlib.Path(scratch) / f"study-{at}"
            fuzz.write(folder, chance)
        return pandas.read_csv(folder / "data.csv")


def natural(x):
    """A restricted cubic spline of four knots as Hmisc places them: any basis of its space will do."""
    knots = numpy.quantile(x, [0.05, 0.35, 0.65, 0.95])
    if len(x) < 100:
        knots[[0, 3]] = numpy.sort(x)[[4, -5]]
    cube = lambda at: numpy.maximum(x - at, 0.0) ** 3
    a, b = knots[2:]
    bends = [cube(k) - (cube(a) * (b - k) - cube(b) * (a - k)) / (b - a) for k in knots[:2]]
    columns = numpy.column_stack([x, *bends])
    return (columns - columns.mean(0)) / columns.std(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=int, default=192)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    data = study(options.seed, options.study).dropna(subset=["time", "event", "x", "g"])
    levels = sorted(data.g.unique())[1:]
    x = numpy.column_stack([natural(data.x.to_numpy()), *[(data.g == level).astype(float) for level in levels]])
    time, events = data.time.to_numpy(), numpy.flatnonzero(data.event == 1)
    at_risk = {event: numpy.flatnonzero(time >= time[event]) for event in events}
    lags = numpy.array([x[other] - x[event] for event in events for other in at_risk[event] if other != event])
    p = x.shape[1]
    found = linprog(
        numpy.r_[numpy.zeros(p), -1.0],
        A_ub=numpy.c_[lags, numpy.ones(len(lags))],
        b_ub=numpy.zeros(len(lags)),
        bounds=[(-1, 1)] * p + [(None, None)],
    )
    print(f"{len(data)} patients, {len(events)} events; margin {found.x[-1]:.3g}")
    for scale in [0, 1e3, 1e5, 1e6, 1e7, 1e8]:
        eta = scale * (x @ found.x[:p])
        parts = [eta[event] - numpy.logaddexp.reduce(eta[at_risk[event]]) for event in events]
        print(f"log-likelihood at {scale:g} times the direction: {sum(parts):.6g}")


if __name__ == "__main__":
    main()

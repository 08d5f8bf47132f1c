#!/usr/bin/env python3
"""Differential fuzzing: random studies in farr and in R, every figure compared.

    oracle/fuzz.py [--studies N] [--seed S] [--farr PATH]

Each study has 20 to 300 patients with ties, rare levels, scales from 1e-3 to 1e3, and effects from none to separation.
farr runs all analyses under the conventions of R; fuzz.R computes the same figures. The outcome goes to oracle/fuzz.json,
which VALIDATION.md quotes; 200 studies take about three minutes on two processors. A figure that farr withholds counts as
withheld, with R's figure as the reason: an infinite estimate has an enormous standard error there. Needs Rscript with
survival, cmprsk, Hmisc and pROC, and a built farr.
"""

import argparse
import csv
import json
import math
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOLERANCE = 1e-8

PLAN = """
[study]
title = "Random"
dialect = "r"
[registry]
path = "data.csv"
[population]
table = "data"
[variables]
y = { kind = "flag" }
g = { kind = "category" }
h = { kind = "category" }
f = { kind = "category" }
v = { kind = "flag", sql = "event = 1" }
w = { kind = "number", sql = "1 + id % 3" }
[endpoints.os]
time = "time"
event = "event"
unit = "months"
[endpoints.cr]
time = "time"
event = "cause = 'event'"
competing = "cause = 'other'"
unit = "months"
"""

LOGISTIC = 'method = "logistic"\noutcome = "y"'
COX = 'method = "cox"\nendpoint = "os"'
ANALYSES = [
    ("base2", 'method = "baseline"\nby = "g"\nvariables = ["h", "f", "x", "z", "y"]'),
    ("base3", 'method = "baseline"\nby = "h"\nvariables = ["g", "f", "x", "z", "y"]'),
    ("logistic", 'method = "logistic"\noutcome = "y"\nterms = ["x", "g", "f"]\nunivariable = true\ninterval = "wald"'),
    ("efron", 'method = "cox"\nendpoint = "os"\nterms = ["x", "g", "f"]\nunivariable = true'),
    ("breslow", 'method = "cox"\nties = "breslow"\nendpoint = "os"\nterms = ["x", "g", "f"]'),
    ("km", 'method = "kaplan_meier"\nendpoint = "os"\nby = "h"\nat = [3, 10]'),
    ("cif", 'method = "cumulative_incidence"\nendpoint = "cr"\nby = "g"\nat = [3, 10]'),
    ("fg", 'method = "fine_gray"\nendpoint = "cr"\nterms = ["x", "g"]'),
    ("weibull", 'method = "parametric_survival"\nendpoint = "os"\nterms = ["x", "g"]'),
    ("interaction", f'{LOGISTIC}\nterms = ["x", "g", "f", "x:g"]\ninterval = "wald"'),
    ("spline", f'{COX}\nterms = [{{ spline = "x", knots = 4 }}, "g"]'),
    ("spline_logistic", f'{LOGISTIC}\nterms = [{{ spline = "x", knots = 4 }}, "g"]\ninterval = "wald"'),
    ("spline_interaction", f'{LOGISTIC}\nterms = ["rcs(x, 3)", "g", "rcs(x, 3):g"]\ninterval = "wald"'),
    ("firth", f'{LOGISTIC}\nterms = ["x", "g", "f"]\npenalty = "firth"\ninterval = "wald"'),
    ("stepwise", 'method = "stepwise"\noutcome = "y"\nterms = ["x", "g", "f", "z"]\nbootstrap = 0\ninterval = "wald"'),
    ("exact", 'method = "exact_logistic"\noutcome = "y"\nterms = ["g"]\nunivariable = true\nmultivariable = false'),
    ("frequency", f'{LOGISTIC}\nterms = ["x", "g"]\nweights = "w"\nweight_kind = "frequency"\ninterval = "wald"'),
    ("sampling", f'{LOGISTIC}\nterms = ["x", "g"]\nweights = "w"\nweight_kind = "sampling"'),
    ("cox_sampling", f'{COX}\nterms = ["x", "g"]\nweights = "w"\nweight_kind = "sampling"'),
    ("cox_strata", f'{COX}\nterms = ["x", "g"]\nstrata = ["h"]\ncluster = "f"'),
    ("cox_exact", f'{COX}\nterms = ["x", "g"]\nties = "exact"'),
    ("zph", 'method = "proportional_hazards"\nendpoint = "os"\nterms = ["x", "g"]'),
    ("concordance", 'method = "concordance"\nendpoint = "os"\nscore = "x"'),
    ("fg_interaction", 'method = "fine_gray"\nendpoint = "cr"\nterms = ["x", "g", "x:g"]'),
    *((law, f'method = "parametric_survival"\ndistribution = "{law}"\nendpoint = "os"\nterms = ["x", "g", "f"]')
      for law in ("lognormal", "loglogistic", "exponential")),
    ("peto", 'method = "log_rank"\nendpoint = "os"\nby = "h"\ntest = "fleming_harrington"\nrho = 1\ngamma = 0'),
    ("stratified", 'method = "log_rank"\nendpoint = "os"\nby = "h"\nstrata = ["g"]\ntrend = true'),
    ("restricted", 'method = "restricted_mean"\nendpoint = "os"\nby = "g"\nhorizon = 5'),
    ("landmark", 'method = "kaplan_meier"\nendpoint = "os"\nby = "g"\nlandmark = 2\nat = [5]\nweights = "w"\n'
                 'weight_kind = "frequency"'),
    ("hazard", 'method = "cumulative_hazard"\nendpoint = "os"\nby = "g"\nat = [3]'),
    ("two", 'method = "two_by_two"\noutcome = "y"\nexposure = "g"\nstrata = "h"'),
    ("location", 'method = "location"\nvariable = "x"\nby = "g"'),
    ("spearman", 'method = "correlation"\nvariables = ["x", "z"]\ncoefficient = "spearman"'),
    ("pearson", 'method = "correlation"\nvariables = ["x", "z"]'),
    ("paired", 'method = "paired"\nfirst = "x"\nsecond = "z"'),
    ("signed_rank", 'method = "paired"\nfirst = "x"\nsecond = "z"\ntest = "wilcoxon"'),
    ("changes", 'method = "paired"\nfirst = "y"\nsecond = "v"'),
    ("trend", 'method = "trend"\noutcome = "y"\nexposure = "h"'),
    ("performance", 'method = "logistic_performance"\noutcome = "y"\nterms = ["x", "g"]'),
]


def patients(chance):
    """The rows of one random study."""
    n = chance.choice([chance.randint(20, 60), chance.randint(60, 300)])
    scale = 10 ** chance.uniform(-3, 3)
    rounding = chance.choice([0, 0, 1, 2, 6])
    rare = [chance.choice([1, 1, 0.2, 0.05]) for _ in range(4)]
    effects = [chance.choice([0, 0.3, 1, 3]) * chance.choice([-1, 1]) for _ in range(3)]
    censoring = chance.uniform(0.1, 0.8)
    rows = []
    for index in range(n):
        g, h = chance.choice("ab"), chance.choice("uvw")
        f = chance.choices("pqrs", rare)[0]
        x = chance.gauss(5, 1)
        risk = effects[0] * (x - 5) + effects[1] * (g == "b") + effects[2] * (f == "q")
        time = round(chance.expovariate(0.1 * math.exp(min(max(risk, -5), 5))), rounding)
        time = min(max(time, 10.0**-rounding), 500)
        cause = "censored" if chance.random() < censoring else chance.choice(["event", "event", "other"])
        y = int(chance.random() < 1 / (1 + math.exp(-risk)))
        rows.append([g, h, f, repr(round(x * scale, 6)), chance.randint(0, 9), time, int(cause != "censored"), cause, y])
    # Every level occurs, so that both programs have the same columns.
    for index, f in enumerate("pqrs" * 2):
        rows[index][:3] = ["ab"[index % 2], "uvw"[index % 3], f]
        rows[index][8] = index // 2 % 2
    return rows


def write(folder, chance):
    folder.mkdir()
    with open(folder / "data.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "g", "h", "f", "x", "z", "time", "event", "cause", "y"])
        rows = patients(chance)
        table.writerows([index, *row] for index, row in enumerate(rows))
    middle = statistics.median(float(row[3]) for row in rows)
    profile = f'profiles = [{{ label = "A", x = {middle!r}, g = "a" }}]'
    predicted = f'method = "predicted_survival"\nendpoint = "os"\nterms = ["x", "g"]\nat = [3]\n{profile}'
    analyses = [*ANALYSES, ("predicted", predicted)]
    blocks = [f'[[analyses]]\nid = "{name}"\n{options}\n' for name, options in analyses]
    (folder / "study.toml").write_text(PLAN + "".join(blocks))


def figures(results):
    """Every figure of farr, by what it is."""
    found, tests = {}, {}
    for analysis in results["analyses"]:
        for row in analysis["estimates"]:
            at = "" if row.get("at") is None else f"{row['at']:g}"
            key = (analysis["analysis"], row["quantity"], *(row.get(name) or "" for name in ("model", "term", "level", "group")), at)
            interval, test = row.get("interval") or {}, row.get("test") or {}
            values = {"value": row.get("value"), "std_error": row.get("std_error")}
            values |= {side: interval.get(side) for side in ("lower", "upper")}
            for part in ("statistic", "p_value"):
                if test:
                    values[f"{test['name']} {part}"] = test.get(part)
            found.update({(*key, name): value for name, value in values.items()})
            if test:
                tests.setdefault(key, set()).add(test["name"])
    return found, tests


class Tally:
    """What was compared for one method."""

    def __init__(self):
        self.figures = self.beyond = self.withheld = self.unexplained = self.simulated = self.covered = 0
        self.worst = 0.0


def infinite(theirs, key):
    """Whether a coefficient of that model, of that term where it has one, runs away in R too."""
    for other, text in theirs.items():
        if other[0] == key[0] and other[2] == key[2] and key[3] in ("", other[3]):
            if text in ("NA", "NaN"):
                if other[7] == "value" and other[3]:
                    return True  # so flat that R takes the column for a combination of others
                continue
            value = float(text)
            if other[7] == "std_error" and value > 30:
                return True
            if other[7] == "value" and other[1].endswith("ratio") and not 1e-8 < value < 1e8:
                return True
    return False


def distance(key, ours, theirs):
    """Relative difference; of ratios on their logarithm, which is what is estimated."""
    if key[1].endswith("ratio") and key[7] in ("value", "lower", "upper") and min(ours, theirs) > 0:
        return abs(math.log(ours) - math.log(theirs)) / max(abs(math.log(theirs)), 1.0)
    least = 0.0
    if key[7] == "likelihood_ratio statistic" or key[1] == "log_likelihood":
        # A log-likelihood is a sum of many; a difference of two has no more decimals than they have.
        least = 1.0
    elif key[7].endswith("statistic"):
        least = 1e-6  # 1e-30 is 0
    return abs(ours - theirs) / (max(abs(theirs), least) or 1.0)


def compare(folder, tallies, loose, silent):
    """Compares one study; `silent` loses what was compared of what R answers."""
    results = folder / "results" / "results.json"
    if not results.exists():
        return False
    read = json.loads(results.read_text())
    found, tests = figures(read)
    simulated = {
        (analysis["analysis"], notice["variable"]): (notice["lower"], notice["upper"])
        for analysis in read["analyses"]
        for notice in analysis["notices"]
        if notice["code"] == "monte_carlo"
    }
    with open(folder / "r.csv") as file:
        theirs = {tuple(row.values())[:8]: row["value"] for row in csv.DictReader(file)}
    for key, text in theirs.items():
        value = math.nan if text == "NA" else float(text)
        kind = key[7].rsplit(" ", 1)
        silent.setdefault((key[0], key[1], key[7]), True)
        if len(kind) == 2 and kind[0] not in tests.get(key[:7], ()):
            continue  # another test was chosen
        tally = tallies.setdefault(key[0], Tally())
        ours = found.get(key)
        what = f"{folder.name} {' '.join(filter(None, key))}"
        if ours is None:
            if math.isfinite(value) and not (key[7] == "std_error" and value == 0):
                tally.withheld += 1
                if not infinite(theirs, key):
                    tally.unexplained += 1
                    loose.append(f"{what}: withheld, {text} in R")
            continue
        if kind[0] == "fisher_exact" and (key[0], key[3]) in simulated:
            tally.simulated += 1
            lower, upper = simulated[key[0], key[3]]
            tally.covered += lower <= value <= upper
            continue
        if key[7] == "likelihood_ratio p_value" and found[(*key[:7], "likelihood_ratio statistic")] < 1e-6:
            continue  # so small a statistic is rounding, and so is what it leaves of P below 1
        difference = distance(key, ours, value)
        silent[key[0], key[1], key[7]] = False
        tally.figures += 1
        if difference > tally.worst:
            tally.worst = difference
        if not difference <= TOLERANCE:
            tally.beyond += 1
            loose.append(f"{what}: {ours!r} against {value!r}")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--farr", default=HERE.parent / "target/debug/farr")
    parser.add_argument("--keep", type=pathlib.Path, help="an empty folder for the studies, to look at afterwards")
    options = parser.parse_args()
    farr = pathlib.Path(options.farr).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.keep or pathlib.Path(temporary)
        chance = random.Random(options.seed)
        folders = [scratch / f"study-{index}" for index in range(options.studies)]
        refused = []
        for folder in folders:
            write(folder, chance)
            run = subprocess.run([farr, "run", folder, "--quiet"], capture_output=True, text=True)
            if run.returncode not in (0, 1):
                refused.append(f"{folder.name}: {run.stderr.strip()}")
        shares = [folders[first :: os.cpu_count()] for first in range(os.cpu_count())]
        running = [
            subprocess.Popen(["Rscript", HERE / "fuzz.R", *share], stdout=subprocess.PIPE, text=True)
            for share in shares
            if share
        ]
        said = [one.communicate()[0] for one in running]
        if any(one.returncode for one in running):
            sys.exit("R ended with an error")
        tallies, loose, silent = {}, [], {}
        compared = sum(compare(folder, tallies, loose, silent) for folder in folders)
    for line in [*refused, *loose]:
        print(line, file=sys.stderr)
    # An analysis that R does not answer, or a figure whose name is another, must not pass for one that agrees.
    never = [" ".join(key) for key, is_silent in silent.items() if is_silent]
    never += [name for name, _ in [*ANALYSES, ("predicted", "")] if name not in tallies]
    if never:
        sys.exit(f"never compared: {', '.join(never)}")
    outcome = {
        "seed": options.seed,
        "studies": options.studies,
        "compared": compared,
        "r": said[0].strip().splitlines()[-1],
        "analyses": [
            {"analysis": name, **vars(tally)}
            for name, tally in sorted(tallies.items())
        ],
    }
    (HERE / "fuzz.json").write_text(json.dumps(outcome, indent=2) + "\n")
    for row in outcome["analyses"]:
        print(row)


if __name__ == "__main__":
    main()

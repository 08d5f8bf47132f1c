#!/usr/bin/env python3
"""Times single models in farr and in the programs beside it, on the same patients.

    benches/models.py [--farr PATH] [--scratch DIR] [--patients N] [--limit SECONDS] [--skip-peers]

Patients have seven factors (two to four levels), three continuous numbers, a time with ties to the day, two causes and a
yes-or-no outcome. farr is timed as `farr run` of a study with that one analysis, from the CSV file to the report;
its peers from that file to the coefficients. A peer that takes longer than the limit is stopped, and said to be.
The coefficient of one continuous number is compared.

Needs a built farr, Python with numpy and pandas; Rscript with survival, logistf, brglm2, cmprsk, fastcmprsk and
data.table; lifelines and statsmodels. What is not there is said not to be.
"""

import argparse
import json
import math
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

from run import heading, measure, note, row

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
TERMS = [f"c{index}" for index in range(1, 8)] + [f"x{index}" for index in range(1, 4)]

# The analysis in farr; then the peers: name, script, model.
MODELS = {
    "Cox, Efron": (
        'method = "cox"\nendpoint = "os"\nties = "efron"',
        [("R: coxph", "models.R", "cox"), ("lifelines", "models_peers.py", "lifelines_cox"),
         ("statsmodels PHReg", "models_peers.py", "statsmodels_cox")],
        1,
    ),
    "Logistic": (
        'method = "logistic"\noutcome = "y"\ninterval = "wald"',
        [("R: glm", "models.R", "logistic"), ("statsmodels Logit", "models_peers.py", "statsmodels_logistic")],
        1,
    ),
    "Firth, penalized profile": (
        'method = "logistic"\noutcome = "y"\npenalty = "firth"',
        [("R: logistf", "models.R", "firth_logistf"), ("R: brglm2, without profile", "models.R", "firth")],
        1,
    ),
    "Fine–Gray": (
        'method = "fine_gray"\nendpoint = "cr"',
        [("R: finegray and coxph", "models.R", "fine_gray_finegray"), ("R: cmprsk crr", "models.R", "fine_gray_crr"),
         ("R: fastcmprsk, without errors", "models.R", "fine_gray_fast")],
        0.5,
    ),
}

PLAN = """
[study]
title = "One model"
[registry]
path = "patients.csv"
[population]
table = "patients"
[variables]
y = {{ kind = "flag" }}
[endpoints.os]
time = "time"
event = "event"
unit = "days"
[endpoints.cr]
time = "time"
event = "cause = 'event'"
competing = "cause = 'other'"
unit = "days"
[[analyses]]
id = "model"
{analysis}
terms = {terms}
"""


def patients(scratch, n):
    """The folder with the CSV file of n made-up patients."""
    folder = scratch / f"models-{n}"
    if (folder / "patients.csv").exists():
        return folder
    note(f"making {n:,} patients")
    import numpy
    import pandas

    folder.mkdir(parents=True, exist_ok=True)
    chance = numpy.random.default_rng(1)
    levels = [2, 2, 2, 3, 3, 4, 4]
    factors = [chance.integers(0, size, n) for size in levels]
    numbers = [chance.normal(0, 1, n).round(4) for _ in range(3)]
    risk = sum(0.15 * factor for factor in factors) + sum(0.2 * number for number in numbers) - 1.5
    event = numpy.ceil(chance.exponential(1500 / numpy.exp(risk))).astype(int)
    other = numpy.ceil(chance.exponential(4000, n)).astype(int)
    censored = numpy.ceil(chance.uniform(200, 3650, n)).astype(int)
    time_ = numpy.minimum(numpy.minimum(event, other), censored)
    cause = numpy.where(time_ == event, "event", numpy.where(time_ == other, "other", "censored"))
    table = pandas.DataFrame({"id": numpy.arange(n)})
    for index, factor in enumerate(factors):
        table[f"c{index + 1}"] = numpy.array(list("abcd"))[factor]
    for index, number in enumerate(numbers):
        table[f"x{index + 1}"] = number
    table["time"], table["event"], table["cause"] = time_, (cause == "event").astype(int), cause
    table["y"] = (chance.random(n) < 1 / (1 + numpy.exp(-risk))).astype(int)
    table.to_csv(folder / "partial", index=False)
    os.rename(folder / "partial", folder / "patients.csv")
    return folder


def ours(farr, folder, analysis):
    """Wall, CPU and peak of farr, and the coefficient of x1."""
    study = pathlib.Path(tempfile.mkdtemp(prefix="farr-model-"))
    (study / "patients.csv").symlink_to(folder / "patients.csv")
    (study / "study.toml").write_text(PLAN.format(analysis=analysis, terms=json.dumps(TERMS)))
    measured = measure([farr, "run", study])
    results = json.loads((study / "results" / "results.json").read_text())
    (ratio,) = [
        estimate["value"]
        for estimate in results["analyses"][0]["estimates"]
        if estimate.get("term") == "x1" and estimate["quantity"].endswith("ratio")
    ]
    return measured, math.log(ratio)


def theirs(folder, script, model, limit):
    """Wall seconds of a peer and what it printed; nothing where it is not there or took too long."""
    command = ["Rscript"] if script.endswith(".R") else [sys.executable]
    start = time.perf_counter()
    try:
        run = subprocess.run([*command, HERE / script, folder / "patients.csv", model], capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None, "stopped"
    except FileNotFoundError:
        return None, "not installed"
    if run.returncode != 0 and "there is no package called" in run.stderr:
        return None, "not installed"
    if run.returncode != 0:
        return None, (run.stderr.strip().splitlines() or ["failed"])[-1]
    return time.perf_counter() - start, json.loads(run.stdout.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--farr", default=os.environ.get("FARR", ROOT / "target/debug/farr"))
    parser.add_argument("--scratch", default=os.environ.get("FARR_BENCH", f"{tempfile.gettempdir()}/farr-bench"))
    parser.add_argument("--patients", type=int, default=1_000_000)
    parser.add_argument("--limit", type=float, default=300.0)
    parser.add_argument("--skip-peers", action="store_true")
    options = parser.parse_args()
    farr, scratch = pathlib.Path(options.farr).resolve(), pathlib.Path(options.scratch).resolve()
    print(f"# Single models, {platform.machine()}, {os.cpu_count()} cores")
    for name, (analysis, peers, share) in MODELS.items():
        n = int(options.patients * share)
        folder = patients(scratch, n)
        note(f"{name}: farr")
        (wall, cpu, peak), beta = ours(farr, folder, analysis)
        heading(f"{name}, {n:,} patients", "", "wall s", "fit alone s", "÷ farr", "relative difference")
        row("farr, file to report", f"{wall:.2f}", "", "1", f"({cpu:.2f} CPU s, {peak:.0f} MB)")
        for peer, script, model in [] if options.skip_peers else peers:
            note(f"{name}: {peer}")
            seconds, said = theirs(folder, script, model, options.limit)
            if seconds is None:
                row(peer, f"> {options.limit:.0f}" if said == "stopped" else "", "", "", said)
                continue
            difference = abs(float(said["x1"]) - beta) / abs(beta)
            row(peer, f"{seconds:.2f}", f"{said['fit']:.2f}", f"{seconds / wall:.1f}", f"{difference:.0e}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Times farr, and R on the same analyses of the same patients, and compares their figures.

    benches/run.py [--farr PATH] [--scratch DIR] [--patients N] [--r-patients N | --full] [--skip-r]

1. `farr run examples/crlm-pcr`, ten times.
2. `farr run` on a simulated registry of ten million patients: baseline table, Kaplan-Meier with log-rank test, logistic
   and Cox regression, from the Parquet file to the finished report.
3. The same statistics in R (benches/large.R) on one million patients, read from a CSV file; and farr on those. With
   --full R gets as many patients as farr, which takes R tens of minutes and tens of gigabytes.

Needs a built farr ($FARR or --farr; target/debug/farr where absent) and, for R, Rscript with survival and data.table,
and Python's duckdb, which turns the Parquet file into the CSV file. The registries stay in the scratch folder
(--scratch, or $FARR_BENCH, or farr-bench in the folder for temporary files) and are used again.

Wall time is measured from start to exit; peak memory is the operating system's figure for the process. Everything is
printed as Markdown.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SEED = "1"


def measure(command, success=(0,)):
    """Wall seconds, CPU seconds and peak megabytes of a command that must end with one of these codes."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([str(part) for part in command], stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in success:
            said.seek(0)
            sys.exit(f"{' '.join(map(str, command))} failed:\n{said.read().decode(errors='replace')}")
    unit = 1 if platform.system() == "Darwin" else 1024
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6


def note(message):
    print(message, file=sys.stderr, flush=True)


def registry(farr, scratch, patients):
    """The folder of the simulated study of that size."""
    folder = scratch / f"simulated-{patients}"
    if not (folder / "study.toml").exists():
        note(f"simulating {patients:,} patients")
        shutil.rmtree(folder, ignore_errors=True)
        measure([farr, "simulate", "-o", folder, "--patients", patients, "--seed", SEED])
    return folder


def exported(folder):
    """The patients as CSV, for R."""
    # Beside the study, whose registry would otherwise hold the table twice.
    target = folder.with_suffix(".csv")
    if not target.exists():
        import duckdb

        note(f"writing {target}")
        partial = target.with_suffix(".partial")
        source = str(folder / "patients.parquet").replace("'", "''")
        into = str(partial).replace("'", "''")
        duckdb.sql(f"copy (select * from read_parquet('{source}')) to '{into}' (header, delimiter ',')")
        partial.rename(target)
    return target


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def heading(title, *columns):
    print(f"\n## {title}\n")
    row(*columns)
    row("---", *["---:"] * (len(columns) - 1))


def figures_of_farr(results):
    """The figures that large.R computes, by the names it gives them."""
    figures = {}
    for analysis in json.loads((results / "results.json").read_text())["analyses"]:
        for estimate in analysis["estimates"]:
            kind, value = estimate["quantity"], estimate.get("value")
            term, level = estimate.get("term"), estimate.get("level")
            test = estimate.get("test") or {}
            if kind in ("odds_ratio", "hazard_ratio") and estimate.get("std_error") is not None:
                figures[f"{kind} {term} {level}"] = value
                figures[f"{kind} {term} {level} std_error"] = estimate["std_error"]
            elif kind == "survival" and value is not None:
                figures[f"survival {estimate['group']} {estimate['at']:g}"] = value
                figures[f"survival {estimate['group']} {estimate['at']:g} std_error"] = estimate["std_error"]
            elif kind == "global_test" and test.get("name") == "log_rank":
                figures["log_rank"] = test["statistic"]
            elif kind == "association" and test.get("name") == "pearson_chi_squared":
                figures[f"chi_squared {term}"] = test["statistic"]
            elif kind == "quantile":
                figures[f"quantile {term} {estimate.get('group')} {estimate['at']:g}"] = value
    return figures


def compare(ours, theirs):
    """How many figures both have, and where they differ most."""
    shared = sorted(set(ours) & set(theirs))
    if not shared:
        return "farr and R have no figure in common"
    difference = lambda name: abs(ours[name] - theirs[name]) / max(abs(theirs[name]), 1e-300)
    worst = max(shared, key=difference)
    absent = sorted(set(theirs) - set(ours))
    text = f"{len(shared)} figures of both compared; largest relative difference {difference(worst):.1e} ({worst})."
    return text + (f" farr lacks {', '.join(absent)}." if absent else "")


def small(farr, scratch, runs):
    heading("`farr run examples/crlm-pcr`", "", "median s", "least s", "most s", "peak MB")
    times = [measure([farr, "run", ROOT / "examples/crlm-pcr", "-o", scratch / "crlm-pcr"]) for _ in range(runs)]
    walls = [wall for wall, _, _ in times]
    peak = max(memory for _, _, memory in times)
    cells = [f"{value:.3f}" for value in (statistics.median(walls), min(walls), max(walls))]
    row(f"{runs} runs", *cells, f"{peak:.0f}")


def large(farr, scratch, patients):
    folder = registry(farr, scratch, patients)
    note(f"farr on {patients:,} patients")
    return measure([farr, "run", folder, "-o", folder / "results"])


def rivals(farr, scratch, patients, measured):
    folder = registry(farr, scratch, patients)
    wall, cpu, peak = measured or large(farr, scratch, patients)
    data = exported(folder)
    out = folder.with_suffix(".json")
    note(f"R on {patients:,} patients")
    r_wall, r_cpu, r_peak = measure(["Rscript", HERE / "large.R", data, out])
    theirs = json.loads(out.read_text())
    heading(f"farr and R, {patients:,} patients", "", "wall s", "CPU s", "peak MB")
    row("farr run: file to report, all analyses", f"{wall:.2f}", f"{cpu:.2f}", f"{peak:.0f}")
    row("R: file to figures, all analyses", f"{r_wall:.2f}", f"{r_cpu:.2f}", f"{r_peak:.0f}")
    for stage, seconds in theirs["seconds"].items():
        row(f"R: {stage}", f"{seconds:.2f}", "", "")
    computing = sum(seconds for stage, seconds in theirs["seconds"].items() if stage != "load")
    row("**R ÷ farr, loading included**", f"**{r_wall / wall:.1f}**", f"**{r_cpu / cpu:.1f}**", f"**{r_peak / peak:.1f}**")
    row("R without loading ÷ farr with it", f"{computing / wall:.1f}", "", "")
    print(f"\n{theirs['versions']}. {compare(figures_of_farr(folder / 'results'), theirs['figures'])}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--farr", default=os.environ.get("FARR", ROOT / "target/debug/farr"))
    parser.add_argument("--scratch", default=os.environ.get("FARR_BENCH", f"{tempfile.gettempdir()}/farr-bench"))
    parser.add_argument("--patients", type=int, default=10_000_000)
    parser.add_argument("--r-patients", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--full", action="store_true", help="give R as many patients as farr")
    parser.add_argument("--skip-r", action="store_true")
    parser.add_argument("--skip-example", action="store_true")
    options = parser.parse_args()
    farr = pathlib.Path(options.farr).resolve()
    if not farr.exists():
        sys.exit(f"{farr} does not exist: run `cargo build`, or say where farr is with --farr")
    scratch = pathlib.Path(options.scratch).resolve()
    scratch.mkdir(parents=True, exist_ok=True)

    print(f"# Measured on {platform.machine()}, {os.cpu_count()} cores")
    if not options.skip_example:
        small(farr, scratch, options.runs)
    heading("`farr run`, from the Parquet file to the report", "patients", "wall s", "CPU s", "peak MB")
    measured = large(farr, scratch, options.patients)
    wall, cpu, peak = measured
    row(f"{options.patients:,}", f"{wall:.2f}", f"{cpu:.2f}", f"{peak:.0f}")
    if options.skip_r:
        return
    if shutil.which("Rscript") is None:
        sys.exit("there is no Rscript on the path: --skip-r leaves R out")
    patients = options.patients if options.full else options.r_patients
    rivals(farr, scratch, patients, measured if patients == options.patients else None)


if __name__ == "__main__":
    main()

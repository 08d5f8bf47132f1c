#!/usr/bin/env python3
"""Times every clinical view, and the check of the data, over a simulated registry.

    benches/clinical.py [--farr PATH] [--scratch DIR] [--patients N] [--format parquet|csv]

1. `farr run` of a study whose population joins the views of response, pathology, scores, treatment, laboratory and end
   points to the patients, which runs every clinical view on the registry model once
   (but `regression_grade`, whose grades the simulated pathology has not).
2. `farr check` of the registry.

Other work on the same machine changes wall time and, less, CPU seconds; compare CPU seconds. Needs a built farr ($FARR
or --farr; target/debug/farr where absent). The registry stays in the scratch folder and is used again.
"""

import argparse
import os
import pathlib
import shutil
import tempfile

from run import ROOT, measure, note

VIEWS = {
    "recist_best": ["best_response", "confirmed_response"],
    "worst_tumour_response": ["pathological_response"],
    "blazer_response": ["mean_residual_percent"],
    "primary_side": ["primary_side"],
    "tnm_stage": ["stage_group"],
    "ras_status": ["ras_status"],
    "fong_score": ["fong_score"],
    "game_score": ["game_score"],
    "tumour_burden_score": ["tumour_burden_score"],
    "modified_clinical_score": ["modified_clinical_score"],
    "nordlinger_score": ["nordlinger_score"],
    "iwatsuki_grade": ["iwatsuki_grade"],
    "konopke_score": ["konopke_score"],
    "nagashima_score": ["nagashima_score"],
    "helsinki_score": ["helsinki_score"],
    "complete_response_ratio": ["complete_response_ratio_group"],
    "metastasis_timing": ["metastasis_timing"],
    "basingstoke_score": ["basingstoke_score"],
    "survival_endpoint": ["overall_survival_days", "died"],
}
# Views with several rows a patient, counted.
MANY = ["treatment_line", "treatment_drug", "laboratory_after", "blazer_tumour"]


def view(views):
    columns = [f"{name}.{column}" for name, chosen in views.items() for column in chosen]
    columns += [f"{name}_rows.n as {name}_n" for name in MANY]
    joins = [f"left join {name} on {name}.patient_id = patients.patient_id" for name in views]
    joins += [
        f"left join (select patient_id, count(*) as n from {name} group by patient_id) as {name}_rows "
        f"on {name}_rows.patient_id = patients.patient_id"
        for name in MANY
    ]
    return "select patients.patient_id, patients.sex,\n  " + ",\n  ".join(columns) + "\nfrom patients\n" + "\n".join(joins)


STUDY = """[study]
title = "Every clinical view"

[population]
view = "everyone"
id = "patient_id"

[variables.sex]
[variables.best_response]
[variables.fong_score]
kind = "category"

[[analyses]]
id = "table-1"
method = "baseline"
by = "sex"
variables = ["best_response", "fong_score"]
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--farr", default=os.environ.get("FARR", ROOT / "target/debug/farr"))
    default = os.environ.get("FARR_BENCH", pathlib.Path(tempfile.gettempdir()) / "farr-bench")
    parser.add_argument("--scratch", type=pathlib.Path, default=default)
    parser.add_argument("--patients", type=int, default=1_000_000)
    parser.add_argument("--format", default="parquet")
    given = parser.parse_args()
    scratch = pathlib.Path(given.scratch)
    folder = scratch / f"registry-{given.patients}-{given.format}"
    if not (folder / "study.toml").exists():
        note(f"simulating {given.patients:,} patients")
        shutil.rmtree(folder, ignore_errors=True)
        measure([given.farr, "simulate", "--model", "registry", "--format", given.format, "--patients", given.patients,
                 "-q", "-o", folder])
    study = scratch / f"clinical-{given.patients}-{given.format}"
    shutil.rmtree(study, ignore_errors=True)
    (study / "sql").mkdir(parents=True)
    (study / "registry").symlink_to((folder / "registry").resolve())
    (study / "study.toml").write_text(STUDY)
    (study / "sql/everyone.sql").write_text(view(VIEWS))
    print("|  | wall s | CPU s | peak MB |\n| --- | ---: | ---: | ---: |")
    rows = [("farr run, every clinical view", ["run", study, "-q"]), ("farr check", ["check", folder, "-q"])]
    for label, arguments in rows:
        # A check that asks about anything ends with 1.
        wall, cpu, peak = measure([given.farr, *arguments], (0, 1))
        print(f"| {label}, {given.patients:,} patients | {wall:.1f} | {cpu:.1f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()

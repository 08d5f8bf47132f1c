"""Follow-up of the flagship's registry on one day, worked out again with pandas and dateutil, and lifelines for the reverse
Kaplan-Meier median. Writes oracle/follow_up.json. Run from the root of the repository."""

import json
from collections import Counter

import lifelines
import pandas as pd
from dateutil.relativedelta import relativedelta
from lifelines import KaplanMeierFitter

FOLDER = "examples/crlm-pcr/registry/"
ON = pd.Timestamp("2020-06-30")
MONTHS = list(range(3, 25, 3)) + list(range(30, 61, 6))
TOLERANCE = pd.Timedelta(days=30)

operations = pd.read_csv(FOLDER + "operations.csv", parse_dates=["operation_date"])
visits = pd.read_csv(FOLDER + "follow_up.csv", parse_dates=["visit_date"]).drop_duplicates()
visits["dead"] = visits.status.str.strip().str.lower() == "dead"
start = operations.groupby("patient_id").operation_date.min()
start = start[start <= ON]

expected, made, missed, open_ = Counter(), Counter(), Counter(), Counter()
rows, due, overdue = [], 0, 0
for patient, begin in start.items():
    own = visits[(visits.patient_id == patient) & (visits.visit_date > begin) & (visits.visit_date <= ON)]
    dead = own[own.dead].visit_date.min()
    died = not pd.isna(dead)
    alive = own[~own.dead].visit_date
    if died:
        alive = alive[alive <= dead]
    last = dead if died else (alive.max() if len(alive) else begin)
    rows.append(((last - begin).days, (ON - begin).days, died))
    seen = alive.max() if len(alive) else begin
    late, is_open = False, False
    for month in MONTHS:
        day = begin + relativedelta(months=month)
        if ((alive >= day - TOLERANCE) & (alive <= day + TOLERANCE)).any():
            expected[month] += 1
            made[month] += 1
        elif died and dead <= day + TOLERANCE:
            continue
        elif day + TOLERANCE < ON:
            expected[month] += 1
            missed[month] += 1
            late |= day - TOLERANCE > seen
        elif day - TOLERANCE <= ON:
            open_[month] += 1
            is_open = True
    if not died:
        overdue += late
        due += is_open and not late

frame = pd.DataFrame(rows, columns=["observed", "potential", "died"])
reverse = KaplanMeierFitter().fit(frame.observed, ~frame.died)
whole = frame.potential.sum()
answer = {
    "versions": {"pandas": pd.__version__, "lifelines": lifelines.__version__},
    "patients": len(frame),
    "dead": int(frame.died.sum()),
    "observed_days": int(frame.observed.sum()),
    "potential_days": int(frame.observed.where(frame.died, frame.potential).sum()),
    "clark": float(frame.observed.sum() / frame.observed.where(frame.died, frame.potential).sum()),
    "simplified": float(frame.potential.where(frame.died, frame.observed).sum() / whole),
    "median_days": float(reverse.median_survival_time_),
    "due": int(due),
    "overdue": int(overdue),
    "visits": [[month, expected[month], made[month], missed[month], open_[month]] for month in MONTHS],
}
with open("oracle/follow_up.json", "w") as file:
    json.dump(answer, file, indent=1)
    file.write("\n")

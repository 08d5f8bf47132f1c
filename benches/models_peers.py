#!/usr/bin/env python3
"""One model of benches/models.py in lifelines or statsmodels: models_peers.py PATIENTS.csv MODEL. Prints JSON."""

import json
import sys
import time

import pandas

start = time.perf_counter()
d = pandas.read_csv(sys.argv[1])
factors, numbers = [f"c{index}" for index in range(1, 8)], [f"x{index}" for index in range(1, 4)]
columns = pandas.get_dummies(d[factors], drop_first=True, dtype=float).join(d[numbers])
load = time.perf_counter() - start
start = time.perf_counter()
if sys.argv[2] == "lifelines_cox":
    from lifelines import CoxPHFitter

    table = columns.assign(time=d["time"], event=d["event"])
    beta = CoxPHFitter().fit(table, "time", "event").params_["x1"]
elif sys.argv[2] == "statsmodels_logistic":
    import statsmodels.api as sm

    beta = sm.Logit(d["y"], sm.add_constant(columns)).fit(disp=0).params["x1"]
elif sys.argv[2] == "statsmodels_cox":
    import statsmodels.api as sm

    beta = sm.PHReg(d["time"], columns, status=d["event"], ties="efron").fit().params[list(columns).index("x1")]
else:
    sys.exit(f"no such model: {sys.argv[2]}")
print(json.dumps({"load": load, "fit": time.perf_counter() - start, "x1": repr(float(beta))}))

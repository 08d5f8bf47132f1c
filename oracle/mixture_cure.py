"""Reference figures of the mixture cure model: python3 oracle/mixture_cure.py, from the root of the repository.

Writes oracle/mixture_cure.json, oracle/data/mixture_cure_nwtco.csv (from R's survival package) and two files of patients who
come under observation late, chosen by their row of gbsg and colon from those who are still followed then. The likelihood is
written from its definition in the coefficients of log time, log sigma and the log odds of being cured; its derivatives
are carried along by second-order jets in 30 digits (mpmath 1.3). scipy searches from many places in double precision,
Newton's method ends the search.
"""
import csv
import hashlib
import itertools
import json
import subprocess
import sys

import mpmath as mp
import numpy as np
import scipy
from scipy import optimize, special

mp.mp.dps = 30
Z95 = mp.sqrt(2) * mp.erfinv(mp.mpf("0.95"))
PAIRS = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
LAWS = ["exponential", "weibull", "lognormal", "loglogistic"]


class Jet:
    """A function of three variables: its value, gradient and Hessian."""

    def __init__(self, v, g=(0, 0, 0), h=(0,) * 6):
        self.v, self.g, self.h = v, list(g), list(h)

    def map(self, f0, f1, f2):
        g = [f1 * a for a in self.g]
        h = [f1 * b + f2 * self.g[i] * self.g[j] for b, (i, j) in zip(self.h, PAIRS)]
        return Jet(f0, g, h)

    def __add__(self, other):
        if not isinstance(other, Jet):
            return Jet(self.v + other, self.g, self.h)
        return Jet(self.v + other.v, [a + b for a, b in zip(self.g, other.g)], [a + b for a, b in zip(self.h, other.h)])

    def __sub__(self, other):
        return self + other.scale(-1)

    def scale(self, k):
        return Jet(k * self.v, [k * a for a in self.g], [k * a for a in self.h])

    def __mul__(self, other):
        g = [a * other.v + self.v * b for a, b in zip(self.g, other.g)]
        h = [a * other.v + self.v * b + self.g[i] * other.g[j] + self.g[j] * other.g[i]
             for a, b, (i, j) in zip(self.h, other.h, PAIRS)]
        return Jet(self.v * other.v, g, h)

    def exp(self):
        e = mp.exp(self.v)
        return self.map(e, e, e)

    def log(self):
        return self.map(mp.log(self.v), 1 / self.v, -1 / self.v ** 2)


def log_survival(law, y):
    if law in ("exponential", "weibull"):
        return y.exp().scale(-1)
    if law == "loglogistic":
        return (y.exp() + 1).log().scale(-1)
    s = mp.erfc(y.v / mp.sqrt(2)) / 2
    hazard = mp.npdf(y.v) / s
    return y.map(mp.log(s), -hazard, -hazard * (hazard - y.v))


def log_density(law, y):
    """Of the standardised log time."""
    if law in ("exponential", "weibull"):
        return y - y.exp()
    if law == "loglogistic":
        return y - (y.exp() + 1).log().scale(2)
    return (y * y).scale(mp.mpf(-1) / 2) + (-mp.log(2 * mp.pi) / 2)


def row_jet(law, log_time, log_entry, event, a, m, tau):
    """Log-likelihood of one patient in the log odds of cure, the location and log sigma."""
    a, m, tau = Jet(a, (1, 0, 0)), Jet(m, (0, 1, 0)), Jet(tau, (0, 0, 1))
    standard = lambda log: (Jet(log) - m) * tau.scale(-1).exp()
    uncured = (a.exp() + 1).log().scale(-1)
    free = lambda log: (a.exp() + log_survival(law, standard(log)).exp()).log() + uncured
    if event:
        told = uncured + log_density(law, standard(log_time)) - tau + (-log_time)
    else:
        told = free(log_time)
    return told if log_entry is None else told - free(log_entry)


class Data:
    def __init__(self, path, terms, cured_terms, levels):
        with open("oracle/" + path, encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        used = ["time", "event"] + terms + cured_terms
        rows = [row for row in rows if all(row[name] not in ("", "NA") for name in used)]
        self.rows, self.levels = rows, levels
        self.names_x, x = self.matrix(terms)
        self.names_z, z = self.matrix(cured_terms)
        counts = {}
        for row, own_x, own_z in zip(rows, x, z):
            key = (row["time"], row["event"], own_x, own_z, row.get("entry", "0"))
            counts[key] = counts.get(key, 0) + 1
        self.keys = list(counts)
        self.n = [counts[key] for key in self.keys]
        self.time = [mp.mpf(key[0]) for key in self.keys]
        self.event = [key[1] == "1" for key in self.keys]
        self.entry = [mp.mpf(key[4]) for key in self.keys]
        self.late = any(self.entry)
        self.x = [[mp.mpf(1)] + [mp.mpf(v) for v in key[2]] for key in self.keys]
        self.z = [[mp.mpf(1)] + [mp.mpf(v) for v in key[3]] for key in self.keys]
        self.total = sum(self.n)
        self.first = ([mp.mpf(1)] + [mp.mpf(v) for v in x[0]], [mp.mpf(1)] + [mp.mpf(v) for v in z[0]])

    def matrix(self, terms):
        names, columns = [], []
        for term in terms:
            levels = self.levels.get(term)
            if levels is None:
                names.append((term, None))
                columns.append([row[term] for row in self.rows])
            else:
                for level in levels[1:]:
                    names.append((term, level))
                    columns.append(["1" if row[term] == level else "0" for row in self.rows])
        return names, list(zip(*columns)) if columns else [()] * len(self.rows)


class Model:
    """Parameters: gamma (q), beta (k), log sigma (none under an exponential law)."""

    def __init__(self, data, law, cured=True):
        self.data, self.law = data, law
        self.q = len(data.z[0]) if cured else 0
        self.k = len(data.x[0])
        self.p = self.q + self.k + (law != "exponential")
        self.doubles = None

    def parts(self, theta):
        return theta[:self.q], theta[self.q:self.q + self.k], theta[-1] if self.p > self.q + self.k else mp.mpf(0)

    def evaluate(self, theta):
        gamma, beta, tau = self.parts(theta)
        d, p, q, k = self.data, self.p, self.q, self.k
        value, score, hessian = mp.mpf(0), [mp.mpf(0)] * p, [[mp.mpf(0)] * p for _ in range(p)]
        for i, time in enumerate(d.time):
            a = mp.fdot(gamma, d.z[i]) if q else mp.mpf(-10) ** 3
            m = mp.fdot(beta, d.x[i])
            log_entry = mp.log(d.entry[i]) if d.entry[i] else None
            jet = row_jet(self.law, mp.log(time), log_entry, d.event[i], a, m, tau)
            value += d.n[i] * jet.v
            vector = [(0, v) for v in d.z[i]][:q] + [(1, v) for v in d.x[i]] + [(2, mp.mpf(1))] * (p - q - k)
            h = {}
            for (r, s), own in zip(PAIRS, jet.h):
                h[r, s] = h[s, r] = own
            for s, (block, v) in enumerate(vector):
                score[s] += d.n[i] * jet.g[block] * v
                for t in range(s, p):
                    other, w = vector[t]
                    hessian[s][t] += d.n[i] * h[block, other] * v * w
        for s, t in itertools.combinations(range(p), 2):
            hessian[t][s] = hessian[s][t]
        return value, mp.matrix(score), mp.matrix(hessian)

    def negative(self, theta):
        """Minus the log-likelihood in double precision; a large number where there is none."""
        d, q, k = self.data, self.q, self.k
        if self.doubles is None:
            self.doubles = (np.array([float(mp.log(t)) for t in d.time]),
                            np.array([float(mp.log(t)) if t else -1e3 for t in d.entry]),
                            np.array(d.event), np.array(d.n, float), np.array(d.x, float), np.array(d.z, float))
        log_time, log_entry, event, n, x, z = self.doubles
        a = z @ theta[:q] if q else np.full(len(n), -1e3)
        tau = theta[-1] if self.p > q + k else 0.0
        y = (log_time - x @ theta[q:q + k]) * np.exp(-tau)
        before = (log_entry - x @ theta[q:q + k]) * np.exp(-tau)
        with np.errstate(over="ignore"):
            if self.law in ("exponential", "weibull"):
                s, f = -np.exp(np.minimum(y, 50)), y - np.exp(np.minimum(y, 50))
                e = -np.exp(np.minimum(before, 50))
            elif self.law == "loglogistic":
                s, f = -np.logaddexp(0, y), y - 2 * np.logaddexp(0, y)
                e = -np.logaddexp(0, before)
            else:
                s, f = special.log_ndtr(-y), -0.5 * y * y - 0.5 * np.log(2 * np.pi)
                e = special.log_ndtr(-before)
        entered = np.logaddexp(a, e) - np.logaddexp(0, a)
        own = np.where(event, f - tau - log_time, np.logaddexp(a, s)) - np.logaddexp(0, a) - entered
        total = -(n @ own)
        return total if np.isfinite(total) else 1e12

    def rough(self):
        """Double precision, many starts."""
        d, q, k = self.data, self.q, self.k
        log_time, n = np.array([float(mp.log(t)) for t in d.time]), np.array(d.n, float)
        x, z = np.array(d.x, float), np.array(d.z, float)
        scale_x, scale_z = np.maximum(abs(x).max(0), 1e-300), np.maximum(abs(z).max(0), 1e-300)
        scale = np.concatenate([scale_z if q else [], scale_x, np.ones(self.p - q - k)])
        negative = lambda theta: self.negative(theta / scale)

        best = None
        for share, spread in itertools.product([-2.0, -0.5, 1.0], [-0.5, 0.2]):
            if not q and share > -2:
                continue
            start = np.zeros(self.p)
            if q:
                start[0] = share * scale_z[0]
            start[q] = np.average(log_time, weights=n)
            if self.p > q + k:
                start[-1] = spread
            found = optimize.minimize(negative, start, method="BFGS", options={"maxiter": 3000, "gtol": 1e-7})
            found = optimize.minimize(negative, found.x, method="BFGS", options={"maxiter": 3000, "gtol": 1e-8})
            if best is None or found.fun < best.fun:
                best = found
        return [mp.mpf(float(v)) for v in best.x / scale]

    def fit(self):
        theta = mp.matrix(self.rough())
        for _ in range(12):
            value, score, hessian = self.evaluate(list(theta))
            step = mp.lu_solve(-hessian, score)
            theta += step
            if mp.norm(step) < mp.mpf(10) ** -14:
                break
        value, score, hessian = self.evaluate(list(theta))
        assert mp.norm(mp.lu_solve(-hessian, score)) < mp.mpf(10) ** -20, self.law
        assert min(mp.eigsy(-hessian, eigvals_only=True)) > 0
        return list(theta), value, (-hessian) ** -1


def quadratic(gradient, covariance):
    g = mp.matrix(gradient)
    return mp.sqrt((g.T * covariance * g)[0])


def pair(value, error):
    return [float(value), float(error)]


def expit(a):
    return 1 / (1 + mp.exp(-a))


def kaplan_meier_end(data):
    times = sorted(set(data.time))
    survival = mp.mpf(1)
    of = {}
    for time, event, n in zip(data.time, data.event, data.n):
        own = of.setdefault(time, [0, 0])
        own[0 if event else 1] += n
    for time in times:
        at_risk = sum(n for t, e, n in zip(data.time, data.entry, data.n) if e < time <= t)
        survival *= mp.mpf(at_risk - of[time][0]) / at_risk
    last_event, longest = max(t for t in times if of[t][0]), times[-1]
    count = sum(own[0] for t, own in of.items() if 2 * last_event - longest < t <= last_event)
    return {"last_event": float(last_event), "longest": float(longest), "n": count, "of": data.total,
            "alpha": None if data.late else float((1 - mp.mpf(count) / data.total) ** data.total),
            "plateau": float(survival)}


def of_ratio(law, theta, v, at, shape):
    """The logarithms of a time ratio and of the hazard ratio that belongs to it."""
    sigma = mp.exp(theta[-1]) if shape else mp.mpf(1)
    figure = {"beta": float(theta[at]), "std_error": float(mp.sqrt(v[at, at])), "hazard": None}
    if law in ("exponential", "weibull"):
        gradient = [0] * len(theta)
        gradient[at] = -1 / sigma
        if shape:
            gradient[-1] = theta[at] / sigma
        figure["hazard"] = {"beta": float(-theta[at] / sigma), "std_error": float(quadratic(gradient, v))}
    return figure


def seen_late(path, late, every, reach):
    """Patients of a file of whom some come under observation late; who has left by then is never seen. `reach` is the
    latest entry; each `every`th patient enters at 0, or nobody does where that is 0."""
    with open("oracle/" + path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    seen = []
    for i, row in enumerate(rows):
        entry = 0 if every and i % every == 0 else (1 + i * 37 % 97) * reach // 97
        if float(row["time"]) > entry:
            seen.append({"entry": entry, **row})
    with open("oracle/" + late, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(seen[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(seen)
    return late


def case(name, path, law, terms, cured_terms, levels, names):
    data = Data(path, terms, cured_terms, levels)
    model = Model(data, law)
    theta, value, v = model.fit()
    q, k, p = model.q, model.k, model.p
    gamma, beta, tau = model.parts(theta)
    sigma, shape = mp.exp(tau), p > q + k
    se = [mp.sqrt(v[i, i]) for i in range(p)]
    print(name, law, [mp.nstr(t, 8) for t in theta], mp.nstr(value, 12), file=sys.stderr)
    odds = [{"term": t, "level": l, "beta": float(theta[i + 1]), "std_error": float(se[i + 1])}
            for i, (t, l) in enumerate(data.names_z)]
    ratios = [{"term": t, "level": l, **of_ratio(law, theta, v, q + 1 + i, shape)}
              for i, (t, l) in enumerate(data.names_x)]
    # The mean share of all patients.
    share, gradient = mp.mpf(0), [mp.mpf(0)] * p
    for n, z in zip(data.n, data.z):
        c = expit(mp.fdot(gamma, z))
        share += mp.mpf(n) / data.total * c
        for i, value_z in enumerate(z):
            gradient[i] += mp.mpf(n) / data.total * c * (1 - c) * value_z
    # The first patient, at the time by which two fifths of all follow-up times have passed.
    x, z = data.first
    times = sorted(t for t, n in zip(data.time, data.n) for _ in range(n))
    at = times[len(times) * 2 // 5]
    standard = {"lognormal": lambda s: -mp.sqrt(2) * mp.erfinv(2 * s - 1), "loglogistic": lambda s: mp.log(1 / s - 1)}
    half = standard.get(law, lambda s: mp.log(-mp.log(s)))(mp.mpf(1) / 2)
    log_median = mp.fdot(beta, x) + sigma * half
    of_median = [0] * q + x + ([sigma * half] if shape else [])
    own = expit(mp.fdot(gamma, z))
    y = (mp.log(at) - mp.fdot(beta, x)) / sigma
    jet = log_survival(law, Jet(y, (1, 0, 0)))
    below = mp.exp(jet.v)
    survival = own + (1 - own) * below
    slope = (1 - own) * below * jet.g[0]
    of_survival = [own * (1 - own) * (1 - below) * value_z for value_z in z] + [-slope / sigma * value_x for value_x in x]
    of_survival += [-slope * y] if shape else []
    survival_se = quadratic(of_survival, v)
    # At the end of follow-up.
    longest = max(data.time)
    left, uncured, all_left = mp.mpf(0), mp.mpf(0), mp.mpf(0)
    for n, own_x, own_z in zip(data.n, data.x, data.z):
        c = expit(mp.fdot(gamma, own_z))
        s = mp.exp(log_survival(law, Jet((mp.log(longest) - mp.fdot(beta, own_x)) / sigma)).v)
        left, uncured, all_left = left + n * (1 - c) * s, uncured + n * (1 - c), all_left + n * (c + (1 - c) * s)
    figures = {
        "name": name, "law": law, "terms": terms, "cured_terms": cured_terms, "odds": odds, "ratios": ratios,
        "log_likelihood": float(value), "aic": float(2 * p - 2 * value),
        "bic": float(p * mp.log(data.total) - 2 * value), "intercept": pair(beta[0], se[q]),
        "scale": pair(sigma, se[-1] if shape else 0), "share": pair(share, quadratic(gradient, v)), "at": float(at),
        "first": {t: data.rows[0][t] if t in levels else float(data.rows[0][t])
                  for t in dict.fromkeys(cured_terms + terms)},
        "first_share": pair(own, quadratic([own * (1 - own) * value_z for value_z in z] + [0] * (p - q), v)),
        "first_median": pair(mp.exp(log_median), quadratic(of_median, v)),
        "first_survival": pair(survival, survival_se),
        "uncured_ratio": float((left / uncured) / (all_left / data.total)), "end": kaplan_meier_end(data),
    }
    if data.late or not cured_terms:
        alone, without, v = Model(data, law, cured=False).fit()
    if not cured_terms:
        statistic = 2 * (value - without)
        figures["presence"] = [float(statistic), float(mp.erfc(mp.sqrt(statistic / 2)) / 2)]
    if data.late:
        # The law of all patients, nobody cured.
        figures["alone"] = {"log_likelihood": float(without), "ratios": [
            {"term": t, "level": l, **of_ratio(law, alone, v, i + 1, shape)} for i, (t, l) in enumerate(data.names_x)]}
    with open("oracle/" + path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    described = [{"name": column, "levels": levels.get(column)} for column in names]
    figures["data"] = {"file": path, "columns": described, "sha256": digest}
    return figures


def main():
    subprocess.run(["Rscript", "-e", """
        suppressPackageStartupMessages(library(survival))
        d <- with(nwtco, data.frame(time = edrel, event = rel, histol, stage, age = age))
        write.csv(d, "oracle/data/mixture_cure_nwtco.csv", row.names = FALSE, quote = FALSE)
    """], check=True)
    nwtco, gbsg, colon = "data/mixture_cure_nwtco.csv", "data/parametric_gbsg.csv", "data/parametric_colon.csv"
    nwtco_levels = {"histol": ["1", "2"], "stage": ["1", "2", "3", "4"]}
    gbsg_levels = {"hormon": ["0", "1"], "grade": ["1", "2", "3"]}
    colon_levels = {"rx": ["Obs", "Lev", "Lev_5FU"]}
    nwtco_names = ["time", "event", "histol", "stage", "age"]
    gbsg_names = ["time", "event", "hormon", "age", "grade", "nodes", "er"]
    colon_names = ["time", "event", "rx", "age", "nodes"]
    # Under an exponential law nobody of gbsg is cured: there is no maximum to compare.
    cases = [case("gbsg", gbsg, law, [], [], gbsg_levels, gbsg_names) for law in LAWS[1:]]
    for law in LAWS:
        cases.append(case("gbsg terms", gbsg, law, ["grade", "nodes"], ["hormon"], gbsg_levels, gbsg_names))
        cases.append(case("colon terms", colon, law, ["rx", "nodes"], ["rx", "nodes"], colon_levels, colon_names))
    cases.append(case("nwtco", nwtco, "weibull", [], [], nwtco_levels, nwtco_names))
    cases.append(case("nwtco terms", nwtco, "weibull", ["histol"], ["histol", "stage", "age"], nwtco_levels, nwtco_names))
    late_gbsg = seen_late(gbsg, "data/mixture_cure_late_gbsg.csv", 4, 30)
    late_colon = seen_late(colon, "data/mixture_cure_late_colon.csv", 0, 700)
    late_names = lambda names: ["entry"] + names
    cases.append(case("gbsg entered late", late_gbsg, "weibull", [], [], gbsg_levels, late_names(gbsg_names)))
    cases.append(case("gbsg entered late", late_gbsg, "lognormal", [], [], gbsg_levels, late_names(gbsg_names)))
    for law in LAWS:
        cases.append(case("gbsg terms entered late", late_gbsg, law, ["grade", "nodes"], ["hormon"], gbsg_levels,
                          late_names(gbsg_names)))
        cases.append(case("colon terms entered late", late_colon, law, ["rx", "nodes"], ["rx", "nodes"], colon_levels,
                          late_names(colon_names)))
    versions = {"python": sys.version.split()[0], "mpmath": mp.__version__, "scipy": scipy.__version__,
                "digits": mp.mp.dps}
    with open("oracle/mixture_cure.json", "w", encoding="utf-8") as file:
        json.dump({"versions": versions, "cases": cases}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()

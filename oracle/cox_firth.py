"""Reference figures of Firth's penalized Cox regression: python3 oracle/cox_firth.py, from the root of the repository.

Writes oracle/cox_firth.json and oracle/data/cox_firth_*.csv. Everything is computed with 40 digits from the definition:
the partial likelihood and its information are sums over the listed patients at risk at each event, the penalty's
derivatives are differences, and limits are roots. mpmath 1.3.
"""
import csv
import hashlib
import json
import sys

import mpmath as mp

mp.mp.dps = 40
SIMPLE = mp.mpf(10) ** -12


def read(path, rows):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))[:rows]


def columns_of(rows, terms):
    """Each term as numbers, or as its levels against the first."""
    columns = []
    for name, levels in terms:
        if levels is None:
            columns.append((name, None, [mp.mpf(row[name]) for row in rows]))
        else:
            for level in levels[1:]:
                columns.append((name, level, [mp.mpf(row[name] == level) for row in rows]))
    return columns


def determinant(matrix):
    return mp.det(mp.matrix(matrix))


class Model:
    def __init__(self, rows, terms, ties, stratum):
        self.columns = columns_of(rows, terms)
        self.p = len(self.columns)
        means = [mp.fsum(values) / len(rows) for _, _, values in self.columns]
        self.x = [[values[i] - mean for (_, _, values), mean in zip(self.columns, means)] for i in range(len(rows))]
        self.time = [mp.mpf(row["time"]) for row in rows]
        self.entry = [mp.mpf(row["entry"]) if "entry" in row else mp.mpf(-1) for row in rows]
        self.event = [row["event"] == "1" for row in rows]
        strata = [row[stratum] if stratum else "" for row in rows]
        self.sets = []
        for s in sorted(set(strata)):
            for t in sorted({self.time[i] for i in range(len(rows)) if self.event[i] and strata[i] == s}):
                risk = [i for i in range(len(rows)) if strata[i] == s and self.entry[i] < t <= self.time[i]]
                self.sets.append((risk, [i for i in risk if self.time[i] == t and self.event[i]]))
        self.ties = ties

    def plain(self, beta):
        """Log-likelihood and information."""
        p = self.p
        value, information = mp.mpf(0), [[mp.mpf(0)] * p for _ in range(p)]
        r = [mp.exp(mp.fdot(x, beta)) for x in self.x]
        for risk, dead in self.sets:
            value += mp.fsum(mp.fdot(self.x[i], beta) for i in dead)
            sums = {}
            for name, members in (("all", risk), ("dead", dead)):
                sums[name] = (
                    mp.fsum(r[i] for i in members),
                    [mp.fsum(r[i] * self.x[i][a] for i in members) for a in range(p)],
                    [[mp.fsum(r[i] * self.x[i][a] * self.x[i][b] for i in members) for b in range(a + 1)]
                     for a in range(p)])
            for k in range(len(dead)):
                share = mp.mpf(k) / len(dead) if self.ties == "efron" else mp.mpf(0)
                total = sums["all"][0] - share * sums["dead"][0]
                value -= mp.log(total)
                mean = [(sums["all"][1][a] - share * sums["dead"][1][a]) / total for a in range(p)]
                for a in range(p):
                    for b in range(a + 1):
                        second = (sums["all"][2][a][b] - share * sums["dead"][2][a][b]) / total - mean[a] * mean[b]
                        information[a][b] += second
                        if a != b:
                            information[b][a] += second
        return value, information

    def value(self, beta):
        value, information = self.plain(beta)
        return value + mp.log(determinant(information)) / 2

    def gradient(self, beta, free):
        def moved(k, h):
            return [b + (h if j == k else 0) for j, b in enumerate(beta)]
        return [(self.value(moved(k, SIMPLE)) - self.value(moved(k, -SIMPLE))) / (2 * SIMPLE) for k in free]

    def maximise(self, beta, free):
        """Newton's method with the information for the curvature, until the step is below 13 digits."""
        beta = list(beta)
        if not free:
            return beta, self.value(beta)
        for _ in range(200):
            score = mp.matrix(self.gradient(beta, free))
            _, information = self.plain(beta)
            part = mp.matrix([[information[a][b] for b in free] for a in free])
            step = mp.lu_solve(part, score)
            for k, s in zip(free, step):
                beta[k] += max(min(s, mp.mpf(2)), mp.mpf(-2))
            if max(abs(s) * mp.sqrt(part[j, j]) for j, s in enumerate(step)) < mp.mpf(10) ** -13:
                return beta, self.value(beta)
        raise RuntimeError("no convergence")


def number(value):
    return float(mp.nstr(value, 20))


def chi_squared(statistic, df):
    return {"statistic": number(statistic), "df": df,
            "p_value": number(mp.gammainc(mp.mpf(df) / 2, statistic / 2, mp.inf, regularized=True))}


def case(name, rows, terms, ties, stratum=None):
    path = "data/cox_firth_" + name.split(" ")[0] + ".csv"
    names = list(rows[0])
    with open("oracle/" + path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    levels = dict(terms)
    if stratum:
        levels[stratum] = sorted({row[stratum] for row in rows})
    model = Model(rows, terms, ties, stratum)
    p = model.p
    every = list(range(p))
    beta, best = model.maximise([mp.mpf(0)] * p, every)
    _, information = model.plain(beta)
    covariance = mp.inverse(mp.matrix(information))
    quantile = 2 * mp.erfinv(mp.mpf("0.95")) ** 2
    figures = []
    for k, (term, level, _) in enumerate(model.columns):
        others = [j for j in every if j != k]
        error = mp.sqrt(covariance[k, k])

        def deviance(at):
            start = [b + (at - beta[k]) * covariance[j, k] / covariance[k, k] for j, b in enumerate(beta)]
            return 2 * (best - model.maximise(start, others)[1]) - quantile

        def limit(sign):
            near, far = beta[k] + sign * error, beta[k] + sign * 3 * error
            while deviance(far) < 0:
                near, far = far, far + sign * 2 * error
            return mp.findroot(deviance, (near, far), solver="anderson", tol=mp.mpf(10) ** -20, maxsteps=80, verify=False)

        at_zero = model.maximise([b if j != k else mp.mpf(0) for j, b in enumerate(beta)], others)[1]
        figures.append({
            "term": term, "level": level, "beta": number(beta[k]), "std_error": number(error),
            "profile": [number(limit(-1)), number(limit(1))], "test": chi_squared(2 * (best - at_zero), 1),
        })
        print(name, ties, term, level, mp.nstr(beta[k], 8), file=sys.stderr)
    null = model.value([mp.mpf(0)] * p)
    described = [{"name": column, "levels": levels.get(column)} for column in names]
    with open("oracle/" + path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    options = 'strata = ["%s"]' % stratum if stratum else ""
    return {"name": name, "ties": ties, "options": options, "terms": [term for term, _ in terms],
            "data": {"file": path, "columns": described, "sha256": digest}, "columns": figures,
            "log_likelihood": number(best), "null_log_likelihood": number(null),
            "likelihood_ratio": chi_squared(2 * (best - null), p)}


def main():
    veteran = read("oracle/data/cox_extensions_veteran.csv", 137)[::3]
    veteran = [{key: row[key] for key in ("time", "event", "trt", "karno", "celltype")} for row in veteran]
    for row in veteran:
        row["celltype"] = "small" if row["celltype"] in ("smallcell", "adeno") else "large"
    heart = read("oracle/data/cox_extensions_heart.csv", 40)
    heart = [{key: row[key] for key in ("entry", "time", "event", "age", "transplant")} for row in heart]
    # Nobody with z has the event: without a penalty its ratio is 0.
    separated = [
        {"time": str(3 + i * 7 % 10), "event": "0" if i % 4 == 1 or i % 5 == 0 else "1", "z": "yes" if i % 4 == 1 else "no",
         "age": str(40 + i * 13 % 29)} for i in range(24)]
    trt, karno, celltype = ("trt", ["1", "2"]), ("karno", None), ("celltype", ["small", "large"])
    cases = []
    for ties in ("efron", "breslow"):
        cases.append(case("veteran", veteran, [trt, karno, celltype], ties))
        cases.append(case("veteran strata", veteran, [trt, karno], ties, "celltype"))
        cases.append(case("heart", heart, [("age", None), ("transplant", ["0", "1"])], ties))
        cases.append(case("separated", separated, [("z", ["no", "yes"]), ("age", None)], ties))
    with open("oracle/cox_firth.json", "w", encoding="utf-8") as file:
        json.dump({"versions": {"python": sys.version.split()[0], "mpmath": mp.__version__, "digits": mp.mp.dps},
                   "cases": cases}, file, indent=1)
        file.write("\n")


main()

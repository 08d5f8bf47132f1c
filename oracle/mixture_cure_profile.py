"""Profile limits of the mixture cure model: python3 oracle/mixture_cure_profile.py, from the root of the repository, after
oracle/mixture_cure.py, whose likelihood and data it uses. Writes oracle/mixture_cure_profile.json.

The limits of g(theta), a coefficient or the logarithm of a hazard ratio, are where the largest log-likelihood under
g = limit lies half the 95% quantile of chi-squared below the maximum. They are found without any search: Newton's method
in 30 digits solves gradient = lambda * gradient of g together with log-likelihood = target, on from ever wider limits.

Under an exponential law some limits of gbsg lie where nobody of a level is cured, at log odds of -infinity. The likelihood
there is that of a model in which those of the level have the event some day (class Border). A value of g is within the limits
where any of these models is likely enough, so that the widest limits of all of them are the limits; that the shares of 0
could not rise is shown by the slope of the likelihood in them.
"""
import copy
import itertools
import json
import sys

import mpmath as mp
import numpy as np
import scipy
from scipy import optimize

from mixture_cure import LAWS, Z95, Data, Model


class Coefficient:
    def __init__(self, at):
        self.at = at

    def evaluate(self, theta):
        p = len(theta)
        gradient = mp.zeros(p, 1)
        gradient[self.at] = 1
        return theta[self.at], gradient, mp.zeros(p, p)


class LogHazardRatio:
    """-beta / sigma; the last parameter is log sigma where the law has a shape."""

    def __init__(self, at, shape):
        self.at, self.shape = at, shape

    def evaluate(self, theta):
        p = len(theta)
        scale = mp.exp(-theta[p - 1]) if self.shape else mp.mpf(1)
        gradient, hessian = mp.zeros(p, 1), mp.zeros(p, p)
        gradient[self.at] = -scale
        if self.shape:
            gradient[p - 1] = theta[self.at] * scale
            hessian[self.at, p - 1] = hessian[p - 1, self.at] = scale
            hessian[p - 1, p - 1] = -theta[self.at] * scale
        return -theta[self.at] * scale, gradient, hessian


STEPS = 4


def limit(model, fitted, of, sign, width=Z95, at_end=None, otherwise=None):
    """From the maximum of a model to where the log-likelihood is width^2 / 2 less; `at_end` is given the parameters there, and
    `otherwise` says what is so where the search fails."""
    theta, largest, v = mp.matrix(fitted[0]), fitted[1], fitted[2]
    p = len(theta)
    _, g1, _ = of.evaluate(theta)
    std_error = mp.sqrt((g1.T * v * g1)[0])
    # How the other parameters go with g, where the likelihood is largest.
    tangent = v * g1 / std_error ** 2
    for step in range(1, STEPS + 1):
        z = width * step / STEPS
        theta = theta + sign * width / STEPS * std_error * tangent
        multiplier = -sign * z / std_error
        for _ in range(40):
            value, score, hessian = model.evaluate(list(theta))
            g, g1, g2 = of.evaluate(theta)
            residual = mp.matrix(list(score - multiplier * g1) + [value - (largest - z ** 2 / 2)])
            within = hessian - multiplier * g2
            jacobian = mp.zeros(p + 1, p + 1)
            for i in range(p):
                for j in range(p):
                    jacobian[i, j] = within[i, j]
                jacobian[i, p], jacobian[p, i] = -g1[i], score[i]
            move = mp.lu_solve(jacobian, -residual)
            scaled = max(abs(move[i]) / mp.sqrt(v[i, i]) for i in range(p))
            damped = min(mp.mpf(1), 1 / scaled)
            theta += damped * move[:p]
            multiplier += damped * move[p]
            if scaled < (mp.mpf(10) ** -12 if step == STEPS else mp.mpf("0.1")):
                break
        else:
            return (otherwise or beyond)(model, fitted, of, sign)
        tangent = mp.lu_solve(within, g1)
        tangent = tangent / (g1.T * tangent)[0]
    value, score, _ = model.evaluate(list(theta))
    g, g1, _ = of.evaluate(theta)
    assert abs(value - (largest - width ** 2 / 2)) < mp.mpf(10) ** -20
    assert all(abs(own) * mp.sqrt(v[i, i]) < mp.mpf(10) ** -15 for i, own in enumerate(score - multiplier * g1))
    if at_end:
        at_end(list(theta))
    return g


class Border:
    """The model in which nobody is cured at some levels of the only factor of the incidence. Parameters: the log odds of the
    other levels, then beta of an exponential law."""

    def __init__(self, data, nobody):
        levels = sorted({tuple(z) for z in data.z})
        self.cured = [z for at, z in enumerate(levels) if at not in nobody]
        own = lambda z: [mp.mpf(int(tuple(z) == level)) for level in self.cured]
        inside = [tuple(z) in self.cured for z in data.z]
        self.uncured = [z for at, z in enumerate(levels) if at in nobody]
        self.some, self.none = part(data, inside, own), part(data, [not own for own in inside], lambda z: list(z))
        self.q = len(self.cured)
        self.models = [(Model(self.some, "exponential"), 0)] if self.cured else []
        self.models.append((Model(self.none, "exponential", cured=False), self.q))
        self.p = self.q + len(data.x[0])

    def evaluate(self, theta):
        value, score, hessian = mp.mpf(0), mp.zeros(self.p, 1), mp.zeros(self.p, self.p)
        for model, skip in self.models:
            own, slope, bend = model.evaluate(list(theta)[skip:])
            value += own
            for i in range(model.p):
                score[skip + i] += slope[i]
                for j in range(model.p):
                    hessian[skip + i, skip + j] += bend[i, j]
        return value, score, hessian

    def fit(self, whole, q):
        """The maximum, from that of the whole model."""
        theta = mp.matrix([mp.fdot(whole[:q], z) for z in self.cured] + list(whole[q:]))
        for _ in range(60):
            value, score, hessian = self.evaluate(theta)
            move = mp.lu_solve(-hessian, score)
            theta += move * min(mp.mpf(1), 1 / mp.norm(move))
            if mp.norm(move) < mp.mpf(10) ** -20:
                break
        assert min(mp.eigsy(-hessian, eigvals_only=True)) > 0
        return list(theta), value, (-hessian) ** -1

    def slopes(self, theta):
        """Of the log-likelihood in each share that is 0."""
        found = {}
        for i, time in enumerate(self.none.time):
            rate = mp.exp(-mp.fdot(theta[self.q:], self.none.x[i]))
            slope = -1 if self.none.event[i] else mp.expm1(rate * time)
            z = tuple(self.none.z[i])
            found[z] = found.get(z, mp.mpf(0)) + self.none.n[i] * slope
        return list(found.values())


def part(data, keep, z):
    """Some of the patients."""
    own = copy.copy(data)
    for name in ("keys", "n", "time", "event", "entry", "x"):
        setattr(own, name, [value for value, kept in zip(getattr(data, name), keep) if kept])
    own.z = [z(value) for value, kept in zip(data.z, keep) if kept]
    own.total = sum(own.n)
    return own


def widest(data, fitted, q, of, sign):
    """The limit of a coefficient of the latency: the widest of those of the model and of the models of the border."""
    target = fitted[1] - Z95 ** 2 / 2
    levels = len({tuple(z) for z in data.z})
    found = limit(Model(data, "exponential"), fitted, of, sign, otherwise=lambda *_: None)
    best = None if found is None else (found, [], ())
    for nobody in itertools.chain.from_iterable(itertools.combinations(range(levels), k) for k in range(1, levels + 1)):
        border = Border(data, nobody)
        own = border.fit(fitted[0], q)
        if own[1] <= target:
            continue
        ends, of_border = [], Coefficient(border.q + of.at - q)
        width = mp.sqrt(2 * (own[1] - target))
        # A search that fails ran on to the border of a further level.
        found = limit(border, own, of_border, sign, width, ends.append, lambda *_: None)
        if found is not None and (best is None or sign * found > sign * best[0]):
            best = found, border.slopes(ends[0]), nobody
    found, slopes, nobody = best
    assert all(slope < 0 for slope in slopes), (nobody, [mp.nstr(slope, 8) for slope in slopes])
    print("  nobody cured at levels", nobody, [mp.nstr(slope, 6) for slope in slopes], file=sys.stderr)
    return found


def border_case(name, path, terms, cured_terms, levels):
    """An exponential law of which some limits lie at the border."""
    data = Data(path, terms, cured_terms, levels)
    model = Model(data, "exponential")
    fitted = model.fit()
    limits = []

    def add(quantity, term, told):
        print(name, "exponential", quantity, term, told, file=sys.stderr, flush=True)
        limits.append({"quantity": quantity, "term": term[0], "level": term[1], "limits": told})

    # Log odds of -infinity at every level hold any difference between them: where they are likely enough it has no limit.
    nobody = Border(data, range(len({tuple(z) for z in data.z})))
    assert nobody.fit(fitted[0], model.q)[1] > fitted[1] - Z95 ** 2 / 2
    for term in data.names_z:
        add("odds_ratio", term, [None, None])
    for i, term in enumerate(data.names_x):
        of = Coefficient(model.q + 1 + i)
        low, high = [float(widest(data, fitted, model.q, of, sign)) for sign in (-1, 1)]
        add("time_ratio", term, [low, high])
        add("hazard_ratio", term, [-high, -low])
    return {"name": name, "law": "exponential", "terms": terms, "cured_terms": cured_terms, "limits": limits}


def beyond(model, fitted, of, sign):
    """No limit: shown by parameters with an odds ratio of e^30 or e^-30 under which the patients are as likely as within the
    interval. Then the share of one level may be 0."""
    start = [float(own) for own in fitted[0]]
    q, target = model.q, float(fitted[1] - Z95 ** 2 / 2)
    assert isinstance(of, Coefficient) and 0 < of.at < q
    free = [k for k in range(model.p) if k != of.at]
    best = None
    # Either the shares of the other levels stay, or that of this one.
    for others in (0, -1):
        theta = np.array(start)
        theta[of.at] = 30 * sign
        if others:
            moved = start[of.at] - 30 * sign
            theta[0] += moved
            for k in range(1, q):
                theta[k] -= moved if k != of.at and all(z[k] in (0, 1) for z in model.data.z) else 0

        def negative(values):
            whole = theta.copy()
            whole[free] = values
            return model.negative(whole)

        found = optimize.minimize(negative, theta[free], method="BFGS", options={"maxiter": 2000, "gtol": 1e-6})
        if best is None or found.fun < best[0]:
            theta[free] = found.x
            best = found.fun, theta
    value = model.evaluate([mp.mpf(float(own)) for own in best[1]])[0]
    assert value > target + 1e-3, (float(value), target)
    return None


def case(name, path, law, terms, cured_terms, levels):
    data = Data(path, terms, cured_terms, levels)
    model = Model(data, law)
    fitted = model.fit()
    shape = law != "exponential"
    limits = []

    def add(quantity, term, of):
        found = [limit(model, fitted, of, sign) for sign in (-1, 1)]
        at = of.evaluate(fitted[0])[0]
        assert (found[0] is None or found[0] < at) and (found[1] is None or found[1] > at)
        told = [None if own is None else float(own) for own in found]
        print(name, law, quantity, term, told, file=sys.stderr, flush=True)
        limits.append({"quantity": quantity, "term": term[0], "level": term[1], "limits": told})

    for i, term in enumerate(data.names_z):
        add("odds_ratio", term, Coefficient(i + 1))
    for i, term in enumerate(data.names_x):
        add("time_ratio", term, Coefficient(model.q + 1 + i))
        if law in ("exponential", "weibull"):
            add("hazard_ratio", term, LogHazardRatio(model.q + 1 + i, shape))
    return {"name": name, "law": law, "terms": terms, "cured_terms": cured_terms, "limits": limits}


def main():
    gbsg_levels = {"hormon": ["0", "1"], "grade": ["1", "2", "3"]}
    colon_levels = {"rx": ["Obs", "Lev", "Lev_5FU"]}
    # Of the cases of oracle/mixture_cure.py with the same names, terms and laws.
    gbsg, late = "data/parametric_gbsg.csv", "data/mixture_cure_late_gbsg.csv"
    colon = "data/parametric_colon.csv"
    cases = [border_case("gbsg terms", gbsg, ["grade", "nodes"], ["hormon"], gbsg_levels)]
    cases += [case("gbsg terms", gbsg, law, ["grade", "nodes"], ["hormon"], gbsg_levels) for law in LAWS[1:]]
    for law in ("exponential", "weibull"):
        cases.append(case("colon terms", colon, law, ["rx", "nodes"], ["rx", "nodes"], colon_levels))
    for law in ("weibull", "loglogistic"):
        cases.append(case("gbsg terms entered late", late, law, ["grade", "nodes"], ["hormon"], gbsg_levels))
    versions = {"python": sys.version.split()[0], "mpmath": mp.__version__, "scipy": scipy.__version__,
                "digits": mp.mp.dps}
    with open("oracle/mixture_cure_profile.json", "w", encoding="utf-8") as file:
        json.dump({"versions": versions, "cases": cases}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()

# Reference figures of weighted and clustered logistic regression and of score tests:
# Rscript oracle/logistic_weights.R, from the root of the repository. Writes oracle/logistic_weights.json and
# oracle/data/logistic_weights_*.csv. Variances are svyglm's of survey and vcovCL's of sandwich, which must agree.
suppressPackageStartupMessages({ library(MASS); library(survey); library(sandwich) })
source("oracle/regression.R")

control <- glm.control(epsilon = 1e-15, maxit = 60)
data(api)

# Names of coefficients as term and level.
named <- function(d, terms, names) {
  levels <- unlist(lapply(terms, function(term) if (is.factor(d[[term]])) levels(d[[term]])[-1] else NA))
  of <- unlist(lapply(terms, function(term) rep(term, if (is.factor(d[[term]])) nlevels(d[[term]]) - 1 else 1)))
  stopifnot(length(of) == length(names) - 1)
  list(term = of, level = levels)
}

figures <- function(d, terms, beta, v) {
  own <- named(d, terms, names(beta))
  columns <- vapply(seq_along(own$term), function(k) object(
    term = text(own$term[k]), level = text(own$level[k]), beta = number(beta[k + 1]),
    std_error = number(sqrt(v[k + 1, k + 1]))), "")
  tests <- vapply(terms, function(term) {
    at <- which(own$term == term) + 1
    object(term = text(term), wald = test(quadratic(beta[at], v[at, at, drop = FALSE]), length(at)))
  }, "")
  object(columns = array(columns), tests = array(tests), intercept = array(number(c(beta[1], sqrt(v[1, 1])))),
         whole = test(quadratic(beta[-1], v[-1, -1, drop = FALSE]), length(beta) - 1))
}

robust <- function(name, d, outcome, terms, weights = NULL, cluster = NULL) {
  file <- data_file(paste0("logistic_weights_", name), d)
  whole <- d
  d <- d[complete.cases(d[c(outcome, terms, weights, cluster)]), ]
  d$own_weight <- if (is.null(weights)) 1 else d[[weights]]
  d$own_cluster <- if (is.null(cluster)) seq_len(nrow(d)) else d[[cluster]]
  formula <- reformulate(terms, outcome)
  survey <- svyglm(formula, svydesign(ids = ~own_cluster, weights = ~own_weight, data = d), family = quasibinomial(),
                   control = control)
  # svyglm's information is of the step before the last: once more at the estimate, as vcovCL has it.
  x <- model.matrix(survey)
  y <- d[[outcome]]
  beta <- coef(survey)
  for (step in 1:3) {
    p <- plogis(drop(x %*% beta))
    beta <- beta + drop(solve(crossprod(x * sqrt(d$own_weight * p * (1 - p))), crossprod(x, d$own_weight * (y - p))))
  }
  p <- plogis(drop(x %*% beta))
  scores <- rowsum(x * d$own_weight * (y - p), d$own_cluster)
  bread <- solve(crossprod(x * sqrt(d$own_weight * p * (1 - p))))
  m <- nrow(scores)
  v <- bread %*% crossprod(scores) %*% bread * m / (m - 1)
  stopifnot(max(abs(v / vcov(survey) - 1)) < 1e-6, max(abs(beta - coef(survey))) < 1e-9)
  plain <- suppressWarnings(glm(formula, data = d, weights = own_weight, family = binomial(), control = control))
  stopifnot(max(abs(vcovCL(plain, cluster = d$own_cluster, type = "HC0") / v - 1)) < 1e-6)
  object(name = text(name), kind = text("robust"), data = file, outcome = text(outcome), terms = array(text(terms)),
         weights = if (is.null(weights)) "null" else text(weights),
         cluster = if (is.null(cluster)) "null" else text(cluster), clusters = number(m), model = figures(d, terms, beta, v))
}

frequency <- function(name, d, outcome, terms, weights) {
  file <- data_file(paste0("logistic_weights_", name), d)
  d <- d[d[[weights]] > 0, ]
  fit <- glm(reformulate(terms, outcome), data = d, weights = d[[weights]], family = binomial(), control = control)
  fit <- glm(reformulate(terms, outcome), data = d, weights = d[[weights]], family = binomial(), control = control,
             start = coef(fit))
  object(name = text(name), kind = text("frequency"), data = file, outcome = text(outcome), terms = array(text(terms)),
         weights = text(weights), cluster = "null", log_likelihood = number(as.numeric(logLik(fit))),
         patients = number(sum(d[[weights]])), model = figures(d, terms, coef(fit), vcov(fit)))
}

# Score tests and intervals: the statistic at the maximum of all other parameters.
score <- function(name, d, outcome, terms) {
  file <- data_file(paste0("logistic_weights_", name), d)
  d <- d[complete.cases(d[c(outcome, terms)]), ]
  y <- d[[outcome]]
  fit <- glm(reformulate(terms, outcome), data = d, family = binomial(), control = control)
  x <- model.matrix(fit)
  # Columns at unit size.
  x[, -1] <- sweep(x[, -1, drop = FALSE], 2, colMeans(x)[-1])
  scale <- c(1, apply(x[, -1, drop = FALSE], 2, sd))
  x <- sweep(x, 2, scale, "/")
  fit_of <- function(x, offset) {
    beta <- rep(0, ncol(x))
    for (step in 1:60) {
      p <- plogis(drop(x %*% beta) + offset)
      beta <- beta + drop(solve(crossprod(x * sqrt(p * (1 - p))), crossprod(x, y - p)))
    }
    beta
  }
  statistic <- function(held, values) {
    offset <- drop(x[, held, drop = FALSE] %*% values)
    eta <- drop(x[, -held, drop = FALSE] %*% fit_of(x[, -held, drop = FALSE], offset)) + offset
    p <- plogis(eta)
    u <- crossprod(x, y - p)[held]
    list(value = drop(u %*% solve(crossprod(x * sqrt(p * (1 - p))))[held, held] %*% u), sign = sign(u[1]))
  }
  own <- named(d, terms, coef(fit))
  full <- fit_of(x, rep(0, nrow(x)))
  error <- sqrt(diag(solve(crossprod(x * sqrt(plogis(x %*% full) * (1 - plogis(x %*% full)))[, 1]))))
  columns <- vapply(seq_along(own$term), function(k) {
    at <- k + 1
    root <- function(value) { s <- statistic(at, value); s$sign * sqrt(s$value) }
    limit <- function(sign) uniroot(function(value) root(value) + sign * qnorm(0.975),
                                    sort(full[at] + sign * c(0.3, 6) * error[at]), tol = 1e-15, maxiter = 1000)$root
    zero <- statistic(at, 0)$value
    object(term = text(own$term[k]), level = text(own$level[k]), beta = number(full[at] / scale[at]),
           limits = array(number(c(limit(-1), limit(1)) / scale[at])), test = test(zero, 1))
  }, "")
  tests <- vapply(terms, function(term) {
    at <- which(own$term == term) + 1
    value <- statistic(at, rep(0, length(at)))$value
    # R's own: the score test of anova.
    reduced <- glm(reformulate(c("1", setdiff(terms, term)), outcome), data = d, family = binomial(), control = control)
    rao <- anova(reduced, fit, test = "Rao")$Rao[2]
    stopifnot(abs(rao / value - 1) < 1e-6)
    object(term = text(term), score = test(value, length(at)))
  }, "")
  object(name = text(name), kind = text("score"), data = file, outcome = text(outcome), terms = array(text(terms)),
         columns = array(columns), tests = array(tests))
}

bacteria <- with(MASS::bacteria, data.frame(
  y = as.integer(y == "y"), trt = factor(trt, c("placebo", "drug", "drug+"), c("placebo", "drug", "plus")), week, id = ID))
schools <- function(d) data.frame(
  award = as.integer(d$awards == "Yes"), type = d$stype, ell = d$ell, meals = d$meals, mobility = d$mobility, pw = d$pw,
  district = factor(d$dnum))
passengers <- as.data.frame(Titanic)
passengers <- data.frame(survived = as.integer(passengers$Survived == "Yes"), class = passengers$Class,
                         sex = passengers$Sex, age = passengers$Age, passengers = passengers$Freq)
small <- with(MASS::birthwt, data.frame(low, age, lwt, race = factor(race, 1:3, c("white", "black", "other")), smoke = factor(smoke),
                                        ht = factor(ht)))

cases <- c(
  robust("apistrat", schools(apistrat), "award", c("type", "ell", "meals", "mobility"), weights = "pw"),
  robust("apiclus1", schools(apiclus1), "award", c("ell", "meals"), weights = "pw", cluster = "district"),
  robust("apiclus2", schools(apiclus2), "award", c("type", "ell"), weights = "pw", cluster = "district"),
  robust("bacteria", bacteria, "y", c("trt", "week"), cluster = "id"),
  robust("birthwt", small, "low", c("age", "lwt", "race", "smoke")),
  frequency("titanic", passengers, "survived", c("class", "sex", "age"), "passengers"),
  score("birthwt_score", small, "low", c("age", "lwt", "race", "smoke", "ht")),
  score("bacteria_score", bacteria, "y", c("trt", "week"))
)
write_cases("logistic_weights", c("stats", "MASS", "survey", "sandwich"), cases)

# Reference figures of Firth's penalized logistic regression: Rscript oracle/firth.R, from the root of the repository.
# Writes oracle/firth.json and oracle/data/firth_*.csv. Estimates are brglm2's, tightened, and then taken to the zero of
# the adjusted score by Newton steps on a numerical derivative of our own; limits and tests solve the profile of the
# penalized likelihood, written here in base R.
suppressPackageStartupMessages({ library(MASS); library(survival); library(brglm2) })
source("oracle/regression.R")

data("endometrial", package = "brglm2")
studies <- list(
  # Heinze and Schemper 2002: neovasculization separates.
  endometrial = list(outcome = "HG", d = with(endometrial, data.frame(HG, NV = factor(NV), PI, EH))),
  birthwt = list(outcome = "low", d = with(MASS::birthwt, data.frame(
    low, age, lwt, race = factor(race, 1:3, c("white", "black", "other")), smoke = factor(smoke),
    ptl = factor(pmin(ptl, 2)), ht = factor(ht), ui = factor(ui)))),
  # Few events; nobody of stage 4 with the outcome in a part of the patients.
  pbc = list(outcome = "transplant", d = with(pbc[pbc$age > 40, ], data.frame(
    transplant = as.integer(status == 1), age, sex, hepato = factor(hepato), bili, albumin,
    stage = factor(pmax(stage, 2)))))
)

hat_sums <- function(x, w) rowSums((x %*% solve(crossprod(x * sqrt(w)))) * x) * w

# Newton's method on the adjusted score, some coefficients held through the offset; `full` is the whole design, whose
# penalty is kept, `free` the columns that move.
penalized_fit <- function(full, y, free, beta) {
  state <- function(beta) {
    eta <- drop(full %*% beta)
    p <- plogis(eta)
    w <- p * (1 - p)
    h <- hat_sums(full, w)
    list(p = p, w = w, h = h, score = drop(crossprod(full, y - p + h * (0.5 - p))),
         value = sum(ifelse(y == 1, plogis(eta, log.p = TRUE), plogis(-eta, log.p = TRUE))) +
           0.5 * as.numeric(determinant(crossprod(full * sqrt(w)))$modulus))
  }
  now <- state(beta)
  for (iteration in 1:500) {
    if (!length(free)) break
    augmented <- crossprod(full[, free, drop = FALSE] * sqrt(now$w * (1 + now$h)))
    step <- solve(augmented, now$score[free])
    size <- sqrt(sum(step * drop(augmented %*% step)))
    fraction <- 1
    repeat {
      moved <- beta
      moved[free] <- moved[free] + fraction * step
      next_state <- state(moved)
      if (is.finite(next_state$value) && next_state$value >= now$value - 1e-9) break
      fraction <- fraction / 2
      if (fraction < 1e-8) break
    }
    beta <- moved
    now <- next_state
    if (size < 1e-14) break
  }
  stopifnot(size < 1e-10 || !length(free))
  c(now, list(beta = beta))
}

figures <- function(d, outcome, terms) {
  d <- d[complete.cases(d[c(outcome, terms)]), ]
  y <- d[[outcome]]
  matrices <- lapply(terms, function(term) model.matrix(~ ., d[term])[, -1, drop = FALSE])
  raw <- do.call(cbind, matrices)
  of <- rep(seq_along(terms), vapply(matrices, ncol, 0))
  scale <- apply(raw, 2, sd)
  x <- cbind(1, sweep(sweep(raw, 2, colMeans(raw)), 2, scale, "/"))
  k <- ncol(x)
  units <- sum(log(scale))
  package <- glm(y ~ x - 1, family = binomial(), method = "brglmFit", type = "AS_mean", epsilon = 1e-12,
                 maxit = 5000, slowit = 1)
  fit <- penalized_fit(x, y, seq_len(k), unname(coef(package)))
  stopifnot(max(abs(fit$beta - coef(package))) < 1e-7)
  covariance <- solve(crossprod(x * sqrt(fit$w)))
  held <- function(columns, values) {
    beta <- fit$beta
    beta[columns] <- values
    penalized_fit(x, y, setdiff(seq_len(k), columns), beta)$value
  }
  null <- held(2:k, rep(0, k - 1))
  limits <- function(at) {
    se <- sqrt(covariance[at, at])
    distance <- function(value) 2 * (fit$value - held(at, value)) - qchisq(0.95, 1)
    side <- function(sign) {
      far <- 1.96
      while (distance(fit$beta[at] + sign * far * se) < 0) far <- far * 1.5
      uniroot(distance, sort(fit$beta[at] + sign * c(0.3, far) * se), tol = 1e-14, maxiter = 500)$root
    }
    c(side(-1), side(1))
  }
  columns <- vapply(seq_len(ncol(raw)), function(j) {
    at <- j + 1
    term <- terms[of[j]]
    level <- if (is.factor(d[[term]])) levels(d[[term]])[1 + sum(of[seq_len(j)] == of[j])] else NA
    object(term = text(term), level = text(level), beta = number(fit$beta[at] / scale[j]),
           std_error = number(sqrt(covariance[at, at]) / scale[j]),
           test = test(2 * (fit$value - held(at, 0)), 1), profile = array(number(limits(at) / scale[j])))
  }, "")
  tests <- vapply(seq_along(terms), function(i) {
    at <- which(of == i) + 1
    object(term = text(terms[i]), likelihood_ratio = test(2 * (fit$value - held(at, rep(0, length(at)))), length(at)),
           wald = test(quadratic(fit$beta[at], covariance[at, at, drop = FALSE]), length(at)))
  }, "")
  back <- c(1, -colMeans(raw) / scale)
  object(terms = array(text(terms)), columns = array(columns), tests = array(tests),
         log_likelihood = number(fit$value + units), null_log_likelihood = number(null + units),
         likelihood_ratio = test(2 * (fit$value - null), ncol(raw)),
         intercept = array(number(c(sum(back * fit$beta), sqrt(drop(back %*% covariance %*% back))))))
}

cases <- vapply(names(studies), function(name) {
  study <- studies[[name]]
  d <- study$d
  file <- data_file(paste0("firth_", name), d)
  terms <- setdiff(names(d), study$outcome)
  object(name = text(name), data = file, outcome = text(study$outcome),
         multivariable = figures(d, study$outcome, terms),
         univariable = array(vapply(terms, function(term) figures(d, study$outcome, term), "")))
}, "")
write_cases("firth", c("stats", "MASS", "survival", "brglm2"), cases)

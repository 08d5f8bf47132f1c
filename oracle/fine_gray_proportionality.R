# Reference figures of the test of proportional subdistribution hazards: Rscript oracle/fine_gray_proportionality.R, from
# the root of the repository. Reads oracle/data/fine_gray_*.csv and writes oracle/fine_gray_proportionality.json. No
# package of Debian has the test: it is computed here from the integrals of Zhou, Fine & Laird 2013 as they stand, every
# patient at every event time, at the coefficients of crr.
suppressPackageStartupMessages(library(cmprsk))
source("oracle/regression.R")

score_test <- function(time, cause, x, g) {
  n <- nrow(x)
  p <- ncol(x)
  beta <- converged_crr(time, cause, x)$coef
  distinct <- sort(unique(time))
  at_risk <- vapply(distinct, function(t) sum(time >= t), 0)
  censored <- vapply(distinct, function(t) sum(time == t & cause == 0), 0)
  free <- c(1, cumprod(1 - censored / at_risk))[seq_along(distinct)]
  of <- match(time, distinct)
  event <- which(vapply(distinct, function(t) any(time == t & cause == 1), NA))
  d <- vapply(distinct[event], function(t) sum(time == t & cause == 1), 0)
  # One row a patient, one column an event time.
  w <- vapply(event, function(k)
    ifelse(time >= distinct[k], 1, ifelse(cause == 2, free[k] / free[of], 0)), numeric(n))
  r <- exp(drop(x %*% beta))
  s0 <- colSums(w * r)
  mean_x <- t(w * r) %*% x / s0
  variance <- lapply(seq_along(event), function(k) {
    z <- sweep(x, 2, mean_x[k, ])
    crossprod(z, z * (w[, k] * r)) / s0[k]
  })
  rise <- d / s0
  own <- match(of, event)
  scores <- function(g) {
    dm <- -w * r * rep(rise * g, each = n)
    is_event <- which(cause == 1)
    dm[cbind(is_event, own[is_event])] <- dm[cbind(is_event, own[is_event])] + g[own[is_event]]
    eta <- x * rowSums(dm) - dm %*% mean_x
    q <- t(vapply(seq_along(distinct), function(u) {
      before <- which(cause == 2 & of < u)
      ahead <- which(event >= u)
      if (!length(before) || !length(ahead)) return(numeric(p))
      a <- w[before, ahead, drop = FALSE] * r[before] * rep(rise[ahead] * g[ahead], each = length(before))
      colSums(x[before, , drop = FALSE] * rowSums(a)) - drop(colSums(a) %*% mean_x[ahead, , drop = FALSE])
    }, numeric(p)))
    if (p == 1) q <- t(q)
    passed <- apply(q * (censored / at_risk^2), 2, cumsum)
    eta - matrix(passed[of, ], n) + (cause == 0) * matrix(q[of, ] / at_risk[of], n)
  }
  g <- g[event]
  g <- g - sum(g * d) / sum(d)
  g <- g / max(abs(g))
  moved <- Reduce(`+`, Map(`*`, variance, d * g)) %*% solve(Reduce(`+`, Map(`*`, variance, d)))
  changing <- scores(g)
  rho <- changing - scores(rep(1, length(event))) %*% t(moved)
  list(score = colSums(changing), variance = crossprod(rho))
}

incidence <- function(time, cause) {
  distinct <- sort(unique(time))
  at_risk <- vapply(distinct, function(t) sum(time >= t), 0)
  own <- vapply(distinct, function(t) sum(time == t & cause == 1), 0)
  any <- vapply(distinct, function(t) sum(time == t & cause > 0), 0)
  free <- c(1, cumprod(1 - any / at_risk))[seq_along(distinct)]
  c(0, cumsum(free * own / at_risk))[seq_along(distinct)]
}

frozen <- jsonlite::fromJSON("oracle/fine_gray.json", simplifyVector = FALSE)$cases
cases <- unlist(lapply(frozen, function(case) {
  d <- read.csv(file.path("oracle", case$data$file), stringsAsFactors = FALSE)
  for (column in case$data$columns)
    if (!is.null(column$levels)) d[[column$name]] <- factor(as.character(d[[column$name]]), unlist(column$levels))
  terms <- unlist(case$multivariable$terms)
  d <- d[complete.cases(d[c("time", "event", terms)]), ]
  matrices <- lapply(terms, function(term) model.matrix(~ ., d[term])[, -1, drop = FALSE])
  of <- rep(seq_along(terms), vapply(matrices, ncol, 0))
  x <- scale(do.call(cbind, matrices))
  cause <- d$event + 2 * d$competing
  distinct <- sort(unique(d$time))
  values <- list(identity = distinct, log = log(distinct), incidence = incidence(d$time, cause))
  # Of a time of 0 there is no logarithm.
  if (min(d$time[cause == 1]) == 0) values$log <- NULL
  vapply(names(values), function(change) {
    found <- score_test(d$time, cause, x, values[[change]])
    of_columns <- function(k) test(quadratic(found$score[k], found$variance[k, k, drop = FALSE]), length(k))
    object(name = text(case$name), change = text(change),
           terms = array(vapply(seq_along(terms), function(t)
             object(term = text(terms[t]), score = of_columns(which(of == t))), "")),
           all = of_columns(seq_along(of)))
  }, "")
}))
write_cases("fine_gray_proportionality", "cmprsk", cases)

# Reference figures of Fine-Gray regression: Rscript oracle/fine_gray.R, from the root of the repository.
# Writes oracle/fine_gray.json and oracle/data/fine_gray_*.csv. Columns are centred and scaled for crr, so that units
# cost no digits.
suppressPackageStartupMessages({library(survival); library(cmprsk)})
source("oracle/regression.R")

recurrence <- subset(colon, etype == 1)
death <- subset(colon, etype == 2)
stopifnot(all(recurrence$id == death$id))
colon_recurrence <- with(recurrence, data.frame(
  time, event = status, competing = as.integer(status == 0 & death$status == 1 & death$time <= time),
  rx = factor(gsub("+", "_", rx, fixed = TRUE), c("Obs", "Lev", "Lev_5FU")), sex = factor(sex), age,
  obstruct = factor(obstruct), differ = factor(differ), nodes))

studies <- list(
  # Months, with ties of both causes and censorings.
  mgus2 = with(mgus2, data.frame(
    time = ifelse(pstat == 1, ptime, futime), event = as.integer(pstat),
    competing = as.integer(pstat == 0 & death == 1), age = as.numeric(age), sex, hgb, creat, mspike)),
  pbc = with(pbc, data.frame(
    time, event = as.integer(status == 2), competing = as.integer(status == 1), age, sex, edema = factor(edema), bili,
    albumin, stage = factor(stage))),
  # Half years to one decimal of a month: heavy ties.
  pbc_half_years = with(pbc, data.frame(
    time = round(time / 182.625) * 6.1, event = as.integer(status == 2), competing = as.integer(status == 1), age, sex,
    bili)),
  colon = colon_recurrence,
  # Nobody is censored: all weights are 1.
  colon_dead = colon_recurrence[colon_recurrence$event + colon_recurrence$competing > 0, c(
    "time", "event", "competing", "rx", "age", "nodes")],
  # Years begun, and censoring before the first event. (At time 0 crr would take G(0) for G(0-).)
  mgus2_years = with(mgus2, data.frame(
    time = 1 + floor(ifelse(pstat == 1, ptime, futime) / 12), event = as.integer(pstat & ptime > 30),
    competing = as.integer(pstat == 0 & death == 1), age = as.numeric(age) * 1e6, sex, hgb))
)

cases <- vapply(names(studies), function(name) {
  d <- studies[[name]]
  file <- data_file(paste0("fine_gray_", name), d)
  figures <- function(terms) {
    d <- d[complete.cases(d[c("time", "event", terms)]), ]
    matrices <- lapply(terms, function(term) model.matrix(~ ., d[term])[, -1, drop = FALSE])
    of <- rep(seq_along(terms), vapply(matrices, ncol, 0))
    x <- do.call(cbind, matrices)
    scale <- apply(x, 2, sd)
    z <- sweep(sweep(x, 2, colMeans(x)), 2, scale, "/")
    fit <- converged_crr(d$time, d$event + 2 * d$competing, z)
    se <- sqrt(diag(fit$var))
    wald <- function(k) test(quadratic(fit$coef[k], fit$var[k, k, drop = FALSE]), length(k))
    columns <- vapply(seq_len(ncol(x)), function(k) {
      term <- terms[of[k]]
      level <- if (is.factor(d[[term]])) levels(d[[term]])[1 + sum(of[seq_len(k)] == of[k])] else NA
      members <- if (is.na(level)) rep(TRUE, nrow(d)) else d[[term]] == level
      object(term = text(term), level = text(level), beta = number(unname(fit$coef[k] / scale[k])),
             std_error = number(unname(se[k] / scale[k])),
             p_value = number(unname(2 * pnorm(-abs(fit$coef[k] / se[k])))), n = number(sum(d$event[members])),
             of = number(sum(members)))
    }, "")
    tests <- vapply(seq_along(terms), function(t) object(term = text(terms[t]), wald = wald(which(of == t))), "")
    object(terms = array(text(terms)), columns = array(columns), tests = array(tests),
           wald = wald(seq_len(ncol(x))), log_likelihood = number(fit$loglik),
           null_log_likelihood = number(fit$loglik.null))
  }
  terms <- setdiff(names(d), c("time", "event", "competing"))
  object(name = text(name), data = file, multivariable = figures(terms),
         univariable = array(vapply(terms, figures, "")))
}, "")
write_cases("fine_gray", "cmprsk", cases)

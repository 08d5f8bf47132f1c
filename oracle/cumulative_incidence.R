# Reference figures of cumulative incidence: curves, Aalen's variance and Gray's test from cmprsk::cuminc; limits from those
# with survival's survfit_confint; differences at a time and their tests in base R from the contrast of all groups. The
# estimates are checked against survfit's multi-state curves and etm, whose variances are others (the infinitesimal jackknife
# and Greenwood's multinomial one).
# From the root of the repository: Rscript oracle/cumulative_incidence.R. Writes cumulative_incidence.json and data/competing_*.csv.
suppressPackageStartupMessages({library(survival); library(cmprsk); library(etm)})
setwd("oracle")
source("competing_data.R")
source("at_one_time.R")

at_times <- function(time) {
  # Seven times over the range, on and between observed ones, and the last of all.
  unique(sort(c(quantile(time, c(.1, .25, .5, .75, .9), type = 1, names = FALSE),
                (min(time) + max(time)) / 2 + .25, max(time))))
}

scales <- c(plain = "plain", log = "log", log_log = "log-log", logit = "logit", arcsine = "arcsin")
limits <- function(f, se) {
  direct <- lapply(scales, function(scale) survival:::survfit_confint(f, se, logse = FALSE, scale, 0.95))
  # That of the complement, turned round.
  own <- survival:::survfit_confint(1 - f, se, logse = FALSE, "log-log", 0.95)
  all <- c(direct, list(complementary_log_log = list(lower = 1 - own$upper, upper = 1 - own$lower)))
  array_of(names(all), function(scale) object(
    interval = text(scale), lower = number(all[[scale]]$lower), upper = number(all[[scale]]$upper)))
}

# The same estimates by two other programs.
check <- function(d, at, est, cause) {
  state <- factor(d$event + 2 * d$competing, 0:2, c("none", "event", "competing"))
  f <- survfit(Surv(time, state) ~ 1, data.frame(time = d$time, state))
  multi <- summary(f, times = at, extend = TRUE)$pstate[, 1 + cause]
  stopifnot(max(abs(multi - est)) < 1e-12)
  if (min(d$time) > 0) {
    tra <- matrix(FALSE, 3, 3); tra[1, 2:3] <- TRUE
    rows <- data.frame(id = seq_len(nrow(d)), from = 0, to = ifelse(state == "none", "cens", as.integer(state) - 1),
                       time = d$time)
    e <- etm(rows, c("0", "1", "2"), tra, "cens", s = 0)
    aj <- trprob(e, paste("0", cause), at)
    stopifnot(max(abs(aj - est)) < 1e-12)
  }
}

cases <- array_of(names(studies), function(name) {
  d <- studies[[name]]
  d <- d[!is.na(d$group), ]
  fit <- cuminc(d$time, d$event + 2 * d$competing, d$group)
  curve <- function(level) {
    own <- d[d$group == level, ]
    at <- at_times(own$time)
    array_of(1:2, function(cause) {
      key <- paste(level, cause)
      # A cause that nobody has, has no curve.
      found <- timepoints(fit, at)
      if (key %in% rownames(found$est)) check(own, at, found$est[key, ], cause)
      array_of(seq_along(at), function(i) object(
        at = number(at[i]), at_risk = number(sum(own$time >= at[i])),
        estimate = number(if (key %in% rownames(found$est)) found$est[key, i] else 0),
        variance = number(if (key %in% rownames(found$est)) found$var[key, i] else 0),
        limits = if (key %in% rownames(found$est) && found$est[key, i] > 0 && found$var[key, i] > 0)
          limits(found$est[key, i], sqrt(found$var[key, i])) else "[]"))
    })
  }
  object(
    dataset = text(name), heading(name, d),
    tests = array_of(1:2, function(cause) object(
      statistic = number(fit$Tests[cause, "stat"]), p_value = number(fit$Tests[cause, "pv"]),
      df = number(fit$Tests[cause, "df"]))),
    differences = array_of(1:2, function(cause) {
      # A time that all groups have reached, at which every one has an estimate with a variance.
      at <- round(min(tapply(d$time, d$group, median)))
      found <- timepoints(fit, at)
      keys <- paste(levels(d$group), cause)
      usable <- all(keys %in% rownames(found$est)) && all(found$est[keys, 1] > 0 & found$var[keys, 1] > 0)
      object(at = number(at),
             scales = if (usable) differences(unname(found$est[keys, 1]), unname(found$var[keys, 1]), names(transformations)) else "[]")
    }),
    groups = array_of(levels(d$group), function(level) object(group = text(level), causes = curve(level))))
})
write_figures("cumulative_incidence.json", cases)

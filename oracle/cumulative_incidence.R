# Reference figures of cumulative incidence: curves, Aalen's variance and Gray's test from cmprsk::cuminc.
# Run in this folder: Rscript cumulative_incidence.R. Writes cumulative_incidence.json and data/competing_*.csv.
suppressPackageStartupMessages({library(survival); library(cmprsk)})
source("competing_data.R")

at_times <- function(time) {
  # Seven times over the range, on and between observed ones, and the last of all.
  unique(sort(c(quantile(time, c(.1, .25, .5, .75, .9), type = 1, names = FALSE),
                (min(time) + max(time)) / 2 + .25, max(time))))
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
      array_of(seq_along(at), function(i) object(
        at = number(at[i]), at_risk = number(sum(own$time >= at[i])),
        estimate = number(if (key %in% rownames(found$est)) found$est[key, i] else 0),
        variance = number(if (key %in% rownames(found$est)) found$var[key, i] else 0)))
    })
  }
  object(
    dataset = text(name), heading(name, d),
    tests = array_of(1:2, function(cause) object(
      statistic = number(fit$Tests[cause, "stat"]), p_value = number(fit$Tests[cause, "pv"]),
      df = number(fit$Tests[cause, "df"]))),
    groups = array_of(levels(d$group), function(level) object(group = text(level), causes = curve(level))))
})
write_figures("cumulative_incidence.json", cases)

# Reference figures of conditional survival: the chance of a further time without the event for those free of it at a
# given time, from survfit with start.time.
# From the root of the repository: Rscript oracle/conditional_survival.R. Writes conditional_survival.json and data/follow_up_*.csv.
library(survival)
setwd("oracle")
source("follow_up_data.R")

# survfit keeps whoever is observed at start.time, so that events of that very time would count; half way to the next
# observed time only those beyond it are left.
conditional <- function(d, given, until, scale) {
  start <- (given + min(d$time[d$time > given])) / 2
  s <- summary(survfit(Surv(time, event) ~ 1, data = d, conf.type = scale, start.time = start), times = until)
  # The same product and sum in base R.
  kept <- sort(unique(d$time[d$event == 1 & d$time > given & d$time <= until]))
  n <- vapply(kept, function(t) sum(d$time >= t), 0)
  x <- vapply(kept, function(t) sum(d$time == t & d$event == 1), 0)
  survival <- prod(1 - x / n)
  stopifnot(abs(s$surv - survival) < 1e-14)
  if (survival > 0) stopifnot(abs(s$std.err - survival * sqrt(sum(x / (n * (n - x))))) < 1e-14)
  object(given = number(given), at = number(round(until - given, 6)), at_risk = number(s$n.risk),
         survival = number(s$surv), std_error = number(s$std.err), lower = number(s$lower), upper = number(s$upper))
}

curve <- function(d, scale) {
  times <- unique(quantile(d$time, c(.1, .3, .5, .7, .9), type = 1, names = FALSE))
  pairs <- subset(expand.grid(until = times, given = times), given < until)
  array_of(seq_len(nrow(pairs)), function(i) conditional(d, pairs$given[i], pairs$until[i], scale))
}

cases <- array_of(names(studies), function(name) {
  d <- studies[[name]]
  kept <- d[!is.na(d$group), ]
  object(
    dataset = text(name), heading(name, d),
    intervals = array_of(c("plain", "log", "log-log"), function(scale) object(
      interval = text(sub("-", "_", scale)),
      groups = array_of(levels(d$group), function(level) object(
        group = text(level), rows = curve(kept[kept$group == level, ], scale))))))
})
write_figures("conditional_survival.json", cases)

# Reference figures of the Kaplan-Meier method: curves, quantiles and follow-up from survfit; differences of survival at a
# time from its estimates and errors.
# From the root of the repository: Rscript oracle/kaplan_meier.R. Writes kaplan_meier.json and data/follow_up_*.csv.
library(survival)
setwd("oracle")
source("follow_up_data.R")
source("at_one_time.R")

at_times <- function(time) {
  # Seven times over the range, on and between observed ones, and the last of all.
  unique(sort(c(round(quantile(time, c(.1, .25, .5, .75, .9), type = 1, names = FALSE), 3),
                (min(time) + max(time)) / 2 + .25, max(time))))
}

probabilities <- c(.25, .5, .75)

# An upper limit can rise again where few are left (aml, log scale: 0.458 at 45, 0.462 at 48). print.survfit then reads
# the first time at which it has fallen to one half, and quantile.survfit, which sorts the limits, a later one (45 and
# 48). farr reads the first; so does quantile.survfit when the limit is replaced by its running minimum.
falling <- function(x) {
  x[!is.na(x)] <- cummin(x[!is.na(x)])
  x
}
quantiles <- function(f, probs) {
  f$upper <- falling(f$upper)
  f$lower <- falling(f$lower)
  quantile(f, probs = probs)
}

curve <- function(d, scale) {
  f <- survfit(Surv(time, event) ~ 1, data = d, conf.type = scale)
  s <- summary(f, times = at_times(d$time))
  q <- quantiles(f, probabilities)
  r <- quantiles(survfit(Surv(time, 1 - event) ~ 1, data = d, conf.type = scale), .5)
  object(
    n = number(nrow(d)), events = number(sum(d$event)),
    at = array_of(seq_along(s$time), function(i) object(
      at = number(s$time[i]), at_risk = number(s$n.risk[i]), survival = number(s$surv[i]),
      std_error = number(s$std.err[i]), lower = number(s$lower[i]), upper = number(s$upper[i]))),
    # quantile.survfit counts the share with the event; farr counts the share without.
    quantiles = array_of(seq_along(probabilities), function(i) object(
      at = number(1 - probabilities[i]), value = number(q$quantile[[i]]),
      lower = number(q$lower[[i]]), upper = number(q$upper[[i]]))),
    follow_up = object(value = number(r$quantile[[1]]), lower = number(r$lower[[1]]), upper = number(r$upper[[1]])),
    observed_median = number(median(d$time)))
}

cases <- array_of(names(studies), function(name) {
  d <- studies[[name]]
  kept <- d[!is.na(d$group), ]
  object(
    dataset = text(name), heading(name, d),
    difference = {
      # A time that half of every group have reached.
      at <- round(min(tapply(kept$time, kept$group, median)))
      f <- summary(survfit(Surv(time, event) ~ group, kept), times = at)
      usable <- all(f$surv > 0 & f$surv < 1)
      scales <- c("plain", "log", "log_log", "logit", "arcsine")
      object(at = number(at), scales = if (usable) differences(f$surv, f$std.err^2, scales) else "[]")
    },
    intervals = array_of(c("plain", "log", "log-log", "logit", "arcsin"), function(scale) object(
      interval = text(switch(scale, "log-log" = "log_log", arcsin = "arcsine", scale)),
      overall = curve(kept, scale),
      groups = array_of(levels(d$group), function(level) object(
        group = text(level), curve = curve(kept[kept$group == level, ], scale))))))
})
write_figures("kaplan_meier.json", cases)

# Reference figures of cumulative incidence with delayed entry: Rscript oracle/incidence_late.R, from the root of the
# repository. Writes oracle/incidence_late.json and oracle/data/incidence_late_*.csv. The time is age, and patients come
# under observation at the age at which they were diagnosed. Estimates are those of survival's multi-state survfit and are
# checked against etm; the variance is Aalen's, as cmprsk has it without delayed entry, from its formula.
suppressPackageStartupMessages({library(survival); library(etm)})
source("oracle/regression.R")

studies <- list(
  # Months of age, with ties of entries, events and censorings.
  mgus2 = with(mgus2, data.frame(
    entry = 12 * age, time = 12 * age + pmax(ifelse(pstat == 1, ptime, futime), 1), event = pstat,
    competing = as.integer(pstat == 0 & death == 1), group = sex)),
  # Days of age; two groups, of which one loses all that are at risk before the others enter.
  pbc = with(pbc, data.frame(
    entry = round(age * 365.25), time = round(age * 365.25) + time, event = as.integer(status == 2),
    competing = as.integer(status == 1), group = factor(edema)))
)

# Aalen's variance at the last of some times, given what happens at each: d of the cause, e of the other, n at risk.
aalen <- function(n, d, e) {
  after <- cumprod(1 - (d + e) / n)
  before <- c(1, after)[seq_along(n)]
  incidence <- cumsum(before * d / n)
  psi <- (incidence[length(n)] - incidence) / after
  # Where nobody is left, nothing rises.
  psi[after == 0] <- 0
  phi <- 1 - psi
  spread <- function(d) ifelse(d > 1, d * (n - d) / (n^2 * (n - 1)), d / n^2)
  sum(ifelse(d > 0, before^2 * phi^2 * spread(d), 0) + ifelse(e > 0, before^2 * psi^2 * spread(e), 0))
}

cases <- vapply(names(studies), function(name) {
  d <- studies[[name]]
  file <- data_file(paste0("incidence_late_", name), d)
  d$state <- factor(d$event + 2 * d$competing, 0:2, c("none", "event", "competing"))
  groups <- vapply(levels(d$group), function(level) {
    own <- d[d$group == level, ]
    own$id <- seq_len(nrow(own))
    at <- unname(round(quantile(own$time, c(.1, .3, .5, .7, .9), type = 1)) + c(0, 1, 0, 1, 0))
    at <- unique(at[at <= max(own$time)])
    fit <- survfit(Surv(entry, time, state) ~ 1, own, id = id)
    # The first entry is the start: nobody is at risk before.
    found <- summary(fit, times = at, extend = TRUE)$pstate
    distinct <- sort(unique(own$time[own$state != "none"]))
    n <- vapply(distinct, function(t) sum(own$entry < t & own$time >= t), 0)
    counts <- lapply(c("event", "competing"), function(state)
      vapply(distinct, function(t) sum(own$time == t & own$state == state), 0))
    tra <- matrix(FALSE, 3, 3); tra[1, 2:3] <- TRUE
    rows <- data.frame(id = own$id, entry = own$entry, exit = own$time, from = 0,
                       to = ifelse(own$state == "none", "cens", as.integer(own$state) - 1))
    e <- etm(rows, c("0", "1", "2"), tra, "cens", s = min(own$entry))
    figures <- vapply(1:2, function(cause) array(vapply(seq_along(at), function(i) {
      passed <- distinct <= at[i]
      stopifnot(abs(trprob(e, paste("0", cause), at[i]) - found[i, 1 + cause]) < 1e-12)
      variance <- if (any(passed)) aalen(n[passed], counts[[cause]][passed], counts[[3 - cause]][passed]) else 0
      object(at = number(at[i]), n = number(sum(own$entry < at[i] & own$time >= at[i])),
             estimate = number(found[i, 1 + cause]), variance = number(variance))
    }, "")), "")
    object(group = text(level), causes = array(figures))
  }, "")
  object(name = text(name), data = file, groups = array(groups))
}, "")
write_cases("incidence_late", c("survival", "etm"), cases)

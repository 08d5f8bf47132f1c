# AUC and Brier score of predicted risks at a time with the inverse probability of not being censored, and their standard
# errors, as the reference figures of survival_performance need them.

# Kaplan-Meier of the censoring just before, and at, some times, of patients with weights.
censoring <- function(d, w) {
  times <- sort(unique(d$time[d$event == 0]))
  factors <- vapply(times, function(t) {
    at_risk <- sum(w[d$time > t | (d$time == t & d$event == 0)])
    1 - sum(w[d$time == t & d$event == 0]) / at_risk
  }, w[1])
  list(before = function(t) vapply(t, function(t) prod(factors[times < t]), w[1]),
       at = function(t) prod(factors[times <= t]))
}

figures <- function(d, w, t, risk, auc = TRUE) {
  g <- censoring(d, w)
  event <- which(d$time <= t & d$event == 1); free <- which(d$time > t)
  weight <- w[event] / g$before(d$time[event])
  brier <- (sum(weight * (1 - risk[event])^2) + sum(w[free] * risk[free]^2) / g$at(t)) / sum(w)
  if (!auc) return(brier)
  wins <- outer(risk[event], risk[free], function(a, b) (a > b) + 0.5 * (a == b))
  c(brier, sum(weight * drop(wins %*% w[free])) / (sum(weight) * sum(w[free])))
}

# Sums over units of the derivatives by the logarithm of the weight of each patient, by a complex step.
jackknife <- function(d, t, risk, w = rep(1, nrow(d)), unit = seq_len(nrow(d))) {
  h <- 1e-100
  by_patient <- vapply(seq_len(nrow(d)), function(k) {
    moved <- w + 0i; moved[k] <- complex(real = w[k], imaginary = h)
    w[k] * Im(figures(d, moved, t, risk)) / h
  }, c(0, 0))
  sqrt(colSums(rowsum(t(by_patient), unit)^2))
}

# Reference figures of the log-rank family, of curves with delayed entry and weights, and of limits on five scales.
# From the root of the repository: Rscript oracle/log_rank_family.R. Writes log_rank_family.json and data/courses_*.csv.
#
# Unweighted tests are computed here in base R from their definitions, patient by patient, and checked against survdiff
# where that has them; weighted ones are coxph's robust score test; curves are survfit's.
library(survival)
setwd("oracle")
source("follow_up_data.R")

courses <- list(
  colon = with(subset(colon, etype == 2 & !is.na(differ)), data.frame(
    time, event = status, group = rx, stratum = factor(differ), entry = 0, weight = 1)),
  # Time is age, so that nearly all enter late.
  mgus2 = with(subset(mgus2, futime > 0), data.frame(
    time = 12 * age + futime, event = death, group = factor(sex, c("F", "M")),
    stratum = factor(ifelse(dxyr < 1985, "early", "late")), entry = 12 * age, weight = 1)),
  lung = with(subset(lung, !is.na(ph.ecog) & ph.ecog < 3), data.frame(
    time, event = status - 1, group = factor(ph.ecog), stratum = factor(sex), entry = 0,
    weight = 0.5 + (age %% 7) / 4)),
  lung_late = with(subset(lung, time > 40), data.frame(
    time, event = status - 1, group = factor(sex), stratum = factor(1), entry = (seq_along(time) %% 4) * 10,
    weight = 0.25 + (age %% 5) / 2))
)
for (name in names(courses))
  write.csv(courses[[name]], sprintf("data/courses_%s.csv", name), row.names = FALSE, quote = FALSE)

tests <- list(
  list("log_rank", 0, 0), list("gehan_breslow", 0, 0), list("tarone_ware", 0, 0), list("peto_peto", 0, 0),
  list("modified_peto_peto", 0, 0), list("fleming_harrington", 1, 0), list("fleming_harrington", 0, 1),
  list("fleming_harrington", 1, 1), list("fleming_harrington", 0.5, 0.5))

# U and V of one stratum, over the groups.
pieces <- function(d, test) {
  k <- nlevels(d$group); u <- e <- numeric(k); v <- matrix(0, k, k); s <- p <- 1
  for (t in sort(unique(d$time[d$event == 1]))) {
    risk <- d$entry < t & d$time >= t
    nj <- tabulate(d$group[risk], k); dj <- tabulate(d$group[risk & d$time == t & d$event == 1], k)
    n <- sum(nj); m <- sum(dj); before <- s
    s <- s * (1 - m / n); p <- p * (1 - m / (n + 1))
    w <- switch(test[[1]], log_rank = 1, gehan_breslow = n, tarone_ware = sqrt(n), peto_peto = p,
                modified_peto_peto = p * n / (n + 1), fleming_harrington = before^test[[2]] * (1 - before)^test[[3]])
    u <- u + w * (dj - m * nj / n); e <- e + m * nj / n
    if (n > 1) v <- v + w^2 * m * (n - m) / (n - 1) * (diag(nj / n, k) - outer(nj, nj) / n^2)
  }
  list(u = u, v = v, e = e)
}
family <- function(d, test, strata) {
  d$group <- droplevels(d$group)
  parts <- lapply(if (strata) split(d, d$stratum) else list(d), pieces, test)
  add <- function(what) Reduce(`+`, lapply(parts, `[[`, what))
  u <- add("u"); v <- add("v"); k <- length(u); a <- seq_len(k); keep <- -k
  list(chisq = drop(u[keep] %*% solve(v[keep, keep, drop = FALSE], u[keep])), df = k - 1,
       trend = sum(a * u)^2 / drop(a %*% v %*% a), expected = add("e"))
}
upper <- function(x, df) pchisq(x, df, lower.tail = FALSE)

of_test <- function(d, test, strata) {
  f <- family(d, test, strata)
  if (test[[1]] %in% c("log_rank", "fleming_harrington") && test[[3]] == 0 && all(d$entry == 0)) {
    formula <- if (strata) Surv(time, event) ~ group + strata(stratum) else Surv(time, event) ~ group
    theirs <- survdiff(formula, data = d, rho = test[[2]])
    stopifnot(abs(theirs$chisq / f$chisq - 1) < 1e-10)
  }
  k <- nlevels(d$group)
  pairs <- do.call(rbind, lapply(2:k, function(b) cbind(1:(b - 1), b)))
  raw <- apply(pairs, 1, function(pair) {
    g <- family(subset(d, group %in% levels(group)[pair]), test, strata)
    upper(g$chisq, 1)
  })
  object(test = text(test[[1]]), rho = number(test[[2]]), gamma = number(test[[3]]), strata = if (strata) "true" else "false",
         statistic = number(f$chisq), df = number(f$df), p_value = number(upper(f$chisq, f$df)),
         trend = number(f$trend), pairs = array_of(raw, number), holm = array_of(p.adjust(raw, "holm"), number))
}

of_curve <- function(d, scale, robust) {
  f <- if (robust) survfit(Surv(entry, time, event) ~ group, d, weights = weight, robust = TRUE, id = seq_len(nrow(d)), conf.type = scale)
       else survfit(Surv(entry, time, event) ~ group, d, conf.type = scale)
  at <- unname(quantile(d$time, c(0.2, 0.4, 0.6)))
  at <- round(at)
  s <- summary(f, times = at, extend = TRUE)
  # survfit leaves a group out of a time before its first follow-up; none does here.
  stopifnot(length(s$time) == length(at) * nlevels(d$group))
  rows <- lapply(seq_along(s$time), function(i) object(
    group = text(sub("group=", "", s$strata[i])), at = number(s$time[i]), survival = number(s$surv[i]),
    std_error = number(s$std.err[i]), lower = number(s$lower[i]), upper = number(s$upper[i])))
  object(interval = text(switch(scale, "log-log" = "log_log", scale)), rows = array_of(rows, identity))
}

cases <- array_of(names(courses), function(name) {
  d <- courses[[name]]
  file <- sprintf("data/courses_%s.csv", name)
  sum <- substr(system2("sha256sum", file, stdout = TRUE), 1, 64)
  weighted <- any(d$weight != 1)
  if (weighted) {
    fit <- coxph(Surv(entry, time, event) ~ group, d, weights = weight, ties = "breslow", cluster = seq_len(nrow(d)))
    figures <- object(test = text("log_rank"), statistic = number(fit$rscore), df = number(nlevels(d$group) - 1),
                      p_value = number(upper(fit$rscore, nlevels(d$group) - 1)))
  } else {
    rows <- lapply(tests, function(test) lapply(c(FALSE, TRUE), function(strata) of_test(d, test, strata)))
    figures <- unlist(rows)
  }
  curves <- lapply(c("plain", "log", "log-log", "logit", "arcsin"), function(scale) of_curve(d, scale, weighted))
  object(
    dataset = text(name), file = text(file), sha256 = text(sum), levels = array_of(levels(d$group), text),
    strata = array_of(levels(d$stratum), text), weighted = if (weighted) "true" else "false",
    tests = array_of(figures, identity), curves = array_of(curves, identity))
})
write_figures("log_rank_family.json", gsub("\"arcsin\"", "\"arcsine\"", cases))

# Reference figures of cumulative incidence predicted by Fine-Gray regression: Rscript oracle/predicted_incidence.R, from the
# root of the repository, after oracle/fine_gray.R, whose data it reads. Writes oracle/predicted_incidence.json.
#
# Estimates are predict.crr's; where no event and censoring share a time those of finegray + coxph + survfit agree, and that
# is checked. cmprsk has no variance of them: it is worked out here patient by patient and event time by event time from
# Fine & Gray's decomposition, which must give crr's own variance of the coefficients, and is compared with the
# infinitesimal jackknife found by changing the weight of each patient and fitting anew (the two differ, since the
# jackknife sees the Kaplan-Meier of censoring exactly and not to first order).
suppressPackageStartupMessages({library(survival); library(cmprsk)})
source("oracle/regression.R")

studies <- list(
  mgus2 = list(terms = c("age", "sex", "hgb"), profiles = list(
    young = list(age = 50, sex = "F", hgb = 14), old = list(age = 85, sex = "M", hgb = 11))),
  pbc = list(terms = c("age", "edema", "bili"), profiles = list(
    mild = list(age = 45, edema = "0", bili = 0.8), severe = list(age = 60, edema = "1", bili = 6))),
  pbc_half_years = list(terms = c("sex", "bili"), profiles = list(
    mild = list(sex = "f", bili = 1), severe = list(sex = "m", bili = 10))),
  colon = list(terms = c("rx", "nodes"), profiles = list(
    few = list(rx = "Lev_5FU", nodes = 1), many = list(rx = "Obs", nodes = 12))),
  colon_dead = list(terms = c("rx", "age"), profiles = list(
    young = list(rx = "Lev", age = 40), old = list(rx = "Obs", age = 75))))

levels_of <- list(sex = list(mgus2 = c("F", "M"), pbc_half_years = c("m", "f")), edema = list(pbc = c("0", "0.5", "1")),
                  rx = list(colon = c("Obs", "Lev", "Lev_5FU"), colon_dead = c("Obs", "Lev", "Lev_5FU")))

# Weights of the risk sets at the event times; `n` are the weights of the patients.
weigh <- function(time, status, u, n = rep(1, length(time))) {
  at <- sort(unique(time))
  y <- vapply(at, function(t) sum(n[time >= t]), 0)
  cens <- vapply(at, function(t) sum(n[time == t & status == 0]), 0)
  free <- c(1, cumprod(1 - cens / y))[seq_along(at)]
  g <- function(t) free[match(t, at)]
  w <- outer(time, u, ">=") * 1
  for (i in which(status == 2)) w[i, u > time[i]] <- g(u[u > time[i]]) / g(time[i])
  w
}

# Newton's method with patients weighted by n.
fitted <- function(time, status, z, n, beta) {
  u <- sort(unique(time[status == 1]))
  w <- weigh(time, status, u, n) * n
  d <- vapply(u, function(t) sum(n[time == t & status == 1]), 0)
  for (step in 1:4) {
    r <- drop(exp(z %*% beta))
    s0 <- drop(r %*% w)
    mean <- t(w) %*% (r * z) / s0
    score <- colSums(n * (status == 1) * z) - drop(d %*% mean)
    second <- matrix(0, ncol(z), ncol(z))
    for (k in seq_along(u)) second <- second + d[k] * (crossprod(z, w[, k] * r * z) / s0[k] - tcrossprod(mean[k, ]))
    beta <- beta + solve(second, score)
  }
  r <- drop(exp(z %*% beta))
  list(beta = beta, u = u, dh = d / drop(r %*% w))
}

cases <- vapply(names(studies), function(name) {
  study <- studies[[name]]
  file <- paste0("data/fine_gray_", name, ".csv")
  d <- read.csv(file.path("oracle", file), colClasses = if ("edema" %in% study$terms) c(edema = "character") else NA)
  for (term in names(levels_of)) if (term %in% study$terms)
    d[[term]] <- factor(d[[term]], levels_of[[term]][[name]])
  all <- d
  d <- d[complete.cases(d[c("time", "event", "competing", study$terms)]), ]
  time <- d$time; status <- d$event + 2 * d$competing
  design <- function(rows) {
    parts <- lapply(study$terms, function(term) model.matrix(~ ., rows[term])[, -1, drop = FALSE])
    do.call(cbind, parts)
  }
  x <- design(d); centre <- colMeans(x); spread <- apply(x, 2, sd)
  z <- sweep(sweep(x, 2, centre), 2, spread, "/")
  fit <- crr(time, status, z)
  for (step in 1:5)
    fit <- crr(time, status, z, init = fit$coef + drop(fit$invinf %*% fit$score), maxiter = 0)
  stopifnot(max(abs(fit$score)) < 1e-10)
  beta <- unname(fit$coef)

  # Patient by patient.
  u <- sort(unique(time[status == 1])); n <- length(time)
  w <- weigh(time, status, u)
  r <- drop(exp(z %*% beta)); s0 <- drop(r %*% w); mean <- t(w) %*% (r * z) / s0
  dh <- vapply(u, function(t) sum(time == t & status == 1), 0) / s0
  dm <- outer(seq_len(n), seq_along(u), function(i, k) (time[i] == u[k] & status[i] == 1) * 1) - sweep(w * r, 2, dh, "*")
  eta <- z * rowSums(dm) - dm %*% mean
  censored <- sort(unique(time[status == 0]))
  y <- vapply(censored, function(t) sum(time >= t), 0)
  dmc <- outer(time, censored, "==") * (status == 0) -
    sweep(outer(time, censored, ">="), 2, vapply(censored, function(t) sum(time == t & status == 0), 0) / y, "*")
  other <- which(status == 2)
  later <- outer(u, censored, ">=")
  q_of <- function(f) {
    # Sum over competing events before c and event times from c on of f(j, k).
    vapply(seq_along(censored), function(l) {
      j <- other[time[other] < censored[l]]; k <- which(later[, l])
      if (length(j) && length(k)) sum(f[j, k]) else 0
    }, 0)
  }
  part <- sweep(w * r, 2, dh, "*")
  q <- vapply(seq_len(ncol(z)), function(p) q_of(part * outer(z[, p], mean[, p], "-")), numeric(length(censored)))
  psi <- if (length(censored)) dmc %*% (matrix(q, length(censored)) / y) else 0 * eta
  zeta <- eta + psi
  inverse <- fit$invinf
  variance <- inverse %*% crossprod(zeta) %*% inverse
  stopifnot(max(abs(variance / fit$var - 1)) < 1e-8)

  at <- round(unname(quantile(time, c(0.1, 0.35, 0.6, 0.85))), 1)
  profile_x <- t(vapply(study$profiles, function(profile) {
    row <- all[1, ]
    for (term in study$terms)
      row[[term]] <- if (is.factor(all[[term]])) factor(profile[[term]], levels(all[[term]])) else profile[[term]]
    (drop(design(row)) - centre) / spread
  }, numeric(ncol(z))))

  # The infinitesimal jackknife, of the first profile at the third time.
  jackknife <- {
    hazard <- function(m) {
      f <- fitted(time, status, z, m, beta)
      sum(f$dh[f$u <= at[3]]) * exp(sum(profile_x[1, ] * f$beta))
    }
    some <- if (n > 450) sort(order(time)[seq(1, n, length.out = 450)]) else seq_len(n)
    change <- vapply(some, function(i) {
      m <- rep(1, n); h <- 1e-4
      m[i] <- 1 + h; up <- hazard(m); m[i] <- 1 - h
      (up - hazard(m)) / (2 * h)
    }, 0)
    list(some = some, change = change)
  }

  rows <- unlist(lapply(seq_along(study$profiles), function(p) {
    z0 <- profile_x[p, ]; r0 <- exp(sum(z0 * beta))
    predicted <- predict(fit, rbind(z0))
    vapply(at, function(t) {
      k <- u <= t
      here <- if (any(k)) predicted[sum(k), 2] else 0
      alpha <- if (any(k)) dm[, k, drop = FALSE] %*% (1 / s0[k]) else rep(0, n)
      limited <- sweep(part, 2, k / s0, "*")
      if (length(censored)) alpha <- alpha + dmc %*% (q_of(limited) / y)
      slope <- r0 * (z0 * sum(dh[k]) - colSums(dh[k] * mean[k, , drop = FALSE]))
      influence <- drop(r0 * alpha + zeta %*% inverse %*% slope)
      stopifnot(abs(1 - exp(-r0 * sum(dh[k])) - here) < 1e-12)
      if (p == 1 && t == at[3]) {
        found <- sum(influence[jackknife$some]^2) / sum(jackknife$change^2)
        cat(name, "jackknife: variances differ by", found - 1, "\n")
        stopifnot(abs(found - 1) < 0.02, cor(influence[jackknife$some], jackknife$change) > 0.999)
      }
      se <- (1 - here) * sqrt(sum(influence^2))
      own <- survival:::survfit_confint(1 - here, se, logse = FALSE, "log-log", 0.95)
      plain <- survival:::survfit_confint(here, se, logse = FALSE, "plain", 0.95)
      object(profile = text(names(study$profiles)[p]), at = number(t), incidence = number(here), std_error = number(se),
             lower = number(1 - own$upper), upper = number(1 - own$lower),
             plain = array(number(c(plain$lower, plain$upper))))
    }, "")
  }))

  # Another program for the estimates, where no event and censoring share a time.
  if (!length(intersect(time[status == 0], time[status != 0]))) {
    rows_fg <- cbind(data.frame(time = time, state = factor(status, 0:2)), as.data.frame(unname(z)))
    names(rows_fg) <- c("time", "state", paste0("z", seq_len(ncol(z))))
    fg <- finegray(Surv(time, state) ~ ., rows_fg, etype = "1")
    cox <- coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", paste0("z", seq_len(ncol(z)), collapse = " + "))),
                 fg, weights = fgwt, ties = "breslow", control = coxph.control(eps = 1e-12, iter.max = 50))
    new <- as.data.frame(profile_x); names(new) <- paste0("z", seq_len(ncol(z)))
    theirs <- 1 - summary(survfit(cox, new, se.fit = FALSE), times = at)$surv
    ours <- vapply(seq_len(nrow(profile_x)), function(p)
      vapply(at, function(t) 1 - exp(-exp(sum(profile_x[p, ] * beta)) * sum(dh[u <= t])), 0), at)
    cat(name, "finegray:", max(abs(theirs / ours - 1)), "\n")
    stopifnot(max(abs(theirs / ours - 1)) < 1e-8)
  }

  columns <- vapply(c("time", "event", "competing", study$terms), function(column) object(
    name = text(column), levels = if (is.factor(all[[column]])) array(text(levels(all[[column]]))) else "null"), "")
  data <- object(file = text(file), columns = array(columns),
                 sha256 = text(substr(system2("sha256sum", file.path("oracle", file), stdout = TRUE), 1, 64)))
  profiles <- vapply(names(study$profiles), function(label) {
    values <- study$profiles[[label]]
    written <- vapply(values, function(v) if (is.character(v)) text(v) else number(v), "")
    object(label = text(label), values = do.call(object, as.list(written)))
  }, "")
  object(name = text(name), data = data, terms = array(text(study$terms)), profiles = array(profiles), rows = array(rows))
}, "")
write_cases("predicted_incidence", c("survival", "cmprsk"), cases)

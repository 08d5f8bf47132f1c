# Reference figures of parametric survival regression: Rscript oracle/parametric_survival.R, from the root of the
# repository. Writes oracle/parametric_survival.json and oracle/data/parametric_*.csv. survreg's own convergence is
# tightened and polished, columns are centred and scaled, and profile limits are solved by refitting.
suppressPackageStartupMessages(library(survival))
source("oracle/regression.R")

colon_death <- subset(colon, etype == 2)
studies <- list(
  lung = with(lung, data.frame(time, event = status - 1, sex = factor(sex), age, ecog = factor(ph.ecog))),
  veteran = with(veteran, data.frame(time, event = status, trt = factor(trt), celltype, karno, diagtime)),
  pbc = with(pbc, data.frame(time = time / 365.25, event = as.integer(status == 2), age, edema = factor(edema),
                             bili = log(bili), albumin)),
  colon = with(colon_death, data.frame(time, event = status, rx = factor(gsub("+", "_", rx, fixed = TRUE),
    c("Obs", "Lev", "Lev_5FU")), age, nodes)),
  gbsg = with(gbsg, data.frame(time = rfstime / 30.4375, event = status, hormon = factor(hormon), age,
                               grade = factor(grade), nodes, er = er / 1e6))
)
laws <- c("exponential", "weibull", "lognormal", "loglogistic")
tight <- survreg.control(maxiter = 500, rel.tolerance = 1e-15, toler.chol = 1e-14)
z95 <- qnorm(0.975)

fit_law <- function(y, law, x, offset, scale = 0) {
  data <- list(y = y, x = x, offset = offset)
  formula <- if (ncol(x)) y ~ x + offset(offset) else y ~ 1 + offset(offset)
  # survreg ends on the likelihood, which is flat, with coefficients of nine digits: Newton steps with its own
  # derivatives (residuals of type "matrix") end in rounding.
  fit <- suppressWarnings(survreg(formula, data, dist = law, scale = scale, control = tight))
  design <- cbind(1, x)
  free <- law != "exponential" && scale == 0
  derivatives <- residuals(fit, type = "matrix")
  of_times <- fit$loglik[2] - sum(derivatives[, "g"])
  for (step in 1:4) {
    score <- c(crossprod(design, derivatives[, "dg"]), if (free) sum(derivatives[, "ds"]))
    hessian <- crossprod(design, design * derivatives[, "ddg"])
    if (free) {
      mixed <- crossprod(design, derivatives[, "dsg"])
      hessian <- rbind(cbind(hessian, mixed), c(mixed, sum(derivatives[, "dds"])))
    }
    if (step == 4) break
    move <- -solve(hessian, score)
    fit$coefficients <- fit$coefficients + move[seq_len(ncol(design))]
    fit$linear.predictors <- drop(design %*% fit$coefficients) + offset
    if (free) fit$scale <- fit$scale * exp(move[length(move)])
    derivatives <- residuals(fit, type = "matrix")
  }
  stopifnot(max(abs(score)) < 1e-9)
  list(beta = unname(fit$coefficients), covariance = unname(solve(-hessian)),
       value = sum(derivatives[, "g"]) + of_times, scale = fit$scale)
}

# Limits of a log hazard ratio: with sigma held, minus sigma times it is a known part of log time.
hazard_limits <- function(y, law, x, fit, k, eta, se) {
  profiled <- function(value) {
    at <- function(log_scale) {
      scale <- exp(log_scale)
      fit_law(y, law, x[, -k, drop = FALSE], -scale * value * x[, k], scale)$value
    }
    if (law == "exponential") at(0) else
      optimize(at, log(fit$scale) + c(-0.3, 0.3), maximum = TRUE, tol = 1e-7)$objective
  }
  distance <- function(value) 2 * (fit$value - profiled(value)) - qchisq(0.95, 1)
  vapply(c(-1, 1), function(sign)
    uniroot(distance, sort(eta + sign * c(0.5, 4) * se), tol = 1e-12 * se)$root, 0)
}

cases <- unlist(lapply(names(studies), function(name) {
  d <- studies[[name]]
  file <- data_file(paste0("parametric_", name), d)
  terms <- setdiff(names(d), c("time", "event"))
  d <- d[complete.cases(d), ]
  y <- Surv(d$time, d$event)
  matrices <- lapply(terms, function(term) model.matrix(~ ., d[term])[, -1, drop = FALSE])
  of <- rep(seq_along(terms), vapply(matrices, ncol, 0))
  x <- do.call(cbind, matrices)
  centre <- colMeans(x)
  spread <- apply(x, 2, sd)
  s <- sweep(sweep(x, 2, centre), 2, spread, "/")
  zero <- rep(0, nrow(d))
  # The first patient's values, as a profile.
  profile <- s[1, ]
  at <- unname(quantile(d$time, 0.4))
  vapply(laws, function(law) {
    fitter <- function(x, offset) fit_law(y, law, x, offset)
    fit <- fitter(s, zero)
    p <- ncol(s)
    shape <- law != "exponential"
    null <- fitter(s[, 0, drop = FALSE], zero)
    columns <- vapply(seq_len(p), function(k) {
      level <- if (is.factor(d[[terms[of[k]]]])) levels(d[[terms[of[k]]]])[1 + sum(of[seq_len(k)] == of[k])] else NA
      b <- fit$beta[k + 1]
      se <- sqrt(fit$covariance[k + 1, k + 1])
      hazard <- "null"
      if (law %in% c("exponential", "weibull")) {
        eta <- -b / fit$scale
        gradient <- c(-1 / fit$scale, if (shape) -eta)
        which <- c(k + 1, if (shape) p + 2)
        eta_se <- sqrt(drop(gradient %*% fit$covariance[which, which] %*% gradient))
        hazard <- object(beta = number(eta / spread[k]), std_error = number(eta_se / spread[k]),
                         profile = array(number(hazard_limits(y, law, s, fit, k, eta, eta_se) / spread[k])))
      }
      object(term = text(terms[of[k]]), level = text(level), beta = number(b / spread[k]),
             std_error = number(se / spread[k]), p_value = number(2 * pnorm(-abs(b / se))),
             profile = array(number(profile_limits(fitter, s, zero, fit, k, TRUE) / spread[k])), hazard = hazard)
    }, "")
    tests <- vapply(seq_along(terms), function(i) {
      columns <- which(of == i)
      object(term = text(terms[i]),
             likelihood_ratio = test(2 * (fit$value - fitter(s[, of != i, drop = FALSE], zero)$value), length(columns)),
             wald = test(quadratic(fit$beta[columns + 1], fit$covariance[columns + 1, columns + 1, drop = FALSE]),
                         length(columns)))
    }, "")
    v <- fit$covariance
    raw <- c(1, -centre / spread)
    beta_at <- c(1, profile)
    standard <- if (law == "lognormal") qnorm else if (law == "loglogistic") qlogis else
      function(p) log(-log1p(-p))
    tail <- if (law == "lognormal") function(q) pnorm(q, lower.tail = FALSE) else
      if (law == "loglogistic") function(q) plogis(q, lower.tail = FALSE) else function(q) exp(-exp(q))
    mu <- sum(beta_at * fit$beta)
    # log median and its gradient; the linear predictor of S(at) and its gradient.
    median <- mu + fit$scale * standard(0.5)
    g <- c(beta_at, if (shape) fit$scale * standard(0.5))
    lp <- (log(at) - mu) / fit$scale
    h <- c(-beta_at / fit$scale, if (shape) -lp)
    lp_se <- sqrt(drop(h %*% v %*% h))
    object(name = text(name), law = text(law), data = file, terms = array(text(terms)), columns = array(columns),
           tests = array(tests), log_likelihood = number(fit$value), null_log_likelihood = number(null$value),
           intercept = array(number(c(sum(raw * fit$beta), sqrt(drop(raw %*% v[1:(p + 1), 1:(p + 1)] %*% raw))))),
           scale = array(number(c(fit$scale, if (shape) sqrt(v[p + 2, p + 2]) else 0))),
           aic = number(2 * (p + 1 + shape) - 2 * fit$value),
           bic = number(log(nrow(d)) * (p + 1 + shape) - 2 * fit$value), at = number(at),
           values = array(vapply(terms, function(term)
             if (is.factor(d[[term]])) text(as.character(d[[term]][1])) else number(d[[term]][1]), "")),
           median = array(number(c(exp(median), sqrt(drop(g %*% v %*% g))))),
           survival = array(number(tail(c(lp, lp + z95 * lp_se, lp - z95 * lp_se)))))
  }, "")
}))
write_cases("parametric_survival", "survival", cases)

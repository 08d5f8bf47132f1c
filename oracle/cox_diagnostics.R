# Reference figures of what follows a Cox model: Rscript oracle/cox_diagnostics.R, from the root of the repository,
# after oracle/cox.R, whose data files it reads. Writes oracle/cox_diagnostics.json.
# coxph's own eps is 1e-9; here 1e-13. survival's royston() refits with the default, so it is written out here.
# Methods: proportional_hazards, cox_residuals, concordance, predicted_survival
suppressPackageStartupMessages({library(survival); library(splines)})
source("oracle/regression.R")
source("oracle/cox_figures.R")

described <- jsonlite::fromJSON("oracle/cox.json", simplifyVector = FALSE)$cases
concordances <- function(y, score, stratum) {
  counts <- function(fit) object(value = number(fit$concordance), variance = number(fit$var))
  weights <- c("n", "S", "S/G", "n/G2", "I")
  found <- vapply(weights, function(w) counts(concordance(y ~ score, timewt = w, reverse = TRUE)), "")
  object(weights = array(text(weights)), pooled = array(found),
         stratified = counts(concordance(y ~ score + strata(stratum), reverse = TRUE)))
}

# Direct-adjusted survival at a time and its standard error, by the delta method over events one by one.
adjusted <- function(fit, x, d, columns, levels, at) {
  beta <- coef(fit); r <- drop(exp(x %*% beta)); efron <- fit$method == "efron"
  hazard <- 0; variance <- 0; drift <- rep(0, ncol(x))
  for (t in sort(unique(d$time[d$event == 1 & d$time <= at]))) {
    risk <- d$time >= t; dead <- which(d$time == t & d$event == 1); m <- length(dead)
    for (l in seq_len(m) - 1) {
      w <- r * risk; if (efron) w[dead] <- w[dead] * (1 - l / m)
      s0 <- sum(w); hazard <- hazard + 1 / s0; variance <- variance + 1 / s0^2
      drift <- drift + colSums(w * x) / s0^2
    }
  }
  parts <- lapply(levels, function(level) {
    z <- x; z[, columns] <- rep(level, each = nrow(x))
    risk <- drop(exp(z %*% beta)); s <- exp(-hazard * risk); a <- risk * s
    list(value = mean(s), hazard = -mean(a), beta = -colMeans(a * (hazard * z - rep(drift, each = nrow(x)))))
  })
  error <- function(hazard, beta)
    sqrt(hazard^2 * variance + drop(beta %*% fit$var %*% beta))
  first <- parts[[1]]
  array(vapply(parts, function(part) object(
    value = number(part$value), std_error = number(error(part$hazard, part$beta)),
    difference = number(part$value - first$value),
    difference_error = number(error(part$hazard - first$hazard, part$beta - first$beta))), ""))
}

explained <- function(fit, y, ties) {
  eta <- round(fit$linear.predictors, 11)
  n <- length(eta)
  z <- qnorm((seq_len(n) - 3 / 8) / (n + 0.25))
  mean_of_ties <- ave(z[rank(eta, ties.method = "first")], eta)
  inner <- coxph(y ~ mean_of_ties, ties = ties, control = control)
  b <- unname(coef(inner))
  gain <- 2 * diff(fit$loglik)
  object(nagelkerke = number((1 - exp(-gain / n)) / (1 - exp(2 * fit$loglik[1] / n))), bic = number(BIC(fit)),
         aic = number(AIC(fit)), d = number(b * sqrt(8 / pi)), d_error = number(sqrt(inner$var[1, 1] * 8 / pi)),
         d_r_squared = number(b^2 / (pi^2 / 6 + b^2)))
}

cases <- vapply(Filter(function(case) case$name != "mgus2", described), function(case) {
  d <- read.csv(file.path("oracle", case$data$file))
  terms <- unlist(case$multivariable$terms)
  for (column in case$data$columns) if (!is.null(column$levels))
    d[[column$name]] <- factor(as.character(d[[column$name]]), unlist(column$levels))
  d <- d[complete.cases(d[c("time", "event", terms)]), ]
  ties <- case$ties
  y <- Surv(d$time, d$event)
  formula <- reformulate(terms, "Surv(time, event)")
  fit <- coxph(formula, d, ties = ties, control = control, x = TRUE)
  p <- length(coef(fit))
  kinds <- c("score", "dfbeta", "dfbetas")
  residual <- function(type) residuals(fit, type)
  by_column <- function(type) {
    r <- as.matrix(residual(type))
    time <- if (nrow(r) == nrow(d)) d$time else as.numeric(rownames(r))
    array(vapply(seq_len(p), function(j) summary_of(r[, j], time), ""))
  }
  scaled <- d
  for (t in terms) if (!is.factor(d[[t]])) scaled[[t]] <- d[[t]] / sd(d[[t]])
  scaled_fit <- coxph(formula, scaled, ties = ties, control = control, x = TRUE)
  scale <- unname(coef(scaled_fit) / coef(fit))
  null <- coxph(y ~ 1, ties = ties)
  displacement <- rowSums((residual("score") %*% fit$var) * residual("score"))
  residual_figures <- object(
    martingale = summary_of(residual("martingale"), d$time), deviance = summary_of(residual("deviance"), d$time),
    null = summary_of(residuals(null, "martingale"), d$time), score = by_column("score"),
    dfbeta = by_column("dfbeta"), dfbetas = by_column("dfbetas"), schoenfeld = by_column("schoenfeld"),
    scaled_schoenfeld = by_column("scaledsch"), displacement = summary_of(displacement, d$time))

  at <- unname(quantile(d$time[d$event == 1], c(0.1, 0.5, 0.9), type = 1))
  profiles <- vapply(c(1, 10), function(i) {
    curves <- lapply(c("log", "log-log", "plain"), function(type)
      summary(survfit(fit, newdata = d[i, terms], conf.type = type), times = at))
    values <- vapply(terms, function(term)
      if (is.factor(d[[term]])) text(as.character(d[i, term])) else number(d[i, term]), "")
    object(values = do.call(object, as.list(values)), survival = numbers(curves[[1]]$surv),
           std_error = numbers(curves[[1]]$std.err), hazard = numbers(curves[[1]]$cumhaz),
           log = numbers(c(rbind(curves[[1]]$lower, curves[[1]]$upper))),
           log_log = numbers(c(rbind(curves[[2]]$lower, curves[[2]]$upper))),
           plain = numbers(c(rbind(curves[[3]]$lower, curves[[3]]$upper))))
  }, "")
  x <- unname(fit$x)
  base <- coxph(y ~ x, ties = ties, control = control)
  middle <- data.frame(id = 1); middle$x <- matrix(colMeans(x), 1)
  mean_curve <- summary(survfit(base, newdata = middle), times = at)
  factor_term <- terms[vapply(terms, function(t) is.factor(d[[t]]), NA)][1]
  columns <- fit$assign[[factor_term]]
  dummies <- contrasts(d[[factor_term]])
  levels <- lapply(seq_len(nrow(dummies)), function(k) dummies[k, ])
  stratum <- d[[factor_term]]
  object(name = text(case$name), ties = text(ties), terms = array(text(terms)),
         data = jsonlite::toJSON(case$data, auto_unbox = TRUE, null = "null"),
         proportional = array(vapply(c("km", "rank", "identity", if (min(d$time) > 0) "log"), function(t) proportional(scaled_fit, t, scale), "")),
         residuals = residual_figures,
         concordance = concordances(y, fit$linear.predictors, stratum),
         number = text(terms[!vapply(terms, function(t) is.factor(d[[t]]), NA)][1]),
         number_concordance = concordances(y, d[[terms[!vapply(terms, function(t) is.factor(d[[t]]), NA)][1]]], stratum),
         stratum = text(factor_term), at = numbers(at), profiles = array(profiles),
         mean_curve = object(survival = numbers(mean_curve$surv), std_error = numbers(mean_curve$std.err),
                             hazard = numbers(mean_curve$cumhaz)),
         adjusted = array(vapply(at, function(t) adjusted(fit, fit$x, d, columns, levels, t), "")),
         explained = explained(fit, y, ties))
}, "")
write_cases("cox_diagnostics", "survival", cases)

# The second half of fuzz.R, which sources it: interactions, splines, weights, clusters, strata, penalties, selection, and
# the methods beside the models. What no package of R gives is computed here from its definition, to the last digit.

tight <- coxph.control(eps = 1e-13, iter.max = 60, toler.chol = 1e-15, timefix = FALSE)
logistic <- function(formula, d) glm(formula, binomial, d, epsilon = 1e-15, maxit = 60)

# Coefficients named as they are in R, told to belong to a term and a level.
named <- function(analysis, quantity, beta, variance, names, limits = TRUE, test = "wald") {
  error <- sqrt(diag(variance))
  z <- qnorm(.975)
  for (i in seq_along(beta)) {
    add <- function(...) put(analysis, quantity, ..., model = "multivariable", term = names[[i]][1], level = names[[i]][2])
    add("value", exp(beta[i]))
    add("std_error", error[i])
    if (limits) {
      add("lower", exp(beta[i] - z * error[i]))
      add("upper", exp(beta[i] + z * error[i]))
    }
    if (nchar(test)) {
      add(paste(test, "statistic"), (beta[i] / error[i])^2)
      add(paste(test, "p_value"), 2 * pnorm(-abs(beta[i] / error[i])))
    }
  }
}

xg <- list(c("x", ""), c("g", "b"))
xgf <- c(xg, list(c("f", "q"), c("f", "r"), c("f", "s")))

terms_of_models <- function(d) {
  full <- logistic(y ~ x + g + f + x:g, d)
  product <- c(xgf, list(c("x:g", "b")))
  named("interaction", "odds_ratio", coef(full)[-1], information(full)[-1, -1], product)
  put("interaction", "log_likelihood", "value", logLik(full), "multivariable")
  lost <- 2 * (logLik(full) - logLik(logistic(y ~ x + g + f, d)))
  global("interaction", "multivariable", "x:g", "likelihood_ratio", lost, 1)
  basis <- Hmisc::rcspline.eval(d$x, nk = 4, inclx = TRUE)
  colnames(basis) <- paste0("s", 1:3)
  d <- cbind(d, basis)
  bent <- coxph(Surv(time, event) ~ s1 + s2 + s3 + g, d, control = tight)
  straight <- coxph(Surv(time, event) ~ s1 + g, d, control = tight)
  put("spline", "log_likelihood", "value", bent$loglik[2], "multivariable")
  put("spline", "nonlinearity", "likelihood_ratio statistic", 2 * (bent$loglik[2] - straight$loglik[2]), "multivariable", "x")
  put("spline", "nonlinearity", "wald statistic", joint(coef(bent)[2:3], vcov(bent)[2:3, 2:3]), "multivariable", "x")
  put("spline", "global_test", "wald statistic", joint(coef(bent)[1:3], vcov(bent)[1:3, 1:3]), "multivariable", "x")
  named("spline", "hazard_ratio", coef(bent)[4], vcov(bent)[4, 4, drop = FALSE], xg[2])
  curved <- logistic(y ~ s1 + s2 + s3 + g, d)
  put("spline_logistic", "log_likelihood", "value", logLik(curved), "multivariable")
  named("spline_logistic", "odds_ratio", coef(curved)[5], information(curved)[5, 5, drop = FALSE], xg[2])
}

crossed_splines <- function(d) {
  basis <- Hmisc::rcspline.eval(d$x, nk = 3, inclx = TRUE)
  d$s1 <- basis[, 1]
  d$s2 <- basis[, 2]
  whole <- logistic(y ~ (s1 + s2) * g, d)
  put("spline_interaction", "log_likelihood", "value", logLik(whole), "multivariable")
  lost <- 2 * (logLik(whole) - logLik(logistic(y ~ s1 + s2 + g, d)))
  global("spline_interaction", "multivariable", "x:g", "likelihood_ratio", lost, 2)
  bends <- 2 * (logLik(whole) - logLik(logistic(y ~ s1 * g + s2, d)))
  put("spline_interaction", "nonlinearity", "likelihood_ratio statistic", bends, "multivariable", "x:g")
}

# Firth's logistic regression by Newton's method on its modified score.
firth <- function(columns, y) {
  beta <- rep(0, ncol(columns))
  for (round in 1:200) {
    share <- plogis(drop(columns %*% beta))
    inverse <- solve(crossprod(columns * sqrt(share * (1 - share))))
    leverage <- rowSums((columns %*% inverse) * columns) * share * (1 - share)
    step <- drop(inverse %*% crossprod(columns, y - share + leverage * (.5 - share)))
    step <- step * min(1, 3 / max(abs(step)))
    beta <- beta + step
    if (max(abs(step)) < 1e-14 * max(1, abs(beta))) break
  }
  value <- sum(y * plogis(drop(columns %*% beta), log.p = TRUE) + (1 - y) * plogis(-drop(columns %*% beta), log.p = TRUE))
  list(beta = beta, variance = inverse, value = value - determinant(inverse)$modulus / 2, settled = round < 200)
}

penalized <- function(d) {
  columns <- cbind(1, scale(d$x), model.matrix(~ g + f, d)[, -1])
  fit <- firth(columns, d$y)
  if (!fit$settled) return()
  by <- c(1, sd(d$x), rep(1, 4))
  named("firth", "odds_ratio", (fit$beta / by)[-1], (fit$variance / outer(by, by))[-1, -1], xgf, FALSE, "")
}

selected <- function(d) {
  chosen <- step(logistic(y ~ x + g + f + z, d), direction = "backward", trace = 0)
  if (length(coef(chosen)) == 1) return()
  put("stepwise", "aic", "value", AIC(chosen), "multivariable")
  put("stepwise", "log_likelihood", "value", logLik(chosen), "multivariable")
}

# The conditional distribution of a table with given margins, tilted by an odds ratio.
conditional <- function(d) {
  n <- table(d$g, d$y)
  total <- rowSums(n)
  drawn <- sum(n[, 2])
  possible <- max(0, drawn - total[1]):min(drawn, total[2])
  weight <- lchoose(total[2], possible) + lchoose(total[1], drawn - possible)
  tilted <- function(beta) {
    share <- weight + beta * possible
    share <- exp(share - max(share))
    share / sum(share)
  }
  seen <- n[2, 2]
  if (seen == min(possible) || seen == max(possible)) return()
  search <- function(f) uniroot(f, c(-20, 20), tol = 1e-14, maxiter = 1000)$root
  beta <- search(function(beta) sum(tilted(beta) * possible) - seen)
  share <- tilted(beta)
  at <- tilted(0)
  add <- function(...) put("exact", "odds_ratio", ..., model = "univariable", term = "g", level = "b")
  add("value", exp(beta))
  add("std_error", 1 / sqrt(sum(share * possible^2) - sum(share * possible)^2))
  add("lower", exp(search(function(beta) sum(tilted(beta)[possible >= seen]) - .025)))
  add("upper", exp(search(function(beta) sum(tilted(beta)[possible <= seen]) - .025)))
  add("exact_conditional p_value", min(1, 2 * min(sum(at[possible >= seen]), sum(at[possible <= seen]))))
}

weighted <- function(d) {
  d$w <- 1 + d$id %% 3
  fit <- glm(y ~ x + g, quasibinomial, d, weights = w, epsilon = 1e-15, maxit = 60)
  columns <- model.matrix(fit)
  share <- plogis(drop(columns %*% coef(fit)))
  inverse <- solve(crossprod(columns * sqrt(d$w * share * (1 - share))))
  named("frequency", "odds_ratio", coef(fit)[-1], inverse[-1, -1], xg)
  # As in the packages of surveys, n / (n - 1) stands before the sum.
  scores <- columns * (d$w * (d$y - share)) * sqrt(nrow(d) / (nrow(d) - 1))
  named("sampling", "odds_ratio", coef(fit)[-1], (inverse %*% crossprod(scores) %*% inverse)[-1, -1], xg)
  cox <- coxph(Surv(time, event) ~ x + g, d, weights = w, robust = TRUE, control = tight)
  named("cox_sampling", "hazard_ratio", coef(cox), cox$var, xg)
  put("cox_sampling", "log_likelihood", "value", cox$loglik[2], "multivariable")
  cox <- coxph(Surv(time, event) ~ x + g + strata(h), d, cluster = f, control = tight)
  named("cox_strata", "hazard_ratio", coef(cox), cox$var, xg)
  put("cox_strata", "global_test", "wald statistic", joint(coef(cox), cox$var), "multivariable")
  put("cox_strata", "global_test", "score statistic", cox$rscore, "multivariable")
  cox <- coxph(Surv(time, event) ~ x + g, d, ties = "exact", control = tight)
  named("cox_exact", "hazard_ratio", coef(cox), vcov(cox), xg)
  put("cox_exact", "global_test", "score statistic", cox$score, "multivariable")
}

after_cox <- function(d) {
  cox <- coxph(Surv(time, event) ~ x + g, d, control = tight)
  tests <- cox.zph(cox, transform = "km")$table
  for (term in c("x", "g", "GLOBAL")) {
    add <- function(...) put("zph", "proportional_hazards", ..., model = "multivariable", term = sub("GLOBAL", "", term))
    add("score statistic", tests[term, "chisq"])
    add("score p_value", tests[term, "p"])
  }
  agreement <- concordance(Surv(time, event) ~ x, d, reverse = TRUE, timefix = FALSE)
  put("concordance", "concordance", "value", agreement$concordance, term = "x")
  put("concordance", "concordance", "std_error", sqrt(agreement$var), term = "x")
  new <- survfit(cox, data.frame(x = median(d$x), g = "a"))
  curve <- summary(new, times = 3)
  add <- function(...) put("predicted", ..., group = "A", at = 3)
  if (length(curve$surv)) {
    add("survival", "value", curve$surv)
    add("survival", "std_error", curve$std.err)
    add("cumulative_hazard", "value", curve$cumhaz)
  }
}

laws <- function(d) {
  for (law in c("lognormal", "loglogistic", "exponential")) {
    fit <- survreg(Surv(time, event) ~ x + g + f, d, dist = law,
      control = survreg.control(rel.tolerance = 1e-14, maxiter = 200))
    k <- 2:6
    named(law, "time_ratio", coef(fit)[k], vcov(fit)[k, k], xgf)
    put(law, "log_likelihood", "value", fit$loglik[2], "multivariable")
  }
}

family <- function(d) {
  # Of a weighted test R's observed and expected events are weighted; farr tells how many there were.
  weighted <- survdiff(Surv(time, event) ~ h, d, rho = 1)
  put("peto", "global_test", "fleming_harrington statistic", weighted$chisq)
  fit <- survdiff(Surv(time, event) ~ h + strata(g), d)
  put("stratified", "observed", "value", sum(fit$obs[1, ]), group = levels(d$h)[1])
  put("stratified", "expected", "value", sum(fit$exp[1, ]), group = levels(d$h)[1])
  put("stratified", "global_test", "log_rank statistic", fit$chisq)
  apart <- rowSums(fit$obs) - rowSums(fit$exp)
  scores <- seq_along(apart)
  trend <- sum(scores * apart)^2 / drop(scores %*% fit$var %*% scores)
  put("stratified", "trend_test", "log_rank statistic", trend)
  whole <- summary(survfit(Surv(time, event) ~ g, d, timefix = FALSE), rmean = 5)$table
  for (level in levels(d$g)) {
    last <- max(d$time[d$g == level])
    if (last < 5 && !all(d$event[d$g == level & d$time == last])) next # no mean up to there, though R gives one
    add <- function(...) put("restricted", "restricted_mean", ..., group = level, at = 5)
    add("value", whole[paste0("g=", level), "rmean"])
    add("std_error", whole[paste0("g=", level), "se(rmean)"])
  }
  late <- transform(subset(d, time > 2), time = time - 2, w = 1 + id %% 3)
  late <- late[rep(seq_len(nrow(late)), late$w), ]
  curve <- summary(survfit(Surv(time, event) ~ g, late, timefix = FALSE), times = 5)
  for (i in seq_along(curve$time)) {
    add <- function(...) put("landmark", "survival", ..., group = sub("^g=", "", curve$strata[i]), at = 5)
    add("value", curve$surv[i])
    add("std_error", curve$std.err[i])
    add("lower", curve$lower[i])
    add("upper", curve$upper[i])
  }
  hazards <- summary(survfit(Surv(time, event) ~ g, d, timefix = FALSE), times = 3)
  for (i in seq_along(hazards$time)) {
    add <- function(...) put("hazard", "cumulative_hazard", ..., group = sub("^g=", "", hazards$strata[i]), at = 3)
    add("value", hazards$cumhaz[i])
    add("std_error", hazards$std.chaz[i])
  }
}

interacting <- function(d) {
  columns <- model.matrix(~ x * g, transform(d, x = (x - mean(x)) / sd(x)))[, -1]
  fit <- crr(d$time, d$cause, columns, failcode = "event", cencode = "censored", gtol = 1e-11, maxiter = 60)
  if (!fit$converged) return()
  put("fg_interaction", "subdistribution_hazard_ratio", "value", exp(fit$coef[3] / sd(d$x)), "multivariable", "x:g", "b")
  put("fg_interaction", "subdistribution_hazard_ratio", "std_error", sqrt(fit$var[3, 3]) / sd(d$x), "multivariable", "x:g", "b")
  put("fg_interaction", "global_test", "wald statistic", joint(fit$coef, fit$var), "multivariable")
}

small_tests <- function(d) {
  tables <- table(d$g, d$y, d$h)
  pooled <- mantelhaen.test(tables)
  put("two", "odds_ratio", "value", pooled$estimate, "stratified", "g", "b")
  put("two", "association", "cochran_mantel_haenszel_corrected statistic", pooled$statistic, "stratified", "g")
  all <- table(d$g, d$y)
  share <- prop.table(all, 1)[, 2]
  error <- sqrt(sum(share * (1 - share) / rowSums(all)))
  put("two", "risk_difference", "value", share[2] - share[1], "", "g", "b")
  if (all(all > 0)) {
    # prop.test compares the first with the second, and takes an event as success.
    range <- prop.test(all[2:1, 2:1])$conf.int
    put("two", "risk_difference", "lower", range[1], "", "g", "b")
    put("two", "risk_difference", "upper", range[2], "", "g", "b")
  }
  put("two", "risk_difference", "std_error", error, "", "g", "b")
  one <- prop.test(all["a", 2], sum(all["a", ]))$conf.int
  put("two", "risk", "lower", one[1], "", "g", "a")
  put("two", "risk", "upper", one[2], "", "g", "a")
  put("two", "risk_ratio", "value", share[2] / share[1], "", "g", "b")
  apart <- t.test(d$x[d$g == "b"], d$x[d$g == "a"])
  put("location", "mean_difference", "value", apart$estimate[1] - apart$estimate[2], "", "x", "b")
  put("location", "mean_difference", "lower", apart$conf.int[1], "", "x", "b")
  put("location", "mean_difference", "upper", apart$conf.int[2], "", "x", "b")
  for (kind in c("spearman", "pearson")) {
    test <- cor.test(d$x, d$z, method = kind)
    put(kind, "correlation", "value", test$estimate, "", "x", "z")
    put(kind, "correlation", paste0(kind, "_correlation p_value"), test$p.value, "", "x", "z")
  }
  pair <- t.test(d$x, d$z, paired = TRUE)
  put("paired", "association", "paired_t statistic", pair$statistic, "", "x")
  put("paired", "association", "paired_t p_value", pair$p.value, "", "x")
  ranks <- wilcox.test(d$x, d$z, paired = TRUE)
  put("signed_rank", "association", "wilcoxon_signed_rank statistic", ranks$statistic, "", "x")
  put("signed_rank", "association", "wilcoxon_signed_rank p_value", ranks$p.value, "", "x")
  change <- table(d$y, d$event)
  if (all(dim(change) == 2) && change[1, 2] + change[2, 1] > 0) {
    test <- mcnemar.test(change)
    put("changes", "association", "mc_nemar_corrected statistic", test$statistic, "", "y")
    put("changes", "association", "mc_nemar_corrected p_value", test$p.value, "", "y")
  }
  slope <- prop.trend.test(table(d$h, d$y)[, 2], table(d$h))
  put("trend", "association", "cochran_armitage p_value", slope$p.value, "", "h")
}

performance <- function(d) {
  fit <- logistic(y ~ x + g, d)
  risk <- fitted(fit)
  area <- pROC::roc(d$y, risk, quiet = TRUE, direction = "<")
  put("performance", "auc", "value", area$auc)
  put("performance", "auc", "std_error", sqrt(pROC::var(area, method = "delong")))
  put("performance", "brier", "value", mean((d$y - risk)^2))
  snell <- 1 - exp((fit$deviance - fit$null.deviance) / nrow(d))
  put("performance", "cox_snell_r2", "value", snell)
  put("performance", "nagelkerke_r2", "value", snell / (1 - exp(-fit$null.deviance / nrow(d))))
  put("performance", "mc_fadden_r2", "value", 1 - fit$deviance / fit$null.deviance)
}

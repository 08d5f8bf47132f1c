# Every figure of oracle/fuzz.py's analyses in R: Rscript fuzz.R FOLDER..., each with a data.csv, into FOLDER/r.csv.
# R's own iterations are tightened, so that a difference is one of method and not of where a search stopped.
suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
})
options(warn = -1)

rows <- NULL
put <- function(analysis, quantity, figure, value, model = "", term = "", level = "", group = "", at = "") {
  value <- as.numeric(value)
  rows[[length(rows) + 1]] <<- data.frame(
    analysis, quantity, model, term, level, group, at = as.character(at), figure, value = sprintf("%.17g", value))
}

baseline <- function(d, analysis, by, factors) {
  group <- d[[by]]
  for (name in c(factors, "y")) {
    table <- table(d[[name]], group)
    term <- list(analysis = analysis, quantity = "association", term = name)
    add <- function(...) do.call(put, c(term, list(...)))
    plain <- chisq.test(table, correct = FALSE)
    add(figure = "pearson_chi_squared statistic", value = plain$statistic)
    add(figure = "pearson_chi_squared p_value", value = plain$p.value)
    if (all(dim(table) == 2)) {
      corrected <- chisq.test(table)
      add(figure = "yates_chi_squared statistic", value = corrected$statistic)
      add(figure = "yates_chi_squared p_value", value = corrected$p.value)
    }
    exact <- try(fisher.test(table, workspace = 2e7), silent = TRUE)
    if (!inherits(exact, "try-error")) add(figure = "fisher_exact p_value", value = exact$p.value)
  }
  for (name in c("x", "z")) {
    values <- split(d[[name]], group)
    for (level in names(values)) {
      add <- function(...) put(analysis, ..., term = name, group = level)
      add("mean", "value", mean(values[[level]]))
      add("standard_deviation", "value", sd(values[[level]]))
      for (at in c(.25, .5, .75)) add("quantile", "value", quantile(values[[level]], at), at = at)
    }
    add <- function(...) put(analysis, "association", ..., term = name)
    if (length(values) == 2) {
      wilcoxon <- wilcox.test(values[[1]], values[[2]])
      add("wilcoxon_rank_sum statistic", wilcoxon$statistic)
      add("wilcoxon_rank_sum p_value", wilcoxon$p.value)
    } else {
      kruskal <- kruskal.test(d[[name]], group)
      add("kruskal_wallis statistic", kruskal$statistic)
      add("kruskal_wallis p_value", kruskal$p.value)
    }
  }
}

# The term and the level of a coefficient's name.
parts <- function(coefficient, terms) {
  term <- terms[startsWith(coefficient, terms)][1]
  c(term, substring(coefficient, nchar(term) + 1))
}

coefficients <- function(analysis, quantity, model, terms, beta, error) {
  z <- qnorm(.975)
  for (i in seq_along(beta)) {
    at <- parts(names(beta)[i], terms)
    add <- function(...) put(analysis, quantity, ..., model = model, term = at[1], level = at[2])
    add("value", exp(beta[i]))
    add("std_error", error[i])
    add("lower", exp(beta[i] - z * error[i]))
    add("upper", exp(beta[i] + z * error[i]))
    add("wald statistic", (beta[i] / error[i])^2)
    add("wald p_value", 2 * pnorm(-abs(beta[i] / error[i])))
  }
}

global <- function(analysis, model, term, name, statistic, df) {
  put(analysis, "global_test", paste(name, "statistic"), statistic, model, term)
  put(analysis, "global_test", paste(name, "p_value"), pchisq(statistic, df, lower.tail = FALSE), model, term)
}

joint <- function(beta, variance) drop(beta %*% solve(variance, beta))

# glm keeps the weights of the step before the last; this is the information at the estimates themselves.
information <- function(fit) {
  if (!inherits(fit, "glm")) return(vcov(fit))
  columns <- model.matrix(fit)
  share <- plogis(drop(columns %*% coef(fit)))
  solve(crossprod(columns * sqrt(share * (1 - share))), tol = 0)
}

models <- function(analysis, quantity, terms, univariable, fit, log_likelihood, columns) {
  one <- function(model, terms) {
    full <- fit(terms)
    beta <- columns(full)
    variance <- information(full)[names(beta), names(beta), drop = FALSE]
    coefficients(analysis, quantity, model, terms, beta, sqrt(diag(variance)))
    own <- if (model == "univariable") terms else ""
    put(analysis, "log_likelihood", "value", log_likelihood(full), model, own)
    for (term in terms) {
      mine <- startsWith(names(beta), term)
      without <- log_likelihood(fit(setdiff(terms, term)))
      # A level whose patients all left before the first event has no coefficient, and no degree of freedom.
      df <- sum(mine & !is.na(beta))
      global(analysis, model, term, "likelihood_ratio", 2 * (log_likelihood(full) - without), df)
      if (sum(mine) > 1)
        global(analysis, model, term, "wald", joint(beta[mine], variance[mine, mine]), sum(mine))
    }
    full
  }
  if (univariable) for (term in terms) one("univariable", term)
  one("multivariable", terms)
}

right <- function(terms) if (length(terms)) paste(terms, collapse = " + ") else "1"

regressions <- function(d) {
  models("logistic", "odds_ratio", c("x", "g", "f"), TRUE, function(terms) {
    glm(as.formula(paste("y ~", right(terms))), binomial, d, epsilon = 1e-15, maxit = 60)
  }, function(fit) as.numeric(logLik(fit)), function(fit) coef(fit)[-1])
}

hazards <- function(d, ties) {
  last <- function(fit) fit$loglik[length(fit$loglik)]
  cox <- models(ties, "hazard_ratio", c("x", "g", "f"), ties == "efron", function(terms) {
    coxph(as.formula(paste("Surv(time, event) ~", right(terms))), d, ties = ties, timefix = FALSE,
      control = coxph.control(eps = 1e-13, iter.max = 60, toler.chol = 1e-15, timefix = FALSE))
  }, last, coef)
  global(ties, "multivariable", "", "score", cox$score, length(coef(cox)))
}

weibull <- function(d) {
  fit <- survreg(Surv(time, event) ~ x + g, d, control = survreg.control(rel.tolerance = 1e-14, maxiter = 200))
  beta <- coef(fit)[-1]
  coefficients("weibull", "time_ratio", "multivariable", c("x", "g"), beta, sqrt(diag(vcov(fit)))[names(beta)])
  put("weibull", "log_likelihood", "value", fit$loglik[2], "multivariable")
  put("weibull", "scale", "value", fit$scale, "multivariable")
}

curves <- function(d) {
  fit <- survfit(Surv(time, event) ~ h, d, timefix = FALSE)
  group <- function(fit) sub("^h=", "", if (is.null(fit$strata)) "" else names(fit$strata))
  s <- summary(fit, times = c(3, 10))
  for (i in seq_along(s$time)) {
    level <- sub("^h=", "", s$strata[i])
    add <- function(...) put("km", "survival", ..., group = level, at = s$time[i])
    add("value", s$surv[i])
    add("std_error", s$std.err[i])
    add("lower", s$lower[i])
    add("upper", s$upper[i])
  }
  # quantile() takes the middle where survival is exactly 0.5, and misses the first crossing where a limit rises again;
  # summary() does neither.
  median <- quantile(fit, .5)$quantile
  limits <- rbind(summary(fit)$table)
  for (i in seq_along(group(fit))) {
    add <- function(...) put("km", "survival_quantile", ..., group = group(fit)[i], at = .5)
    add("value", median[i])
    add("lower", limits[i, "0.95LCL"])
    add("upper", limits[i, "0.95UCL"])
  }
  # survdiff takes `timefix` for a variable; the times here tie as they are printed anyhow.
  test <- survdiff(Surv(time, event) ~ h, d)
  put("km", "global_test", "log_rank statistic", test$chisq)
  put("km", "global_test", "log_rank p_value", pchisq(test$chisq, length(test$n) - 1, lower.tail = FALSE))
}

competing <- function(d) {
  fit <- cuminc(d$time, d$cause, d$g, cencode = "censored")
  points <- timepoints(fit, c(3, 10))
  for (level in levels(d$g)) for (at in c(3, 10)) {
    cell <- c(paste(level, "event"), as.character(at))
    if (!cell[1] %in% rownames(points$est) || is.na(points$est[cell[1], cell[2]])) next
    add <- function(...) put("cif", "cumulative_incidence", ..., term = "cr.cause", level = "event", group = level, at = at)
    add("value", points$est[cell[1], cell[2]])
    add("std_error", sqrt(points$var[cell[1], cell[2]]))
  }
  put("cif", "global_test", "gray statistic", fit$Tests["event", "stat"], "", "cr.cause", "event")
  # cmprsk prints 1 - pchisq, which has no digits left where P is small.
  p <- pchisq(fit$Tests["event", "stat"], fit$Tests["event", "df"], lower.tail = FALSE)
  put("cif", "global_test", "gray p_value", p, "", "cr.cause", "event")
  columns <- model.matrix(~ x + g, d)[, -1]
  # The search stops where the score is small against the scale of the covariates.
  scale <- apply(columns, 2, sd)
  model <- crr(d$time, d$cause, sweep(columns, 2, scale, "/"), failcode = "event", cencode = "censored",
    gtol = 1e-11, maxiter = 60)
  if (model$converged) {
    beta <- setNames(model$coef / scale, colnames(columns))
    coefficients("fg", "subdistribution_hazard_ratio", "multivariable", c("x", "g"), beta, sqrt(diag(model$var)) / scale)
  }
}

source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1])), "fuzz_models.R"))

for (folder in commandArgs(trailingOnly = TRUE)) {
  d <- read.csv(file.path(folder, "data.csv"), stringsAsFactors = TRUE)
  rows <- list()
  for (part in list(
    function() baseline(d, "base2", "g", c("h", "f")), function() baseline(d, "base3", "h", c("g", "f")),
    function() regressions(d), function() hazards(d, "efron"), function() hazards(d, "breslow"), function() weibull(d),
    function() curves(d), function() competing(d), function() terms_of_models(d), function() crossed_splines(d),
    function() penalized(d), function() selected(d), function() conditional(d), function() weighted(d),
    function() after_cox(d), function() laws(d), function() family(d), function() interacting(d),
    function() small_tests(d), function() performance(d)))
    tryCatch(part(), error = function(fault) message(basename(folder), " ", deparse(part)[2], ": ", conditionMessage(fault)))
  write.csv(do.call(rbind, rows), file.path(folder, "r.csv"), row.names = FALSE)
}
cat(R.version$major, ".", R.version$minor, " survival ", format(packageVersion("survival")), " cmprsk ",
  format(packageVersion("cmprsk")), "\n", sep = "")

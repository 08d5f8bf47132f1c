# Reference figures of what follows a Cox model with strata, delayed entry, intervals, weights, clusters and causes:
# Rscript oracle/cox_after.R, from the root of the repository, after oracle/cox_extensions.R, whose data files and options
# it reads. Writes oracle/cox_after.json. coxph's own eps is 1e-9; here 1e-13.
# Methods: proportional_hazards, cox_residuals, concordance, predicted_survival, cox
suppressPackageStartupMessages({library(survival); library(splines)})
source("oracle/regression.R")
source("oracle/cox_figures.R")

described <- jsonlite::fromJSON("oracle/cox_extensions.json", simplifyVector = FALSE)$cases
option <- function(options, key) {
  found <- regmatches(options, regexec(paste0("(^|\n)", key, " = ([^\n]*)"), options))[[1]]
  if (length(found)) gsub("[\" \\[\\]]", "", strsplit(found[3], ",")[[1]], perl = TRUE) else NULL
}

# Direct-adjusted survival at a time and its standard error, by the delta method over events one by one, each patient in
# his own stratum.
adjusted <- function(fit, x, y, group, w, columns, levels, at) {
  beta <- coef(fit); r <- drop(exp(x %*% beta)); efron <- fit$method == "efron"
  from <- if (ncol(y) == 3) y[, 1] else rep(-Inf, nrow(y))
  time <- y[, ncol(y) - 1]; event <- y[, ncol(y)]
  strata <- levels(group)
  base <- lapply(strata, function(g) {
    hazard <- 0; variance <- 0; drift <- rep(0, ncol(x))
    for (t in sort(unique(time[event == 1 & time <= at & group == g]))) {
      risk <- time >= t & from < t & group == g; dead <- which(time == t & event == 1 & group == g); m <- length(dead)
      for (l in seq_len(m) - 1) {
        v <- w * r * risk; if (efron) v[dead] <- v[dead] * (1 - l / m)
        s0 <- sum(v); one <- mean(w[dead])
        hazard <- hazard + one / s0; variance <- variance + one / s0^2
        drift <- drift + one * colSums(v * x) / s0^2
      }
    }
    list(hazard = hazard, variance = variance, drift = drift)
  })
  hazard <- vapply(base, function(b) b$hazard, 0)[group]
  drift <- t(vapply(base, function(b) b$drift, rep(0, ncol(x))))[as.integer(group), , drop = FALSE]
  if (ncol(x) == 1) drift <- matrix(vapply(base, function(b) b$drift, 0)[group])
  variance <- vapply(base, function(b) b$variance, 0)
  share <- w / sum(w)
  parts <- lapply(levels, function(level) {
    z <- x; z[, columns] <- rep(level, each = nrow(x))
    risk <- drop(exp(z %*% beta)); s <- exp(-hazard * risk); a <- share * risk * s
    list(value = sum(share * s), hazard = -vapply(strata, function(g) sum(a[group == g]), 0),
         beta = -colSums(a * (hazard * z - drift)))
  })
  error <- function(hazard, beta) sqrt(sum(hazard^2 * variance) + drop(beta %*% fit$var %*% beta))
  first <- parts[[1]]
  array(vapply(parts, function(part) object(
    value = number(part$value), std_error = number(error(part$hazard, part$beta)),
    difference = number(part$value - first$value),
    difference_error = number(error(part$hazard - first$hazard, part$beta - first$beta))), ""))
}

plain <- Filter(function(case) case$ties != "exact", described)
cases <- vapply(plain, function(case) {
  d <- read.csv(file.path("oracle", case$data$file))
  terms <- unlist(case$terms)
  for (column in case$data$columns) if (!is.null(column$levels))
    d[[column$name]] <- factor(as.character(d[[column$name]]), unlist(column$levels))
  if (identical(option(case$options, "cause"), "competing")) d$event <- d$competing
  strata <- option(case$options, "strata"); cluster <- option(case$options, "cluster")
  weights <- option(case$options, "weights")
  d <- d[complete.cases(d[intersect(names(d), c("time", "entry", "event", terms, strata, cluster, weights))]), ]
  rownames(d) <- NULL
  d$w <- if (is.null(weights)) 1 else d[[weights]]
  d$y <- if ("entry" %in% names(d)) Surv(d$entry, d$time, d$event) else Surv(d$time, d$event)
  stratum <- if (!is.null(strata)) paste0("strata(", paste(strata, collapse = ", "), ")")
  d$group <- if (is.null(strata)) factor(rep(1, nrow(d))) else interaction(d[strata], drop = TRUE)
  arguments <- list(reformulate(c(terms, stratum), "y"), d, ties = case$ties, control = control, x = TRUE, model = TRUE)
  if (!is.null(weights)) arguments$weights <- d$w
  if (!is.null(cluster)) arguments$cluster <- d[[cluster]]
  arguments$robust <- isTRUE(case$robust)
  fit <- suppressWarnings(do.call(coxph, arguments))
  p <- length(coef(fit))
  null_arguments <- arguments; null_arguments[[1]] <- reformulate(if (is.null(stratum)) "1" else stratum, "y")
  null_arguments[c("cluster", "robust", "x")] <- NULL
  null <- suppressWarnings(do.call(coxph, null_arguments))

  # cox.zph refuses unequal units.
  scaled <- d; for (t in terms) if (!is.factor(d[[t]])) scaled[[t]] <- d[[t]] / sd(d[[t]])
  scaled_arguments <- arguments; scaled_arguments[[2]] <- scaled
  scaled_fit <- suppressWarnings(do.call(coxph, scaled_arguments))
  tests <- vapply(c("km", "rank", "identity"), function(transform) {
    g <- if (transform == "identity") function(t) t / 1000 else transform
    by_term <- cox.zph(scaled_fit, g)$table
    object(transform = text(transform), statistic = numbers(by_term[, 1]), p_value = numbers(by_term[, 3]))
  }, "")

  residual <- function(type, ...) as.matrix(residuals(fit, type, ...))
  by_column <- function(type) {
    r <- residual(type)
    time <- if (grepl("sch", type)) as.numeric(rownames(residual("schoenfeld"))) else d$time
    array(vapply(seq_len(ncol(r)), function(j) summary_of(r[, j], time), ""))
  }
  score <- residual("score"); dfbeta <- residual("dfbeta")
  displacement <- function(u, b) rowSums(u * b)
  top <- function(collapse) {
    u <- rowsum(score * d$w, collapse); b <- rowsum(dfbeta, collapse)
    r <- residuals(fit, "martingale"); m <- rowsum(r, collapse)
    # residuals() has the formula of one event, and would take the root of a negative number.
    events <- rowsum(d$event, collapse)
    deviance <- sign(m) * sqrt(-2 * (m + ifelse(events == 0, 0, events * log((events - m) / events))))
    found <- displacement(u, b); at <- order(-found)[1:min(10, length(found))]
    object(displacement = numbers(found[at]), deviance = numbers(deviance[at]), martingale = numbers(m[at]))
  }
  numeric_term <- terms[!vapply(terms, function(t) is.factor(d[[t]]), NA)][1]
  d$score <- d[[numeric_term]]; d$eta <- round(fit$linear.predictors, 11)
  of <- function(score, cluster = NULL, weighting = "n") {
    a <- list(reformulate(c(score, if (!is.null(strata)) "strata(group)"), "y"), d, weights = d$w, reverse = TRUE,
              timewt = weighting)
    if (!is.null(cluster)) a$cluster <- cluster
    f <- do.call(concordance, a)
    object(value = number(f$concordance), variance = number(f$var))
  }
  # With small strata or delayed entry concordance() of survival 3.5-3 reads memory that is not its own where pairs have
  # other weights.
  weightings <- if (is.null(strata) && !"entry" %in% names(d))
    c(harrell = "n", survival = "S", at_risk = "I", schemper = "S/G", uno = "n/G2") else c(harrell = "n")

  chosen <- unique(c(1, which(d$group == names(sort(-table(d$group[d$event == 1])))[1])[3]))
  profiles <- vapply(chosen, function(i) {
    own <- d$group == d$group[i] & d$event == 1
    at <- unname(quantile(d$time[own], c(0.1, 0.5, 0.9), type = 1))
    predicted <- survfit(fit, newdata = d[i, c(terms, strata)], conf.type = "log-log")
    curve <- summary(predicted, times = at)
    times <- quantile(predicted, c(0.25, 0.5))
    value <- function(name) if (is.factor(d[[name]])) text(as.character(d[i, name])) else number(d[i, name])
    values <- vapply(c(terms, strata), value, "")
    object(values = do.call(object, as.list(values)), at = numbers(at), survival = numbers(curve$surv),
           std_error = numbers(curve$std.err), hazard = numbers(curve$cumhaz), lower = numbers(curve$lower),
           upper = numbers(curve$upper),
           quantiles = array(vapply(1:2, function(k) numbers(c(
             times$quantile[[k]], times$lower[[k]], times$upper[[k]])), "")))
  }, "")
  factor_term <- terms[vapply(terms, function(t) is.factor(d[[t]]), NA)][1]
  last <- min(tapply(d$time, d$group, max))
  at <- if (is.na(factor_term)) numeric(0) else
    unique(unname(quantile(d$time[d$event == 1 & d$time <= last], c(0.3, 0.9), type = 1)))
  at <- at[!is.na(at)]
  averages <- if (length(at)) {
    columns <- fit$assign[[factor_term]]; dummies <- contrasts(d[[factor_term]])
    levels <- lapply(seq_len(nrow(dummies)), function(k) dummies[k, ])
    array(vapply(at, function(t) adjusted(fit, fit$x, d$y, d$group, d$w, columns, levels, t), ""))
  } else "[]"
  collapsed <- c(if ("patient" %in% names(d)) list(patient = top(d$patient)),
                 if (!is.null(cluster)) list(cluster = top(d[[cluster]])))
  object(name = text(case$name), data = jsonlite::toJSON(case$data, auto_unbox = TRUE, null = "null"),
         options = text(gsub("\"", "\\\"", gsub("\n", "\\n", case$options, fixed = TRUE), fixed = TRUE)),
         ties = text(case$ties), terms = array(text(terms)), proportional = array(tests),
         residuals = object(
           martingale = summary_of(residual("martingale"), d$time), deviance = summary_of(residual("deviance"), d$time),
           null = summary_of(residuals(null, "martingale"), d$time), score = by_column("score"),
           dfbeta = by_column("dfbeta"), dfbetas = by_column("dfbetas"), schoenfeld = by_column("schoenfeld"),
           scaled_schoenfeld = by_column("scaledsch"),
           displacement = summary_of(displacement(score * d$w, dfbeta), d$time)),
         collapsed = if (length(collapsed)) do.call(object, collapsed) else "{}",
         number = text(numeric_term),
         concordance = do.call(object, as.list(vapply(weightings, function(w) of("score", weighting = w), ""))),
         clustered = if (!is.null(cluster)) of("score", d[[cluster]]) else if ("patient" %in% names(d))
           of("score", d$patient) else "null",
         model_concordance = of("eta", if (!is.null(cluster)) d[[cluster]]),
         profiles = array(profiles), factor = text(factor_term), at = numbers(at), adjusted = averages)
}, "")
write_cases("cox_after", "survival", cases)

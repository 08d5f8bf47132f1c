# Reference figures of how well a Cox model with weights or clusters predicts: Rscript oracle/survival_performance_weights.R,
# from the root of the repository, after oracle/cox_extensions.R, whose data files and options it reads. Writes
# oracle/survival_performance_weights.json. No package has these figures with weights: they are written out here, agree with
# riskRegression's where all weights are equal (oracle/survival_performance.R) or whole numbers (below, rows repeated), and
# their standard errors are sums over patients or clusters of derivatives by the weights, by a complex step. Concordance and
# the Kaplan-Meier estimates of groups are survival's.
# Methods: survival_performance
suppressPackageStartupMessages({library(survival); library(riskRegression)})
source("oracle/regression.R")
source("oracle/cox_figures.R")
source("oracle/performance_figures.R")

described <- jsonlite::fromJSON("oracle/cox_extensions.json", simplifyVector = FALSE)$cases
option <- function(options, key) {
  found <- regmatches(options, regexec(paste0("(^|\n)", key, " = ([^\n]*)"), options))[[1]]
  if (length(found)) gsub("[\" \\[\\]]", "", strsplit(found[3], ",")[[1]], perl = TRUE) else NULL
}
wanted <- Filter(function(case) case$ties == "efron" && grepl("^(lung (cluster|weights)|veteran weights)", case$name), described)
both <- Filter(function(case) case$name == "lung weights efron", wanted)[[1]]
both$name <- "lung weights, cluster efron"; both$options <- paste0(both$options, "\ncluster = \"inst\"")

cases <- vapply(c(wanted, list(both)), function(case) {
  d <- read.csv(file.path("oracle", case$data$file))
  terms <- unlist(case$terms)
  for (column in case$data$columns) if (!is.null(column$levels))
    d[[column$name]] <- factor(as.character(d[[column$name]]), unlist(column$levels))
  strata <- option(case$options, "strata"); cluster <- option(case$options, "cluster")
  weights <- option(case$options, "weights")
  d <- d[complete.cases(d[c("time", "event", terms, strata, cluster, weights)]), ]
  rownames(d) <- NULL
  w <- if (is.null(weights)) rep(1, nrow(d)) else d[[weights]]
  unit <- if (is.null(cluster)) seq_len(nrow(d)) else d[[cluster]]
  d$group <- if (is.null(strata)) factor(rep(1, nrow(d))) else interaction(d[strata], drop = TRUE)
  d$w <- w
  fit <- suppressWarnings(coxph(reformulate(c(terms, if (!is.null(strata)) "strata(group)"), "Surv(time, event)"), d,
                                ties = "efron", weights = w, robust = FALSE, control = control, x = TRUE))
  hazard <- basehaz(fit, centered = TRUE)
  risk_of <- function(t) {
    base <- vapply(levels(d$group), function(g) {
      own <- if (is.null(strata)) hazard else hazard[hazard$strata == g, ]
      stepfun(own$time, c(0, own$hazard))(t)
    }, 0)
    round(1 - exp(-exp(fit$linear.predictors) * base[as.integer(d$group)]), 12)
  }
  at <- unname(quantile(d$time[d$event == 1], c(0.25, 0.5, 0.8), type = 1))
  at <- at[at <= min(tapply(d$time, d$group, max))]
  stopifnot(length(at) == 3)
  risk <- vapply(at, risk_of, rep(0, nrow(d)))
  found <- vapply(seq_along(at), function(k) Re(figures(d, w + 0i, at[k], risk[, k])), c(0, 0))
  if (is.null(weights)) {
    scored <- Score(list(model = risk), Surv(time, event) ~ 1, d, times = at, cens.model = "km", conf.int = FALSE)
    stopifnot(abs(found[2, ] - as.data.frame(scored$AUC$score)$AUC) < 1e-9)
  } else {
    # Whole numbers: as if the rows were repeated.
    times <- pmax(1, round(w)); again <- rep(seq_len(nrow(d)), times)
    scored <- Score(list(model = risk[again, ]), Surv(time, event) ~ 1, d[again, ], times = at, cens.model = "km", conf.int = FALSE)
    repeated <- vapply(seq_along(at), function(k) Re(figures(d, times + 0i, at[k], risk[, k])), c(0, 0))
    brier <- as.data.frame(scored$Brier$score)
    stopifnot(abs(repeated[2, ] - as.data.frame(scored$AUC$score)$AUC) < 1e-9,
              abs(repeated[1, ] - brier$Brier[brier$model == "model"]) < 1e-9)
  }
  errors <- vapply(seq_along(at), function(k) jackknife(d, at[k], risk[, k], w, unit), c(0, 0))
  everybody <- survfit(Surv(time, event) ~ 1, d, weights = w)
  null_risk <- function(t) 1 - stepfun(everybody$time, c(1, everybody$surv))(t)
  null <- vapply(at, function(t) Re(figures(d, w + 0i, t, rep(null_risk(t), nrow(d)))[1]), 0)
  grid <- sort(unique(d$time[d$time <= at[3]]))
  path <- vapply(grid, function(t) c(Re(figures(d, w + 0i, t, risk_of(t), auc = FALSE)),
                                     Re(figures(d, w + 0i, t, rep(null_risk(t), nrow(d)), auc = FALSE))), c(0, 0))
  integrated <- drop(path %*% diff(c(grid, at[3]))) / at[3]
  d$score <- round(fit$linear.predictors, 11)
  of <- function(...) {
    a <- list(reformulate(c("score", if (!is.null(strata)) "strata(group)"), "Surv(time, event)"), d, weights = w, reverse = TRUE, ...)
    if (!is.null(cluster)) a$cluster <- unit
    f <- do.call(concordance, a)
    numbers(c(f$concordance, sqrt(f$var)))
  }
  groups <- array(vapply(seq_along(at), function(k) {
    cuts <- unique(quantile(risk[, k], seq(0, 1, 0.2), type = 7))
    group <- cut(risk[, k], cuts, include.lowest = TRUE)
    array(vapply(split(seq_len(nrow(d)), group), function(of) {
      own <- d[of, ]; own$unit <- unit[of]
      curve <- survfit(Surv(time, event) ~ 1, own, weights = w, cluster = unit, robust = TRUE, conf.type = "log-log")
      predicted <- sum(w[of] * risk[of, k]) / sum(w[of])
      if (max(own$time) < at[k] && min(curve$surv) > 0)
        return(object(patients = length(of), predicted = number(predicted), observed = "null"))
      km <- summary(curve, times = at[k], extend = TRUE)
      object(patients = length(of), events = sum(own$event == 1 & own$time <= at[k]), predicted = number(predicted),
             observed = number(1 - km$surv), std_error = number(km$std.err), lower = number(1 - km$upper),
             upper = number(1 - km$lower))
    }, ""))
  }, ""))
  object(name = text(case$name), data = jsonlite::toJSON(case$data, auto_unbox = TRUE, null = "null"), ties = text("efron"),
         options = text(gsub("\"", "\\\"", gsub("\n", "\\n", case$options, fixed = TRUE), fixed = TRUE)),
         terms = array(text(terms)), at = numbers(at), auc = numbers(found[2, ]), brier = numbers(found[1, ]),
         null = numbers(null), auc_error = numbers(errors[2, ]), brier_error = numbers(errors[1, ]),
         integrated = number(integrated[1]), integrated_null = number(integrated[2]), harrell = of(),
         uno = if (is.null(strata)) of(timewt = "n/G2", ymax = at[3]) else "null", groups = groups)
}, "")
write_cases("survival_performance_weights", c("survival", "riskRegression"), cases)

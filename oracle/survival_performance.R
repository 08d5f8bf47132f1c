# Reference figures of how well a Cox model predicts: Rscript oracle/survival_performance.R, from the root of the
# repository, after oracle/cox.R, whose data files it reads. Writes oracle/survival_performance.json.
# AUC(t) and Brier scores are riskRegression's, prediction errors over time pec's. Their standard errors have other
# expansions of the censoring; those here are derivatives by the weight of each patient, by a complex step.
# Methods: survival_performance
suppressPackageStartupMessages({library(survival); library(riskRegression); library(pec)})
source("oracle/regression.R")
source("oracle/cox_figures.R")
source("oracle/performance_figures.R")

described <- jsonlite::fromJSON("oracle/cox.json", simplifyVector = FALSE)$cases

cases <- vapply(Filter(function(case) case$ties == "efron" && case$name != "mgus2", described), function(case) {
  d <- read.csv(file.path("oracle", case$data$file))
  terms <- unlist(case$multivariable$terms)
  for (column in case$data$columns) if (!is.null(column$levels))
    d[[column$name]] <- factor(as.character(d[[column$name]]), unlist(column$levels))
  d <- d[complete.cases(d[c("time", "event", terms)]), ]
  rownames(d) <- NULL
  fit <- coxph(reformulate(terms, "Surv(time, event)"), d, ties = "efron", control = control, x = TRUE)
  every <- sort(unique(d$time))
  hazard <- basehaz(fit, centered = TRUE)
  base <- stepfun(hazard$time, c(0, hazard$hazard))
  risk_of <- function(t) round(1 - exp(-outer(exp(fit$linear.predictors), base(t))), 12)
  at <- unname(quantile(d$time[d$event == 1], c(0.25, 0.5, 0.8), type = 1))
  risk <- risk_of(at)
  scored <- Score(list(model = risk), Surv(time, event) ~ 1, d, times = at, metrics = c("auc", "brier"), cens.model = "km",
                  null.model = TRUE, conf.int = nrow(d) < 500)
  auc <- as.data.frame(scored$AUC$score); brier <- as.data.frame(scored$Brier$score)
  errors <- if (nrow(d) < 500) vapply(seq_along(at), function(k) jackknife(d, at[k], risk[, k]), c(0, 0)) else NULL
  for (k in seq_along(at)) {
    own <- Re(figures(d, rep(1 + 0i, nrow(d)), at[k], risk[, k]))
    stopifnot(abs(own[1] - brier$Brier[brier$model == "model"][k]) < 1e-9, abs(own[2] - auc$AUC[k]) < 1e-9)
  }
  if (!is.null(errors)) stopifnot(abs(errors[2, ] / auc$se - 1) < 0.05,
                                  abs(errors[1, ] / brier$se[brier$model == "model"] - 1) < 0.05)
  # Over all times until the last of them.
  grid <- every[every <= at[3]]
  over <- pec(list(model = 1 - risk_of(grid)), Surv(time, event) ~ 1, d, times = grid, exact = FALSE, start = grid[1],
              cens.model = "marginal", reference = TRUE, verbose = FALSE)
  widths <- diff(c(grid, at[3]))
  integrated <- vapply(over$AppErr[c("model", "Reference")], function(b) sum(b * widths) / at[3], 0)
  score <- round(fit$linear.predictors, 11)
  y <- Surv(d$time, d$event)
  uno <- concordance(y ~ score, timewt = "n/G2", reverse = TRUE, ymax = at[3])
  harrell <- concordance(y ~ score, reverse = TRUE)
  groups <- array(vapply(seq_along(at), function(k) {
    cuts <- unique(quantile(risk[, k], seq(0, 1, 0.1), type = 7))
    group <- cut(risk[, k], cuts, include.lowest = TRUE)
    array(vapply(split(seq_len(nrow(d)), group), function(of) {
      curve <- survfit(Surv(time, event) ~ 1, d[of, ], conf.type = "log-log")
      if (max(d$time[of]) < at[k] && min(curve$surv) > 0)
        return(object(patients = length(of), predicted = number(mean(risk[of, k])), observed = "null"))
      km <- summary(curve, times = at[k], extend = TRUE)
      object(patients = length(of), events = sum(d$event[of] == 1 & d$time[of] <= at[k]),
             predicted = number(mean(risk[of, k])), observed = number(1 - km$surv), std_error = number(km$std.err),
             lower = number(1 - km$upper), upper = number(1 - km$lower))
    }, ""))
  }, ""))
  object(name = text(case$name), data = jsonlite::toJSON(case$data, auto_unbox = TRUE, null = "null"),
         terms = array(text(terms)), at = numbers(at), auc = numbers(auc$AUC[seq_along(at)]),
         brier = numbers(brier$Brier[brier$model == "model"]), null = numbers(brier$Brier[brier$model == "Null model"]),
         auc_error = if (is.null(errors)) "null" else numbers(errors[2, ]),
         brier_error = if (is.null(errors)) "null" else numbers(errors[1, ]),
         integrated = number(integrated[[1]]), integrated_null = number(integrated[[2]]),
         harrell = numbers(c(harrell$concordance, sqrt(harrell$var))), uno = numbers(c(uno$concordance, sqrt(uno$var))),
         groups = groups)
}, "")
write_cases("survival_performance", c("survival", "riskRegression", "pec"), cases)

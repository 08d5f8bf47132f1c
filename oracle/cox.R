# Reference figures of Cox regression: Rscript oracle/cox.R, from the root of the repository.
# Writes oracle/cox.json and oracle/data/cox_*.csv. coxph's own eps is 1e-9; here 1e-13.
suppressPackageStartupMessages(library(survival))
source("oracle/regression.R")

studies <- list(
  lung = with(lung, data.frame(
    time, event = status - 1, age, sex = factor(sex), ecog = factor(ph.ecog), karno = ph.karno, wt_loss = wt.loss)),
  veteran = with(veteran, data.frame(
    time, event = status, trt = factor(trt, 2:1), celltype = factor(celltype), karno, diagtime, age,
    prior = factor(prior))),
  colon = with(colon[colon$etype == 2, ], data.frame(
    time, event = status, rx = factor(gsub("+", "_", rx, fixed = TRUE), c("Obs", "Lev", "Lev_5FU")),
    sex = factor(sex), age, obstruct = factor(obstruct), differ = factor(differ), nodes)),
  # Whole months: heavy ties.
  colon_months = with(colon[colon$etype == 1, ], data.frame(
    time = round(time / 30.4375), event = status,
    rx = factor(gsub("+", "_", rx, fixed = TRUE), c("Obs", "Lev", "Lev_5FU")), extent = factor(extent), nodes)),
  pbc = with(pbc, data.frame(
    time, event = as.integer(status == 2), age, sex, edema = factor(edema), bili, albumin, stage = factor(stage))),
  rotterdam = with(rotterdam, data.frame(
    time = dtime, event = death, year, age, meno = factor(meno), size = factor(as.integer(size)),
    grade = factor(grade), nodes, pgr, er, hormon = factor(hormon))),
  gbsg = with(gbsg, data.frame(
    time = rfstime, event = status, age, meno = factor(meno), size, grade = factor(grade), nodes, pgr, er,
    hormon = factor(hormon))),
  # Months, and units that no computation should notice.
  mgus2 = with(mgus2, data.frame(
    time = as.numeric(futime), event = death, age = as.numeric(age) * 1e-12, sex, hgb = hgb * 1e12, creat,
    mspike = as.numeric(mspike)))
)

cases <- unlist(lapply(names(studies), function(name) {
  d <- studies[[name]]
  file <- data_file(paste0("cox_", name), d)
  vapply(c("efron", "breslow"), function(ties) {
    figures <- function(terms) {
      d <- d[complete.cases(d[c("time", "event", terms)]), ]
      y <- Surv(d$time, d$event)
      fitter <- function(x, offset) {
        if (ncol(x) == 0) return(list(value = coxph(y ~ offset(offset), ties = ties)$loglik[1]))
        scale <- apply(x, 2, sd)
        x <- sweep(sweep(x, 2, colMeans(x)), 2, scale, "/")
        fit <- coxph(y ~ x + offset(offset), ties = ties,
                     control = coxph.control(eps = 1e-13, toler.chol = 1e-15, iter.max = 60))
        list(beta = fit$coefficients / scale, covariance = t(fit$var / scale) / scale, value = fit$loglik[2],
             score = fit$score)
      }
      model(d, terms, fitter, 0, d$event, TRUE)
    }
    terms <- setdiff(names(d), c("time", "event"))
    object(name = text(name), data = file, ties = text(ties), multivariable = figures(terms),
           univariable = array(vapply(terms, figures, "")))
  }, "")
}))
write_cases("cox", "survival", cases)

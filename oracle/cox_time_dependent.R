# Reference figures of Cox regression with coefficients that change with time: Rscript oracle/cox_time_dependent.R, from
# the root of the repository. coxph's own tt() for functions of time, survSplit for steps; eps 1e-13.
suppressPackageStartupMessages(library(survival))
source("oracle/regression.R")
control <- coxph.control(eps = 1e-13, toler.chol = 1e-15, iter.max = 60)

figures <- function(name, d, fit, names, terms, options, ties) object(
  name = text(name), data = data_file(paste0("cox_time_dependent_", sub(" .*", "", name)), d), ties = text(ties),
  terms = array(text(terms)), options = text(options),
  columns = array(vapply(seq_along(names), function(k) object(
    term = text(names[k]), beta = number(unname(coef(fit))[k]), std_error = number(sqrt(fit$var[k, k]))), "")),
  log_likelihood = number(fit$loglik[2]), null_log_likelihood = number(fit$loglik[1]))

vet <- with(veteran, data.frame(time, event = status, trt = factor(trt), karno = karno / 10,
  celltype = factor(celltype, c("squamous", "smallcell", "adeno", "large"))))
vet$trt2 <- as.numeric(vet$trt == "2")
lung2 <- with(lung[complete.cases(lung[c("age", "sex", "ph.karno")]), ],
  data.frame(time, event = status - 1, age = age / 10, sex = factor(sex), karno = ph.karno / 10))

cases <- unlist(lapply(c("efron", "breslow"), function(ties) {
  split <- survSplit(Surv(time, event) ~ ., vet, cut = c(60, 150), episode = "period", start = "begin")
  for (k in 1:3) split[[paste0("k", k)]] <- split$karno * (split$period == k)
  c(
    figures(paste("veteran log", ties), vet,
      coxph(Surv(time, event) ~ trt + karno + tt(karno), vet, ties = ties, control = control,
            tt = function(x, t, ...) x * log(t)),
      c("trt", "karno", "karno × log(time)"), c("trt", "karno"),
      "time_dependent = [{ term = \\\"karno\\\", function = \\\"log\\\" }]", ties),
    figures(paste("veteran factor linear", ties), vet,
      coxph(Surv(time, event) ~ trt + tt(trt2) + karno, vet, ties = ties, control = control,
            tt = function(x, t, ...) x * t),
      c("trt", "trt: 2 × time", "karno"), c("trt", "karno"),
      "time_dependent = [{ term = \\\"trt\\\", function = \\\"linear\\\" }]", ties),
    figures(paste("veteran steps", ties), vet,
      coxph(Surv(begin, time, event) ~ trt + k1 + k2 + k3, split, ties = ties, control = control),
      c("trt", "karno (0–60)", "karno (60–150)", "karno (from 150)"), c("trt", "karno"),
      "time_dependent = [{ term = \\\"karno\\\", function = \\\"steps\\\", at = [60, 150] }]", ties),
    figures(paste("lung log, strata", ties), lung2,
      coxph(Surv(time, event) ~ age + karno + tt(karno) + strata(sex), lung2, ties = ties, control = control,
            tt = function(x, t, ...) x * log(t)),
      c("age", "karno", "karno × log(time)"), c("age", "karno"),
      "strata = [\\\"sex\\\"]\\ntime_dependent = [{ term = \\\"karno\\\", function = \\\"log\\\" }]", ties))
}))
write_cases("cox_time_dependent", "survival", cases)

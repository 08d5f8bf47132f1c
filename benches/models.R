# One model of benches/models.py in R: Rscript models.R PATIENTS.csv MODEL. Prints the seconds of reading and of fitting,
# and the coefficients with 17 digits, as JSON.
suppressPackageStartupMessages({
  library(data.table)
  library(survival)
})
arguments <- commandArgs(trailingOnly = TRUE)
seconds <- function(work) {
  start <- proc.time()[["elapsed"]]
  value <- force(work)
  list(value = value, seconds = proc.time()[["elapsed"]] - start)
}
read <- seconds({
  d <- as.data.frame(fread(arguments[1], showProgress = FALSE, stringsAsFactors = TRUE))
  d
})
d <- read$value
terms <- paste(c(paste0("c", 1:7), paste0("x", 1:3)), collapse = " + ")
fitted <- seconds(switch(arguments[2],
  cox = coxph(as.formula(paste("Surv(time, event) ~", terms)), d, ties = "efron"),
  logistic = glm(as.formula(paste("y ~", terms)), binomial, d),
  firth_logistf = logistf::logistf(as.formula(paste("y ~", terms)), d),
  firth = glm(as.formula(paste("y ~", terms)), binomial, d, method = brglm2::brglmFit, type = "AS_mean"),
  fine_gray_finegray = {
    d$status <- factor(d$cause, c("censored", "event", "other"))
    expanded <- finegray(Surv(time, status) ~ ., d[c("time", "status", paste0("c", 1:7), paste0("x", 1:3))], etype = "event")
    coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", terms)), expanded, weights = fgwt, ties = "breslow")
  },
  fine_gray_crr = cmprsk::crr(d$time, d$cause, model.matrix(as.formula(paste("~", terms)), d)[, -1],
    failcode = "event", cencode = "censored"),
  fine_gray_fast = {
    x <- model.matrix(as.formula(paste("~", terms)), d)[, -1]
    fit <- fastcmprsk::fastCrr(fastcmprsk::Crisk(d$time, d$cause, cencode = "censored", failcode = "event") ~ x, variance = FALSE)
    list(coef = setNames(fit$coef, colnames(x)))
  },
  stop("no such model: ", arguments[2])))
beta <- if (is.null(fitted$value$coefficients)) fitted$value$coef else fitted$value$coefficients
beta <- beta[names(beta) != "(Intercept)"]
cat(jsonlite::toJSON(list(load = read$seconds, fit = fitted$seconds, x1 = sprintf("%.17g", beta[["x1"]])), auto_unbox = TRUE), "\n")

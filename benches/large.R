# The analyses of a simulated study (`farr simulate`) in R: baseline table, Kaplan-Meier, log-rank test, logistic and Cox
# regression. Rscript large.R PATIENTS.csv FIGURES.json. Each stage is timed; figures keep all 17 digits.
suppressPackageStartupMessages({
  library(survival)
  library(data.table)
})
files <- commandArgs(trailingOnly = TRUE)

seconds <- list()
figures <- list()
timed <- function(stage, work) {
  start <- proc.time()[["elapsed"]]
  value <- force(work)
  seconds[[stage]] <<- proc.time()[["elapsed"]] - start
  value
}
figure <- function(name, value) figures[[name]] <<- as.numeric(value)

covariates <- list(
  treatment = c("standard", "new"), sex = c("female", "male"), side = c("left", "right"),
  grade = c("G1", "G2", "G3"), stage = c("I", "II", "III", "IV"), ras = c("mutated", "wild"),
  age_group = c("under 50", "50 to 69", "from 70"))
terms <- paste(names(covariates), collapse = " + ")

d <- timed("load", {
  d <- fread(files[1], na.strings = "", showProgress = FALSE)
  for (name in names(covariates)) set(d, j = name, value = factor(d[[name]], covariates[[name]]))
  d[, c("response", "died") := list(as.integer(response), as.integer(died))]
  as.data.frame(d)
})

timed("baseline: table, chisq.test, quantile, wilcox.test", {
  for (name in setdiff(names(covariates), "treatment"))
    figure(paste("chi_squared", name), chisq.test(table(d[[name]], d$treatment), correct = FALSE)$statistic)
  for (group in levels(d$treatment)) {
    cea <- d$cea[d$treatment == group]
    figure(paste("quantile cea", group, "0.5"), median(cea, na.rm = TRUE))
  }
  wilcox.test(cea ~ treatment, data = d, exact = FALSE)$p.value
})

at <- c(365, 1095, 1825, 3650)
invisible(timed("survfit", {
  fit <- survfit(Surv(time_days, died) ~ treatment, data = d, conf.type = "log-log")
  s <- summary(fit, times = at, extend = TRUE)
  group <- sub("treatment=", "", s$strata)
  for (i in seq_along(s$time)) {
    name <- paste("survival", group[i], s$time[i])
    figure(name, s$surv[i])
    figure(paste(name, "std_error"), s$std.err[i])
  }
  quantile(fit, .5)
}))
timed("survdiff", figure("log_rank", survdiff(Surv(time_days, died) ~ treatment, data = d)$chisq))

ratios <- function(kind, estimates) {
  for (name in names(covariates)) for (level in covariates[[name]][-1]) {
    coefficient <- paste0(name, level)
    figure(paste(kind, name, level), exp(estimates[coefficient, 1]))
    figure(paste(kind, name, level, "std_error"), estimates[coefficient, 2])
  }
}
timed("glm", {
  fit <- glm(as.formula(paste("response ~", terms)), family = binomial, data = d, model = FALSE, y = FALSE)
  ratios("odds_ratio", summary(fit)$coefficients)
})
rm(fit)
timed("coxph", {
  fit <- coxph(as.formula(paste("Surv(time_days, died) ~", terms)), data = d, ties = "efron", model = FALSE, y = FALSE)
  ratios("hazard_ratio", summary(fit)$coefficients[, c(1, 3)])
})

entries <- function(list) paste0("\"", names(list), "\": ", sprintf("%.17g", unlist(list)), collapse = ", ")
versions <- paste(R.version.string, "survival", packageVersion("survival"), "data.table", packageVersion("data.table"))
writeLines(sprintf("{\"versions\": \"%s\", \"seconds\": {%s}, \"figures\": {%s}}",
                   versions, entries(seconds), entries(figures)), files[2])

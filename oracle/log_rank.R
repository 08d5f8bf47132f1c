# Reference figures of the log-rank test: survdiff.
# From the root of the repository: Rscript oracle/log_rank.R. Writes log_rank.json and data/follow_up_*.csv.
library(survival)
setwd("oracle")
source("follow_up_data.R")

cases <- array_of(names(studies), function(name) {
  d <- studies[[name]]
  f <- survdiff(Surv(time, event) ~ group, data = d)
  object(
    dataset = text(name), heading(name, d),
    observed = array_of(f$obs, number), expected = array_of(f$exp, number),
    statistic = number(f$chisq), df = number(sum(f$exp > 0) - 1), p_value = number(f$pvalue))
})
write_figures("log_rank.json", cases)

# Reference figures of restricted means with delayed entry and sampling weights: survmean's mean; its standard error where
# patients are only counted, and that of the infinitesimal jackknife (residuals of survfit) where they are weighted.
# From the root of the repository, after log_rank_family.R: Rscript oracle/restricted_mean_courses.R. Writes restricted_mean_courses.json.
library(survival)
setwd("oracle")
source("follow_up_data.R")

cases <- array_of(c("colon", "mgus2", "lung", "lung_late"), function(name) {
  file <- sprintf("data/courses_%s.csv", name)
  d <- read.csv(file)
  levels <- unique(as.character(d$group))
  weighted <- any(d$weight != 1)
  horizons <- round(unname(quantile(d$time, c(0.3, 0.6)))) + c(0, 0.25)
  rows <- unlist(lapply(horizons, function(horizon) vapply(levels, function(level) {
    # Where residuals looks for it.
    own <<- d[d$group == level, ]
    f <- if (weighted) survfit(Surv(entry, time, event) ~ 1, own, weights = weight, robust = TRUE, id = seq_len(nrow(own)))
         else survfit(Surv(entry, time, event) ~ 1, own)
    s <- summary(f, rmean = horizon)$table
    se <- if (weighted) sqrt(sum(residuals(f, times = horizon, type = "rmst", weighted = TRUE)^2)) else s["se(rmean)"]
    object(group = text(level), horizon = number(horizon), mean = number(s["rmean"]), std_error = number(se))
  }, "")))
  sum <- substr(system2("sha256sum", file, stdout = TRUE), 1, 64)
  object(dataset = text(name), file = text(file), sha256 = text(sum), levels = array_of(levels, text),
         strata = array_of(sort(unique(as.character(d$stratum))), text), weighted = if (weighted) "true" else "false",
         rows = array_of(rows, identity))
})
write_figures("restricted_mean_courses.json", cases)

# Reference figures of restricted means: survmean, through summary of survfit, gives mean and standard error; contrasts
# are closed forms of the two.
# From the root of the repository: Rscript oracle/restricted_mean.R. Writes restricted_mean.json and data/follow_up_*.csv.
library(survival)
setwd("oracle")
source("follow_up_data.R")

cases <- array_of(names(studies), function(name) {
  d <- studies[[name]]
  kept <- d[!is.na(d$group), ]
  # On an observed time, between two, and the last time at which every group is followed.
  most <- min(tapply(kept$time, kept$group, max), na.rm = TRUE)
  horizons <- c(round(most / 3) + .25, median(kept$time[kept$time < most]), most)
  object(
    dataset = text(name), heading(name, d),
    horizons = array_of(horizons, function(horizon) {
      f <- survfit(Surv(time, event) ~ group, data = kept)
      s <- summary(f, rmean = horizon)$table
      a <- summary(survfit(Surv(time, event) ~ 1, data = kept), rmean = horizon)$table
      m <- s[, "rmean"]
      v <- s[, "se(rmean)"]^2
      difference <- m - m[1]
      variance <- v + v[1]
      log_variance <- v / m^2 + v[1] / m[1]^2
      contrast <- rbind(-1, diag(length(m) - 1))
      chisq <- (m %*% contrast) %*% solve(t(contrast) %*% diag(v) %*% contrast, t(m %*% contrast))
      object(
        horizon = number(horizon), overall = object(mean = number(a["rmean"]), std_error = number(a["se(rmean)"])),
        statistic = number(chisq),
        groups = array_of(seq_along(m), function(i) object(
          group = text(sub("group=", "", rownames(s)[i])), mean = number(m[i]), std_error = number(sqrt(v[i])),
          difference = number(difference[i]), difference_std_error = number(sqrt(variance[i])),
          difference_p = number(2 * pnorm(-abs(difference[i]) / sqrt(variance[i]))),
          ratio = number(m[i] / m[1]), log_std_error = number(sqrt(log_variance[i])),
          ratio_p = number(2 * pnorm(-abs(log(m[i] / m[1])) / sqrt(log_variance[i]))))))
    }))
})
write_figures("restricted_mean.json", cases)

# Reference figures of the cumulative hazard: estimates and errors from survfit (ctype 1 and 2; robust with weights),
# the binomial variance and the limits in base R from their formulas.
# From the root of the repository, after log_rank_family.R: Rscript oracle/cumulative_hazard.R. Writes cumulative_hazard.json.
library(survival)
setwd("oracle")
source("follow_up_data.R")

courses <- c("colon", "mgus2", "lung", "lung_late")
z <- qnorm(0.975)

limits <- list(
  log = function(h, se) h * exp(c(-1, 1) * z * se / h),
  plain = function(h, se) pmax(h + c(-1, 1) * z * se, 0),
  # Klein & Moeschberger, section 4.3.
  arcsine = function(h, se) {
    shift <- 0.5 * z * se / sqrt(exp(h) - 1)
    angle <- asin(exp(-h / 2))
    -2 * log(sin(c(min(pi / 2, angle + shift), max(0, angle - shift))))
  })

# Patient by patient, from the definition.
binomial <- function(d, at, ties) {
  total <- 0
  for (t in sort(unique(d$time[d$event == 1 & d$time <= at]))) {
    n <- sum(d$entry < t & d$time >= t)
    m <- sum(d$time == t & d$event == 1)
    total <- total + if (ties == 1) m * (n - m) / n^3 else sum((n - seq_len(m)) / (n - seq_len(m) + 1)^3)
  }
  total
}

cases <- array_of(courses, function(name) {
  file <- sprintf("data/courses_%s.csv", name)
  d <- read.csv(file)
  d$group <- factor(d$group, unique(as.character(d$group)))
  weighted <- any(d$weight != 1)
  at <- round(unname(quantile(d$time, c(0.2, 0.4, 0.6, 0.8))))
  fits <- array_of(1:2, function(ties) {
    f <- if (weighted) survfit(Surv(entry, time, event) ~ group, d, weights = weight, ctype = ties, robust = TRUE,
                               id = seq_len(nrow(d)))
         else survfit(Surv(entry, time, event) ~ group, d, ctype = ties)
    s <- summary(f, times = at, extend = TRUE)
    stopifnot(length(s$time) == length(at) * nlevels(d$group))
    array_of(seq_along(s$time), function(i) {
      level <- sub("group=", "", s$strata[i])
      h <- s$cumhaz[i]
      rows <- list(list(variance = "aalen", se = s$std.chaz[i]))
      if (!weighted)
        rows[[2]] <- list(variance = "greenwood", se = sqrt(binomial(d[d$group == level, ], s$time[i], ties)))
      object(
        group = text(level), ties = text(c("nelson_aalen", "fleming_harrington")[ties]), at = number(s$time[i]),
        at_risk = number(s$n.risk[i]), hazard = number(h),
        variances = array_of(rows, function(row) object(
          variance = text(row$variance), std_error = number(row$se),
          limits = array_of(names(limits), function(scale) {
            l <- limits[[scale]](h, row$se)
            object(interval = text(scale), lower = number(l[1]), upper = if (is.finite(l[2])) number(l[2]) else "null")
          }))))
    })
  })
  sum <- substr(system2("sha256sum", file, stdout = TRUE), 1, 64)
  object(
    dataset = text(name), file = text(file), sha256 = text(sum), levels = array_of(levels(d$group), text),
    strata = array_of(sort(unique(as.character(d$stratum))), text), weighted = if (weighted) "true" else "false",
    rows = fits)
})
write_figures("cumulative_hazard.json", cases)

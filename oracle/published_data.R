# Data sets of published analyses that are too large to be typed: Rscript oracle/published_data.R, from the root of the
# repository. Writes oracle/data/published_*.csv; what was printed of them stands in crates/estimate/tests/published.
suppressPackageStartupMessages(library(survival))

# Relapse-free survival as McLernon et al. 2023 prepare it: of those who died after their relapse-free follow-up ended the
# time of death counts; nodes and progesterone receptor end at their 99th percentiles.
end_at <- function(x) pmin(x, quantile(x, 0.99, type = 1, names = FALSE))
relapse_free <- with(rotterdam, data.frame(
  time = ifelse(recur == 0 & death == 1 & rtime < dtime, dtime, rtime), event = pmax(recur, death),
  size = as.integer(size), nodes = end_at(nodes), grade, pgr = end_at(pgr)))
stopifnot(nrow(relapse_free) == 2982, max(relapse_free$nodes) == 19, max(relapse_free$pgr) == 1360)
write.csv(relapse_free, "oracle/data/published_rotterdam.csv", row.names = FALSE, quote = FALSE)

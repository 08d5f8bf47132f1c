# Reference figures for adjusted P values: Rscript oracle/adjust.R, from the root of the repository.
source("oracle/association.R")
cases <- vapply(list(c(0.03, 0.01, 0.04, 0.02), c(0.5, 0.5, 1, 0.001), c(1e-300, 2e-12, 0.04, 0.04, 0.9, 0.06, 0.011),
                     (1:50 / 50)^3), function(p) {
  each <- function(method) numbers(p.adjust(p, method))
  object(p = numbers(p), bonferroni = each("bonferroni"), holm = each("holm"), hochberg = each("hochberg"),
         benjamini_hochberg = each("BH"))
}, "")
write_figures("oracle/adjust.json", cases = cases)

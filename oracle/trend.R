# Reference figures for the method trend: Rscript oracle/trend.R, from the root of the repository.
# prop.trend.test gives z²; its sign is that of the regression of the risks on the scores.
# The exact P values are those of coin, which counts all choices of the patients with the event.
suppressPackageStartupMessages(library(coin))
source("oracle/association.R")
trend <- function(name, x, n, score = seq_along(x) - 1) {
  test <- suppressWarnings(prop.trend.test(x, n, score))
  slope <- sum((score - weighted.mean(score, n)) * (x - n * sum(x) / sum(n)))
  object(name = text(name), events = numbers(x), n = numbers(n), score = numbers(score),
         z = number(sign(slope) * sqrt(unname(test$statistic))), p = number(test$p.value))
}
smoking <- c(83, 90, 129, 70); patients <- c(86, 93, 136, 82)
tobacco <- with(esoph, tapply(ncases, tobgp, sum)); people <- with(esoph, tapply(ncases + ncontrols, tobgp, sum))
alcohol <- with(esoph, tapply(ncases, alcgp, sum))
drinkers <- with(esoph, tapply(ncases + ncontrols, alcgp, sum))
cases <- c(
  trend("lung cancer by smoking (Fleiss)", smoking, patients),
  trend("lung cancer by smoking, uneven scores", smoking, patients, c(0, 0, 1, 2)),
  trend("oesophageal cancer by tobacco", tobacco, people),
  trend("oesophageal cancer by alcohol", alcohol, drinkers, c(20, 60, 100, 150)),
  trend("low birth weight by previous labours", as.numeric(with(MASS::birthwt, tapply(low, ptl, sum))),
        as.numeric(with(MASS::birthwt, table(ptl)))),
  trend("large counts", c(1e6, 11e5, 105e4), c(1e9, 1e9, 9e8)))
exact <- function(name, x, n, score = seq_along(x) - 1L) {
  d <- data.frame(score = rep(score, n), event = factor(unlist(Map(function(x, n) rep(1:0, c(x, n - x)), x, n))))
  test <- oneway_test(score ~ event, d, distribution = "exact")
  object(name = text(name), events = numbers(x), n = numbers(n), score = numbers(score),
         p = number(as.numeric(pvalue(test))))
}
counted <- c(
  exact("low birth weight by previous labours", as.integer(with(MASS::birthwt, tapply(low, ptl, sum))),
        as.integer(with(MASS::birthwt, table(ptl)))),
  exact("low birth weight by visits", as.integer(with(MASS::birthwt, tapply(low, ftv, sum))),
        as.integer(with(MASS::birthwt, table(ftv)))),
  exact("oesophageal cancer by alcohol", as.integer(alcohol), as.integer(drinkers), c(2L, 6L, 10L, 15L)),
  exact("infertility by spontaneous abortions", as.integer(with(infert, tapply(case, spontaneous, sum))),
        as.integer(with(infert, table(spontaneous)))),
  exact("a rare event", c(0, 0, 1, 3), c(40, 30, 20, 10), c(0L, 1L, 3L, 9L)))
write_figures("oracle/trend.json", cases = cases, exact = counted)

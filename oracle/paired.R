# Reference figures for the method paired: Rscript oracle/paired.R, from the root of the repository.
# Writes oracle/paired.json. Tango's limits are solved here, the constrained risk found by maximising the likelihood.
# Limits of the centre are those of the signed-rank test inverted here between all means of two differences, as
# wilcox.test finds them only roughly; differences of decimals are rounded, so that what is equal on paper ties.
source("oracle/association.R")
suppressPackageStartupMessages({ library(exactRankTests); library(coin); library(MASS) })
z <- qnorm(0.975)
changes <- function(name, a, b, c, d) {
  t <- matrix(c(a, c, b, d), 2)
  n <- a + b + c + d
  est <- (b - c) / n
  se <- sqrt(b + c - (b - c)^2 / n) / n
  score <- function(delta) {
    low <- max(0, -delta); high <- (1 - delta) / 2
    slope <- function(p) (if (b > 0) b / (p + delta) else 0) + (if (c > 0) c / p else 0) -
      (if (a + d > 0) 2 * (a + d) / (1 - 2 * p - delta) else 0)
    width <- high - low
    p <- if (slope(low + width * 1e-13) <= 0) low else if (slope(high - width * 1e-13) >= 0) high else
      root(slope, low + width * 1e-13, high - width * 1e-13)
    (b - c - n * delta) / sqrt(n * (2 * p + delta * (1 - delta)))
  }
  tango <- c(root(function(x) score(x) - z, -1 + 1e-9, est), root(function(x) score(x) + z, est, 1 - 1e-9))
  share <- c(if (b == 0) 0 else qbeta(0.025, b, c + 1), if (c == 0) 1 else qbeta(0.975, b + 1, c))
  object(name = text(name), cells = numbers(a, b, c, d),
         plain = tested(mcnemar.test(t, correct = FALSE)), corrected = tested(mcnemar.test(t)),
         exact = number(binom.test(b, b + c)$p.value),
         difference = numbers(est, se), score = numbers(tango), odds = numbers(b / c, share / (1 - share)))
}
means_of_two <- function(d) { m <- outer(d, d, "+") / 2; sort(m[!lower.tri(m)]) }
# Whether the test of differences less s rejects; between two means nothing is 0, and equal differences tie.
inverted <- function(d, distance) {
  jumps <- unique(signif(means_of_two(d), 12))
  between <- (head(jumps, -1) + tail(jumps, -1)) / 2
  kept <- vapply(between, function(s) {
    r <- rank(signif(abs(d - s), 12)); v <- sum(r[d > s])
    distance(abs(v - sum(r) / 2), sum(r^2) / 4, length(d))
  }, NA)
  at <- range(which(kept))
  c(jumps[at[1]], jumps[at[2] + 1])
}
corrected <- function(d, variance, n) max(d - 0.5, 0) <= qnorm(0.975) * sqrt(variance)
uncorrected <- function(d, variance, n) d <= qnorm(0.975) * sqrt(variance)
student <- function(d, variance, n) d * sqrt((n - 1) / (n * variance - d^2)) <= qt(0.975, n - 1)
# SAS' approximation (PROC UNIVARIATE, signed rank statistic).
t_of <- function(d) {
  d <- d[d != 0]; r <- rank(abs(d)); s <- sum(r[d > 0]) - sum(r) / 2; n <- length(d)
  2 * pt(-abs(s) * sqrt((n - 1) / (n * sum(r^2) / 4 - s^2)), n - 1)
}
numbers_of <- function(name, x, y, digits = 9) {
  d <- round(x - y, digits)
  signs <- function(zeros, ...) {
    frame <- data.frame(v = c(d, 0 * d), g = factor(rep(1:2, each = length(d))), b = factor(rep(seq_along(d), 2)))
    test <- wilcoxsign_test(v ~ g | b, frame, zero.method = zeros, ...)
    as.numeric(pvalue(test))
  }
  means <- means_of_two(d); n <- length(d); k <- qsignrank(0.025, n)
  counted <- suppressWarnings(wilcox.exact(d, exact = TRUE)$p.value)
  stopifnot(abs(counted - signs("Wilcoxon", distribution = exact())) < 1e-12)
  ranks <- object(exact = number(counted), pratt = number(signs("Pratt", distribution = exact())),
                  pratt_uncorrected = number(signs("Pratt")), student = number(t_of(d)),
                  centre = number(median(means)), exact_limits = numbers(means[c(k, length(means) + 1 - k)]),
                  corrected_limits = numbers(inverted(d, corrected)),
                  uncorrected_limits = numbers(inverted(d, uncorrected)),
                  student_limits = numbers(inverted(d, student)))
  t <- t.test(x, y, paired = TRUE)
  w <- suppressWarnings(wilcox.test(d))
  u <- suppressWarnings(wilcox.test(d, exact = FALSE, correct = FALSE))
  object(name = text(name), x = numbers(x), y = numbers(y), t = tested(t),
         mean = numbers(unname(t$estimate), t$conf.int[1:2]),
         wilcoxon = numbers(unname(w$statistic), w$p.value), uncorrected = number(u$p.value),
         ranks = ranks)
}
tables <- c(changes("approval (Agresti)", 794, 150, 86, 570), changes("few changes", 5, 8, 2, 20),
            changes("one way", 10, 0, 6, 4), changes("almost all change", 0, 30, 17, 1))
depression <- list(c(1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30),
                   c(0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29))
set.seed(2)
long <- rnorm(49); longer <- rnorm(60)
cases <- c(numbers_of("sleep", sleep$extra[1:10], sleep$extra[11:20]),
           numbers_of("depression (Hollander and Wolfe)", depression[[1]], depression[[2]]),
           numbers_of("plants", PlantGrowth$weight[1:10], PlantGrowth$weight[11:20]),
           numbers_of("49 patients", long, round(long + rnorm(49, 0.3), 6)),
           numbers_of("60 patients", longer, longer + rnorm(60, 0.2)),
           numbers_of("ties and zeros", c(1, 2, 3, 4, 5, 6, 7, 8), c(1, 1, 4, 2, 5, 4, 5, 5)),
           numbers_of("anorexia, family therapy", anorexia$Postwt[anorexia$Treat == "FT"],
                      anorexia$Prewt[anorexia$Treat == "FT"]),
           numbers_of("many ties and zeros", pmin(round(longer * 2), 3), round(longer + rnorm(60, -0.3))))
write_figures("oracle/paired.json", tables = tables, numbers = cases)

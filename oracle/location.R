# Reference figures for the method location: Rscript oracle/location.R, from the root of the repository.
# Writes oracle/location.json. Limits of the shift are those of the test inverted here between all differences, as
# wilcox.test finds them only roughly; exact P values with ties count all choices (combn), beyond reach of which coin does.
source("oracle/association.R")
suppressPackageStartupMessages(library(coin))
statistic <- function(x, y) sum(rank(c(x, y))[seq_along(x)]) - length(x) * (length(x) + 1) / 2
z_of <- function(x, y, shift, correction) {
  m <- length(x); n <- length(y)
  d <- statistic(x - shift, y) - m * n / 2
  # Ties within the groups; between them there are none at this shift.
  t <- c(table(x), table(y))
  sigma <- sqrt(m * n / 12 * (m + n + 1 - sum(t^3 - t) / ((m + n) * (m + n - 1))))
  (d - sign(d) * correction) / sigma
}
inverted <- function(x, y, correction) {
  jumps <- sort(unique(as.vector(outer(x, y, "-"))))
  between <- (head(jumps, -1) + tail(jumps, -1)) / 2
  kept <- abs(vapply(between, function(s) z_of(x, y, s, correction), 0)) <= qnorm(0.975)
  at <- range(which(kept))
  c(jumps[at[1]], jumps[at[2] + 1])
}
counted <- function(x, y) {
  ranks <- rank(c(x, y)); m <- length(x)
  if (choose(length(ranks), m) < 1e6) {
    sums <- colSums(matrix(ranks[combn(length(ranks), m)], m))
    mean(abs(sums - mean(sums)) >= abs(sum(ranks[1:m]) - mean(sums)) - 1e-9)
  } else {
    d <- data.frame(v = c(x, y), g = factor(rep(1:2, c(m, length(y)))))
    as.numeric(pvalue(wilcox_test(v ~ g, d, distribution = exact())))
  }
}
compared <- function(name, x, y) {
  m <- length(x); n <- length(y)
  differences <- sort(as.vector(outer(x, y, "-")))
  k <- max(qwilcox(0.025, m, n), 1)
  exact <- differences[c(k, m * n + 1 - k)]
  interval <- function(t) numbers(unname(t$estimate[1] - t$estimate[2]), t$stderr, t$conf.int[1:2])
  welch <- t.test(x, y); student <- t.test(x, y, var.equal = TRUE)
  asymptotic <- function(correct) suppressWarnings(wilcox.test(x, y, exact = FALSE, correct = correct)$p.value)
  object(name = text(name), x = numbers(x), y = numbers(y),
         welch = tested(welch), welch_difference = interval(welch),
         student = tested(student), student_difference = interval(student),
         w = number(statistic(x, y)), shift = number(median(differences)),
         exact = numbers(counted(x, y), exact),
         corrected = numbers(asymptotic(TRUE), inverted(x, y, 0.5)),
         uncorrected = numbers(asymptotic(FALSE), inverted(x, y, 0)))
}
ozone <- function(month) with(airquality, Ozone[Month == month & !is.na(Ozone)])
set.seed(3)
cases <- c(
  compared("permeability (Hollander and Wolfe)", c(0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46),
           c(1.15, 0.88, 0.90, 0.74, 1.21)),
  compared("sleep", sleep$extra[1:10], sleep$extra[11:20]),
  compared("ozone in May and August", ozone(5), ozone(8)),
  compared("few values, many ties", c(1, 1, 2, 2, 2, 3, 3, 4), c(2, 3, 3, 4, 4, 4, 5)),
  compared("weights of plants", PlantGrowth$weight[1:10], PlantGrowth$weight[21:30]),
  compared("sixty and forty patients", round(rnorm(60), 1), round(rnorm(40, 0.4), 1)))
write_figures("oracle/location.json", cases = cases)

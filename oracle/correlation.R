# Reference figures for the method correlation: Rscript oracle/correlation.R, from the root of the repository.
# Writes oracle/correlation.json. The interval of Spearman's coefficient is the formula of Bonett and Wright.
source("oracle/association.R")
z <- qnorm(0.975)
pair <- function(name, x, y) {
  known <- !is.na(x) & !is.na(y)
  x <- x[known]; y <- y[known]; n <- length(x)
  pearson <- cor.test(x, y)
  spearman <- suppressWarnings(cor.test(x, y, method = "spearman"))
  rho <- unname(spearman$estimate)
  t <- rho * sqrt((n - 2) / (1 - rho^2))
  limits <- if (n > 3) tanh(atanh(rho) + c(-1, 1) * z * sqrt((1 + rho^2 / 2) / (n - 3))) else c(NA, NA)
  object(name = text(name), x = numbers(x), y = numbers(y),
         r = number(unname(pearson$estimate)), t = number(unname(pearson$statistic)), p = number(pearson$p.value),
         limits = numbers(if (is.null(pearson$conf.int)) c(NA, NA) else pearson$conf.int[1:2]),
         rho = number(rho), rho_p = number(spearman$p.value),
         rho_t = number(t), rho_p_t = number(2 * pt(-abs(t), n - 2)), rho_limits = numbers(limits))
}
set.seed(1)
untied <- function(n, slope) { x <- rnorm(n); pair(paste(n, "patients without ties, slope", slope), x, slope * x + rnorm(n)) }
cases <- c(
  pair("birth weight by mother's weight", MASS::birthwt$lwt, MASS::birthwt$bwt),
  pair("lung: age by calories", survival::lung$age, survival::lung$meal.cal),
  pair("cars", cars$speed, cars$dist),
  pair("anscombe 1", anscombe$x1, anscombe$y1), pair("anscombe 4", anscombe$x4, anscombe$y4),
  pair("far from 0", 1e9 + c(1, 2, 4, 3, 7), 1e6 + c(3, 1, 5, 6, 5.5)),
  untied(4, 0.5), untied(6, -1), untied(8, 0.7), untied(9, 1), untied(10, 1), untied(12, -0.4), untied(25, 0.3),
  untied(200, -0.2), untied(200, 0.05))
write_figures("oracle/correlation.json", cases = cases)

# Reference figures of Cox and logistic regression where a fit is difficult: many covariates, many strata, extreme units,
# all events tied. Rscript oracle/hard_cases.R, from the root of the repository. Writes oracle/hard_cases.json. The data are
# made by a formula in whole numbers, which the test repeats. coxph's own eps is 1e-9; here 1e-13.
# Methods: cox, logistic
suppressPackageStartupMessages(library(survival))
source("oracle/regression.R")
source("oracle/cox_figures.R")

# Whole numbers from 0 to 1008 without visible order.
mixed <- function(i, j) {
  a <- (i * 7919 + j * 104729 + 17) %% 1009
  (a * a + 31 * i + (i * j) %% 97) %% 1009
}
covariates <- function(n, p) outer(seq_len(n), seq_len(p), function(i, j) mixed(i, j) / 1009)
# Times grow where the first columns are small; every third patient is censored.
outcomes <- function(n, x) {
  i <- seq_len(n)
  list(time = 1 + floor(2000 * (mixed(i, 501) / 1009) / (1 + 3 * x[, 1] + 2 * x[, 2])), event = as.integer(mixed(i, 502) %% 3 > 0),
       y = as.integer(mixed(i, 503) / 1009 < 0.25 + 0.5 * x[, 1] * x[, 2]))
}

cox <- function(d, x, ties, strata = rep(1, nrow(x))) {
  scale <- apply(x, 2, sd)
  z <- sweep(sweep(x, 2, colMeans(x)), 2, scale, "/")
  fit <- coxph(Surv(d$time, d$event) ~ z + strata(strata), ties = ties, control = control)
  object(beta = numbers(coef(fit) / scale), std_error = numbers(sqrt(diag(fit$var)) / scale),
         log_likelihood = number(fit$loglik[2]))
}
logistic <- function(d, x) {
  scale <- apply(x, 2, sd)
  z <- sweep(sweep(x, 2, colMeans(x)), 2, scale, "/")
  fit <- glm(d$y ~ z, family = binomial(), epsilon = 1e-14, maxit = 100)
  # Some more Newton steps, and everything at the estimate: glm's covariance is that of its last but one.
  design <- cbind(1, z)
  beta <- coef(fit)
  for (step in 1:3) {
    p <- plogis(drop(design %*% beta))
    covariance <- solve(crossprod(design * sqrt(p * (1 - p))))
    beta <- beta + drop(covariance %*% crossprod(design, d$y - p))
  }
  eta <- drop(design %*% beta)
  object(beta = numbers(beta[-1] / scale), std_error = numbers(sqrt(diag(covariance))[-1] / scale),
         log_likelihood = number(sum(ifelse(d$y == 1, plogis(eta, log.p = TRUE), plogis(-eta, log.p = TRUE)))))
}

many <- covariates(1500, 200)
of_many <- outcomes(1500, many)
few <- covariates(3000, 3)
of_few <- outcomes(3000, few)
sets <- rep(seq_len(1000), 3)
tied <- of_few; tied$time <- rep(5, 3000); tied$event <- as.integer(seq_len(3000) %% 5 == 0)
extreme <- sweep(few, 2, c(1e12, 1e-12, 1), "*")
moved <- sweep(few, 2, c(1e6, 0, 0), "+")
cases <- c(
  object(name = text("200 covariates"), cox = cox(of_many, many, "efron"), logistic = logistic(of_many, many)),
  object(name = text("1000 strata"), cox = cox(of_few, few, "efron", sets)),
  object(name = text("all events tied, efron"), cox = cox(tied, few, "efron")),
  object(name = text("all events tied, breslow"), cox = cox(tied, few, "breslow")),
  object(name = text("units of 1e12 and 1e-12"), cox = cox(of_few, extreme, "efron"), logistic = logistic(of_few, extreme)),
  object(name = text("far from 0"), cox = cox(of_few, moved, "efron"), logistic = logistic(of_few, moved))
)
write_cases("hard_cases", c("survival", "stats"), cases)

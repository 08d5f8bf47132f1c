# Reference figures of the performance of, and the influence on, a logistic model: Rscript oracle/logistic_performance.R,
# from the root of the repository. Writes oracle/logistic_performance.json; the data are those of oracle/logistic.R and
# oracle/firth.R. AUCs, their variance and the paired test are pROC's; leverages, residuals and Cook's distances those of
# the package stats; the rest is written here.
# Methods: logistic_performance, logistic_influence
suppressPackageStartupMessages({ library(pROC); library(jsonlite) })
source("oracle/regression.R")

read <- function(name) {
  frozen <- fromJSON(file.path("oracle", paste0(sub("_.*", "", name), ".json")), simplifyVector = FALSE)
  case <- Filter(function(case) case$name == sub("^[a-z]*_", "", name), frozen$cases)[[1]]
  d <- read.csv(file.path("oracle", case$data$file))
  for (column in case$data$columns)
    if (length(column$levels)) d[[column$name]] <- factor(d[[column$name]], unlist(column$levels))
  list(d = d, data = case$data, outcome = case$outcome)
}

fitted_model <- function(d, outcome, terms) {
  y <- d[[outcome]]
  x <- do.call(cbind, lapply(terms, function(term) model.matrix(~ ., d[term])[, -1, drop = FALSE]))
  z <- scale(x)
  fit <- glm(y ~ z, family = binomial(), epsilon = 1e-14, maxit = 100)
  # One more Newton step, and everything at the estimate.
  design <- cbind(1, z)
  beta <- coef(fit)
  for (step in 1:3) {
    p <- plogis(drop(design %*% beta))
    beta <- beta + drop(solve(crossprod(design * sqrt(p * (1 - p))), crossprod(design, y - p)))
  }
  eta <- drop(design %*% beta)
  list(y = y, fit = fit, design = design, beta = beta, eta = eta, p = plogis(eta),
       value = sum(ifelse(y == 1, plogis(eta, log.p = TRUE), plogis(-eta, log.p = TRUE))))
}

tied <- function(p) signif(p, 12)  # equal risks that rounding told apart

performance <- function(m, groups) {
  n <- length(m$y)
  null <- n * (mean(m$y) * log(mean(m$y)) + (1 - mean(m$y)) * log(1 - mean(m$y)))
  cox_snell <- 1 - exp(2 * (null - m$value) / n)
  roc <- roc(m$y, tied(m$p), levels = c(0, 1), direction = "<", quiet = TRUE)
  v <- var(roc, method = "delong")
  auc <- as.numeric(roc$auc)
  logit <- qlogis(auc) + c(-1, 1) * qnorm(0.975) * sqrt(v) / (auc * (1 - auc))
  p <- tied(m$p)
  cuts <- unique(quantile(p, seq(0, 1, length.out = groups + 1), type = 7))
  group <- cut(p, cuts, include.lowest = TRUE)
  o <- tapply(m$y, group, sum); e <- tapply(m$p, group, sum); of <- tapply(m$y, group, length)
  hl <- sum((o - e)^2 / (e * (1 - e / of)))
  object(nagelkerke = number(cox_snell / (1 - exp(2 * null / n))), cox_snell = number(cox_snell),
         mcfadden = number(1 - m$value / null), auc = number(auc), auc_error = number(sqrt(v)),
         logit = array(number(plogis(logit))), brier = number(mean((m$y - m$p)^2)),
         groups = array(sprintf("[%d, %d, %s]", o, of, number(e))),
         hosmer_lemeshow = test(hl, length(o) - 2),
         roc = array(number(c(sum(roc$sensitivities), sum(roc$specificities)))))
}

comparison <- function(main, other) {
  a <- roc(main$y, tied(main$p), levels = c(0, 1), direction = "<", quiet = TRUE)
  b <- roc(other$y, tied(other$p), levels = c(0, 1), direction = "<", quiet = TRUE)
  v <- var(a, method = "delong") + var(b, method = "delong") - 2 * cov(a, b, method = "delong")
  difference <- as.numeric(a$auc) - as.numeric(b$auc)
  t <- roc.test(a, b, method = "delong", paired = TRUE)
  stopifnot(abs(t$statistic - difference / sqrt(v)) < 1e-8)
  object(auc = number(as.numeric(b$auc)), difference = number(difference), std_error = number(sqrt(v)),
         p_value = number(2 * pnorm(-abs(difference / sqrt(v)))),
         likelihood_ratio = number(2 * (main$value - other$value)))
}

# By covariate pattern, which is a binomial observation of its patients.
influence <- function(m) {
  key <- apply(signif(m$design, 12), 1, paste, collapse = " ")
  first <- !duplicated(key)
  design <- m$design[first, , drop = FALSE]
  pattern <- match(key, key[first])
  y <- as.vector(tapply(m$y, pattern, sum)); of <- tabulate(pattern); p <- m$p[first]
  w <- of * p * (1 - p)
  covariance <- solve(crossprod(design * sqrt(w)))
  h <- rowSums((design %*% covariance) * design) * w
  pearson <- (y - of * p) / sqrt(w)
  cooks <- (pearson / (1 - h))^2 * h / ncol(design)
  part <- function(o, e) ifelse(o == 0, 0, o * log(o / e))
  deviance <- sign(y - of * p) * sqrt(2 * (part(y, of * p) + part(of - y, of * (1 - p))))
  # The package's own, from its last but one step, agree to what its convergence allows.
  grouped <- glm(cbind(y, of - y) ~ design - 1, family = binomial(), epsilon = 1e-14, maxit = 100)
  stopifnot(max(abs(h - hatvalues(grouped))) < 1e-6, max(abs(cooks - cooks.distance(grouped))) < 1e-6,
            max(abs(pearson / sqrt(1 - h) - rstandard(grouped, type = "pearson"))) < 1e-5,
            max(abs(deviance - residuals(grouped))) < 1e-5)
  changes <- (design %*% covariance) * (y - of * p) / (1 - h)
  changes <- sweep(changes, 2, sqrt(diag(covariance)), "/")[, -1, drop = FALSE]
  top <- order(-cooks)[1:20]
  array(vapply(top, function(i) object(
    n = sprintf("%d", y[i]), of = sprintf("%d", of[i]), leverage = number(h[i]), pearson = number(pearson[i]),
    standardized = number(pearson[i] / sqrt(1 - h[i])), deviance = number(deviance[i]), cooks = number(cooks[i]),
    dfbetas = array(number(changes[i, ]))), ""))
}

cases <- vapply(c("logistic_birthwt", "logistic_infert", "logistic_colon", "logistic_pbc",
                  "firth_endometrial"), function(name) {
  study <- read(name)
  terms <- setdiff(vapply(study$data$columns, function(column) column$name, ""), study$outcome)
  if (name == "firth_endometrial") terms <- setdiff(terms, "NV")
  d <- study$d[complete.cases(study$d[c(study$outcome, terms)]), ]
  main <- fitted_model(d, study$outcome, terms)
  others <- list(terms[-1], terms[1:max(1, length(terms) - 2)])
  if (length(terms) == 2) others <- list(terms[1], terms[2])
  data <- study$data
  columns <- vapply(data$columns, function(column) object(
    name = text(column$name),
    levels = if (length(column$levels)) array(text(unlist(column$levels))) else "null"), "")
  object(name = text(name), data = object(file = text(data$file), sha256 = text(data$sha256), columns = array(columns)),
         outcome = text(study$outcome), terms = array(text(terms)), performance = performance(main, 10),
         compare = array(vapply(others, function(other) array(text(other)), "")),
         comparisons = array(vapply(others, function(other)
           comparison(main, fitted_model(d, study$outcome, other)), "")),
         influence = influence(main))
}, "")
write_cases("logistic_performance", c("stats", "pROC"), cases)

# Reference figures of logistic regression: Rscript oracle/logistic.R, from the root of the repository.
# Writes oracle/logistic.json and oracle/data/logistic_*.csv. glm runs until its deviance no longer changes.
suppressPackageStartupMessages({ library(MASS); library(survival) })
source("oracle/regression.R")

studies <- list(
  birthwt = list(outcome = "low", d = with(MASS::birthwt, data.frame(
    low, age, lwt, race = factor(race, 1:3, c("white", "black", "other")), smoke = factor(smoke),
    ptl = factor(pmin(ptl, 2)), ht = factor(ht), ui = factor(ui)))),
  # The odds of the same, in units that no computation should notice.
  birthwt_units = list(outcome = "low", d = with(MASS::birthwt, data.frame(
    low, age = age * 1e-12, lwt = lwt * 1e12, smoke = factor(smoke, c(1, 0))))),
  infert = list(outcome = "case", d = with(infert, data.frame(
    case, education = relevel(factor(education), "6-11yrs"), age, parity, induced = factor(induced),
    spontaneous = factor(spontaneous)))),
  colon = list(outcome = "status", d = with(colon[colon$etype == 2, ], data.frame(
    status, rx = factor(gsub("+", "_", rx, fixed = TRUE), c("Obs", "Lev", "Lev_5FU")), sex = factor(sex), age,
    obstruct = factor(obstruct), differ = factor(differ), extent = factor(extent), nodes))),
  rotterdam = list(outcome = "death", d = with(rotterdam, data.frame(
    death, year, age, meno = factor(meno), size = factor(as.integer(size)), grade = factor(grade), nodes, pgr, er,
    hormon = factor(hormon), chemo = factor(chemo)))),
  # Few events and many missing values.
  pbc = list(outcome = "transplant", d = with(pbc, data.frame(
    transplant = as.integer(status == 1), age, sex, hepato = factor(hepato), bili, albumin,
    stage = factor(pmax(stage, 2)))))
)

cases <- vapply(names(studies), function(name) {
  study <- studies[[name]]
  d <- study$d
  file <- data_file(paste0("logistic_", name), d)
  figures <- function(terms) {
    d <- d[complete.cases(d[c(study$outcome, terms)]), ]
    y <- d[[study$outcome]]
    # Columns at unit spread, so that glm's own tolerance for collinearity is out of play.
    fitter <- function(x, offset) {
      scale <- apply(x, 2, sd)
      centred <- sweep(sweep(x, 2, colMeans(x)), 2, scale, "/")
      design <- cbind(rep(1, nrow(x)), centred)
      fit <- glm.fit(design, y, offset = offset, family = binomial(),
                     control = glm.control(epsilon = 1e-14, maxit = 60))
      # glm's information is of the step before: once more at the estimate.
      p <- fit$fitted.values
      back <- diag(c(1, 1 / scale), 1 + ncol(x))
      back[1, -1] <- -colMeans(x) / scale
      list(beta = drop(back %*% fit$coefficients),
           covariance = back %*% solve(crossprod(design * sqrt(p * (1 - p)))) %*% t(back),
           value = sum(log(ifelse(y == 1, p, 1 - p))))
    }
    model(d, terms, fitter, 1, y, FALSE)
  }
  terms <- setdiff(names(d), study$outcome)
  object(name = text(name), data = file, outcome = text(study$outcome), multivariable = figures(terms),
         univariable = array(vapply(terms, figures, "")))
}, "")
write_cases("logistic", c("stats", "MASS", "survival"), cases)

# Reference figures of smooth calibration curves: Rscript oracle/calibration_curve.R, from the root of the repository, after
# oracle/cox.R, oracle/cox_extensions.R, oracle/logistic.R and oracle/firth.R, whose data files they read. Writes
# oracle/calibration_curve.json. The knots are those of Hmisc, the flexible models coxph's and glm's, as in the appendix of
# Austin, Harrell & van Klaveren 2020. coxph's own eps is 1e-9; here 1e-13.
# Methods: survival_performance, logistic_performance
suppressPackageStartupMessages({library(survival); library(Hmisc); library(jsonlite)})
source("oracle/regression.R")
source("oracle/cox_figures.R")

read <- function(case) {
  d <- read.csv(file.path("oracle", case$data$file))
  for (column in case$data$columns) if (length(column$levels))
    d[[column$name]] <- factor(as.character(d[[column$name]]), unlist(column$levels))
  d
}
curve_at <- function(p) {
  ends <- quantile(p, c(0.01, 0.99), type = 7)
  seq(ends[[1]], ends[[2]], length.out = 100)
}
shown <- c(1, 20, 50, 81, 100)
indices <- function(p, observed, w = rep(1, length(p))) {
  error <- abs(observed - p)
  numbers(c(sum(w * error) / sum(w), quantile(error, c(0.5, 0.9), type = 7), max(error)))
}
described <- function(case) jsonlite::toJSON(case$data, auto_unbox = TRUE, null = "null")
file <- function(name) jsonlite::fromJSON(file.path("oracle", paste0(name, ".json")), simplifyVector = FALSE)$cases

survival_case <- function(case, terms, options = "", weights = NULL, cluster = NULL) {
  d <- read(case)
  d <- d[complete.cases(d[c("time", "event", terms, weights, cluster)]), ]
  rownames(d) <- NULL
  w <- if (is.null(weights)) rep(1, nrow(d)) else d[[weights]]
  d$w <- w
  fit <- suppressWarnings(coxph(reformulate(terms, "Surv(time, event)"), d, weights = w, robust = FALSE, control = control, x = TRUE))
  hazard <- basehaz(fit, centered = TRUE)
  at <- unname(quantile(d$time[d$event == 1], c(0.3, 0.8), type = 1))
  curves <- vapply(at, function(t) {
    x <- fit$linear.predictors + log(max(hazard$hazard[hazard$time <= t]))
    p <- -expm1(-exp(x))
    knots <- attr(rcspline.eval(x, nk = 3), "knots")
    basis <- function(x) rcspline.eval(x, knots = knots, inclx = TRUE)
    d$one <- basis(x)[, 1]; d$two <- basis(x)[, 2]
    arguments <- list(Surv(time, event) ~ one + two, d, weights = w, control = control, x = TRUE,
                      robust = !is.null(weights) || !is.null(cluster))
    if (!is.null(cluster)) arguments$cluster <- d[[cluster]]
    flexible <- suppressWarnings(do.call(coxph, arguments))
    stopifnot(abs(colSums(as.matrix(residuals(flexible, "score") * w))) < 1e-6)
    predicted <- function(x) {
      b <- basis(x)
      summary(survfit(flexible, data.frame(one = b[, 1], two = b[, 2]), conf.type = "log-log"), times = t)
    }
    grid <- curve_at(p)
    on_grid <- predicted(log(-log1p(-grid)))
    object(at = number(t), indices = indices(p, 1 - drop(predicted(x)$surv), w), x = numbers(grid[shown]),
           estimate = numbers(1 - drop(on_grid$surv)[shown]), lower = numbers(1 - drop(on_grid$upper)[shown]),
           upper = numbers(1 - drop(on_grid$lower)[shown]))
  }, "")
  object(name = text(case$name), method = text("survival_performance"), data = described(case), outcome = "null",
         terms = array(text(terms)), options = text(options), curves = array(curves))
}

logistic_case <- function(name, outcome, terms) {
  parts <- strsplit(name, "_")[[1]]
  case <- Filter(function(case) case$name == parts[2], file(parts[1]))[[1]]
  d <- read(case); d <- d[complete.cases(d[c(outcome, terms)]), ]
  strict <- glm.control(epsilon = 1e-14, maxit = 100)
  fit <- glm(reformulate(terms, outcome), binomial(), d, control = strict)
  x <- fit$linear.predictors; p <- plogis(x)
  knots <- attr(rcspline.eval(x, nk = 3), "knots")
  basis <- function(x) rcspline.eval(x, knots = knots, inclx = TRUE)
  d$one <- basis(x)[, 1]; d$two <- basis(x)[, 2]
  flexible <- glm(reformulate(c("one", "two"), outcome), binomial(), d, control = strict)
  grid <- curve_at(p); b <- basis(qlogis(grid))
  on_grid <- predict(flexible, data.frame(one = b[, 1], two = b[, 2]), se.fit = TRUE)
  at <- function(z) numbers(plogis(on_grid$fit + z * on_grid$se.fit)[shown])
  z <- qnorm(0.975)
  curve <- object(at = "null", indices = indices(p, fitted(flexible)), x = numbers(grid[shown]), estimate = at(0),
                  lower = at(-z), upper = at(z))
  object(name = text(name), method = text("logistic_performance"), data = described(case), outcome = text(outcome),
         terms = array(text(terms)), options = text(""), curves = array(curve))
}

cox <- Filter(function(case) case$ties == "efron" && case$name != "mgus2", file("cox"))
lung <- Filter(function(case) case$name == "lung weights efron", file("cox_extensions"))[[1]]
weighted <- "weights = \\\"weight\\\"\\nweight_kind = \\\"sampling\\\""
renamed <- function(case, name) { case$name <- name; case }
performance <- file("logistic_performance")
cases <- c(
  vapply(cox, function(case) survival_case(case, unlist(case$multivariable$terms)), ""),
  survival_case(lung, unlist(lung$terms), weighted, weights = "weight"),
  survival_case(renamed(lung, "lung cluster efron"), unlist(lung$terms), "cluster = \\\"inst\\\"", cluster = "inst"),
  vapply(performance[vapply(performance, function(case) case$name != "firth_endometrial", NA)], function(case)
    logistic_case(case$name, case$outcome, unlist(case$terms)), ""))
write_cases("calibration_curve", c("survival", "Hmisc"), cases)

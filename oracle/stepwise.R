# Reference figures of stepwise selection: Rscript oracle/stepwise.R, from the root of the repository. Writes
# oracle/stepwise.json; the data are those of other figures. Selections by information criteria are those of R's own
# step(); those by P values are made here as SPSS documents its methods FORWARD and BACKWARD: entry by the score test,
# removal by the likelihood ratio or Wald's test, removal tried before entry. Convergence is tightened.
suppressPackageStartupMessages({library(survival); library(MASS)})
source("oracle/regression.R")

births <- with(birthwt, data.frame(y = low, age, lwt, race = factor(race), smoke = factor(smoke), ptl, ht = factor(ht),
                                   ui = factor(ui), ftv))
pima <- with(Pima.tr, data.frame(y = as.integer(type == "Yes"), npreg, glu, bp, skin, bmi, ped, age))
livers <- na.omit(with(pbc, data.frame(time, event = as.integer(status == 2), trt = factor(trt), age, sex, ascites = factor(ascites),
  edema = factor(edema), bili, albumin, copper, protime, stage = factor(stage))))
breasts <- with(gbsg, data.frame(time = rfstime, event = status, hormon = factor(hormon), age, meno = factor(meno), size,
                                 grade = factor(grade), nodes, pgr, er))
studies <- list(birthwt = births, pima = pima, pbc = livers, gbsg = breasts)

tight <- glm.control(epsilon = 1e-15, maxit = 100)
fitter <- function(d) {
  cox <- "time" %in% names(d)
  function(terms, init = NULL, iterations = 100) {
    right <- if (length(terms)) paste(terms, collapse = " + ") else "1"
    if (!cox) return(glm(as.formula(paste("y ~", right)), binomial, d, control = tight))
    arguments <- list(as.formula(paste("Surv(time, event) ~", right)), d, ties = "efron",
                      control = coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = iterations))
    suppressWarnings(do.call(coxph, c(arguments, if (length(init)) list(init = init))))
  }
}
value <- function(fit) if (inherits(fit, "coxph")) fit$loglik[length(fit$loglik)] else -deviance(fit) / 2
parameters <- function(fit) length(coef(fit)) - (!inherits(fit, "coxph"))
parts <- function(term) { v <- strsplit(term, ":")[[1]]; if (length(v) > 1) v else character() }

likelihood_ratio <- function(fit, larger, smaller) {
  a <- fit(larger); b <- fit(smaller)
  c(2 * (value(a) - value(b)), parameters(a) - parameters(b))
}
score <- function(fit, set, term) {
  small <- fit(set)
  if (inherits(small, "glm")) {
    large <- model.matrix(as.formula(paste("~", paste(c(set, term), collapse = " + "))), small$data)
    p <- fitted(small); own <- large[, setdiff(colnames(large), names(coef(small))), drop = FALSE]
    old <- model.matrix(small); w <- p * (1 - p)
    u <- crossprod(own, small$y - p)
    v <- crossprod(own, own * w) - crossprod(own, old * w) %*% solve(crossprod(old, old * w), crossprod(old, own * w))
    return(c(sum(u * solve(v, u)), ncol(own)))
  }
  df <- parameters(fit(c(set, term))) - length(coef(small))
  large <- fit(c(set, term), init = c(coef(small), rep(0, df)), iterations = 0)
  c(large$score, df)
}
wald <- function(fit, set, term) {
  with <- fit(set)
  b <- coef(with)
  own <- setdiff(names(b), names(coef(fit(setdiff(set, term)))))
  # glm's own covariance is that of the step before its last.
  v <- if (inherits(with, "coxph")) vcov(with) else
    solve(crossprod(model.matrix(with), model.matrix(with) * (fitted(with) * (1 - fitted(with)))))
  c(quadratic(b[own], v[own, own, drop = FALSE]), length(own))
}
p_of <- function(test) pchisq(test[1], test[2], lower.tail = FALSE)

by_p <- function(fit, terms, set, direction, enter, stay, entry, removal) {
  steps <- list()
  repeat {
    taken <- NULL
    if (direction != "forward") {
      free <- Filter(function(t) !any(vapply(set, function(s) t %in% parts(s), NA)), set)
      tests <- lapply(free, function(t) if (removal == "wald") wald(fit, set, t) else likelihood_ratio(fit, set, setdiff(set, t)))
      if (length(free)) {
        worst <- which.max(vapply(tests, p_of, 0))
        if (p_of(tests[[worst]]) > stay) taken <- list("removed", free[worst], tests[[worst]])
      }
    }
    if (is.null(taken) && direction != "backward") {
      free <- Filter(function(t) all(parts(t) %in% set), setdiff(terms, set))
      tests <- lapply(free, function(t) if (entry == "score") score(fit, set, t) else likelihood_ratio(fit, c(set, t), set))
      if (length(free)) {
        best <- which.min(vapply(tests, p_of, 0))
        if (p_of(tests[[best]]) < enter) taken <- list("entered", free[best], tests[[best]])
      }
    }
    if (is.null(taken)) return(steps)
    set <- if (taken[[1]] == "removed") setdiff(set, taken[[2]]) else c(set, taken[[2]])
    now <- fit(set)
    steps[[length(steps) + 1]] <- c(taken, list(2 * (parameters(now) + !inherits(now, "coxph")) - 2 * value(now)))
  }
}

by_criterion <- function(d, fit, terms, start, direction, k) {
  scope <- list(lower = ~1, upper = as.formula(paste("~", paste(terms, collapse = " + "))))
  first <- fit(start)
  environment(first$formula) <- environment()
  first$call$formula <- formula(first)
  first$call$data <- d
  if (inherits(first, "glm")) { first$call$control <- tight; first$call$family <- binomial }
  else first$call$control <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)
  trace <- suppressWarnings(step(first, scope, direction = direction, trace = 0, k = k))$anova
  set <- start
  lapply(seq_len(nrow(trace))[-1], function(i) {
    change <- trimws(as.character(trace$Step[i]))
    term <- trimws(substring(change, 2)); entered <- startsWith(change, "+")
    before <- set
    set <<- if (entered) c(set, term) else setdiff(set, term)
    list(if (entered) "entered" else "removed", term,
         if (entered) likelihood_ratio(fit, set, before) else likelihood_ratio(fit, before, set), trace$AIC[i])
  })
}

cases <- unlist(lapply(names(studies), function(name) {
  d <- studies[[name]]
  cox <- "time" %in% names(d)
  terms <- c(setdiff(names(d), c("y", "time", "event")), if (name == "birthwt") c("age:smoke", "lwt:ht"))
  fit <- fitter(d)
  size <- if (cox) sum(d$event) else nrow(d)
  written <- d
  if (!cox) written$y <- factor(ifelse(d$y == 1, "yes", "no"), c("yes", "no"))
  file <- data_file(paste0("stepwise_", name), written)
  case <- function(options, start, steps, k = 2) {
    first <- fit(start)
    shown <- vapply(steps, function(s) object(what = text(s[[1]]), term = text(s[[2]]), test = test(s[[3]][1], s[[3]][2]),
                                              criterion = number(s[[4]])), "")
    cat(name, options, length(steps), "steps\n")
    object(dataset = text(name), cox = if (cox) "true" else "false", data = file, terms = array(text(terms)),
           options = text(gsub("\"", "'", options)),
           start = number(k * (parameters(first) + !cox) - 2 * value(first)), steps = array(shown))
  }
  none <- character()
  c(case('direction = "backward"', terms, by_criterion(d, fit, terms, terms, "backward", 2)),
    case('direction = "forward"', none, by_criterion(d, fit, terms, none, "forward", 2)),
    case('direction = "both"', none, by_criterion(d, fit, terms, none, "both", 2)),
    case('direction = "both"\nstart = "all"\ncriterion = "bic"', terms, by_criterion(d, fit, terms, terms, "both", log(size)), log(size)),
    case('direction = "both"\ncriterion = "p_value"', none, by_p(fit, terms, none, "both", 0.05, 0.1, "score", "lr")),
    case('direction = "both"\ncriterion = "p_value"\nenter = 0.15\nstay = 0.2\nentry_test = "likelihood_ratio"\nremoval_test = "wald"', none,
         by_p(fit, terms, none, "both", 0.15, 0.2, "lr", "wald")),
    case('direction = "backward"\ncriterion = "p_value"\nstay = 0.05\nremoval_test = "wald"', terms,
         by_p(fit, terms, terms, "backward", 0, 0.05, "score", "wald")))
}))
cases <- gsub("\n(?=[a-z])", "\\\\n", cases, perl = TRUE)
write_cases("stepwise", "survival", cases)

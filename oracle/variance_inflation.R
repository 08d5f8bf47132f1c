# Reference figures of generalised variance inflation: Rscript oracle/variance_inflation.R, from the root of the
# repository. Writes oracle/variance_inflation.json and oracle/data/variance_inflation_*.csv. The determinants are those of
# Fox & Monette (as in car::vif); single columns agree with rms::vif.
suppressPackageStartupMessages({ library(MASS); library(survival); library(rms) })
source("oracle/regression.R")

inflation <- function(v, of) {
  r <- cov2cor(v)
  log_det <- function(at) if (length(at)) as.numeric(determinant(r[at, at, drop = FALSE])$modulus) else 0
  vapply(unique(of), function(term) {
    own <- which(of == term)
    exp(log_det(own) + log_det(which(of != term)) - log_det(seq_along(of)))
  }, 0)
}

columns_of <- function(d, terms, splines) {
  parts <- lapply(terms, function(term) {
    x <- if (is.null(splines[[term]])) model.matrix(~ ., d[term])[, -1, drop = FALSE]
         else rcspline.eval(d[[term]], knots = splines[[term]], inclx = TRUE)
    # How the columns of a term are coded is of no account: orthogonal ones lose no digits.
    qr.Q(qr(scale(x), tol = 0)) * sqrt(nrow(d))
  })
  list(x = do.call(cbind, parts), of = rep(terms, vapply(parts, ncol, 0)))
}

case <- function(name, d, terms, outcome = NULL, splines = list()) {
  file <- data_file(paste0("variance_inflation_", name), d)
  base <- if (is.null(outcome)) c("time", "event") else outcome
  d <- d[complete.cases(d[c(base, terms)]), ]
  m <- columns_of(d, terms, splines)
  x <- m$x
  if (is.null(outcome)) {
    control <- coxph.control(eps = 1e-13, toler.chol = 1e-15, iter.max = 60)
    fit <- coxph(Surv(d$time, d$event) ~ x, control = control)
    fit <- coxph(Surv(d$time, d$event) ~ x, control = control, init = fit$coefficients)
    v <- fit$var
  } else {
    y <- d[[outcome]]
    design <- cbind(1, x)
    beta <- rep(0, ncol(design))
    for (step in 1:40) {
      p <- plogis(drop(design %*% beta))
      beta <- beta + drop(solve(crossprod(design * sqrt(p * (1 - p))), crossprod(design, y - p)))
    }
    p <- plogis(drop(design %*% beta))
    v <- solve(crossprod(design * sqrt(p * (1 - p))))[-1, -1]
  }
  found <- inflation(v, m$of)
  single <- names(which(table(m$of) == 1))
  if (length(splines) == 0) {
    fit <- if (is.null(outcome)) coxph(reformulate(terms, "Surv(time, event)"), d, x = TRUE) else
      glm(reformulate(terms, outcome), binomial, d)
    theirs <- rms::vif(fit)
    for (term in single) stopifnot(abs(theirs[grep(paste0("^", term), names(theirs))][1] / found[term] - 1) < 1e-4)
  }
  rows <- vapply(names(found), function(term) object(
    term = text(term), gvif = number(found[term]), df = number(sum(m$of == term)),
    root = number(found[term]^(1 / (2 * sum(m$of == term))))), "")
  asked <- vapply(terms, function(term) if (is.null(splines[[term]])) text(term) else
    text(paste0("rcs(", term, ", ", paste(splines[[term]], collapse = ", "), ")")), "")
  object(name = text(name), data = file, outcome = if (is.null(outcome)) "null" else text(outcome), asked = array(asked),
         rows = array(rows))
}

breast <- with(rotterdam, data.frame(death, year, age, meno = factor(meno), size = factor(as.integer(size)),
                                     grade = factor(grade), nodes, pgr, er))
liver <- with(pbc, data.frame(time, event = as.integer(status == 2), age, sex, edema = factor(edema), bili, chol, albumin,
                              protime, stage = factor(stage)))
# Length in two units that were measured apart: nearly the same.
set.seed(7)
twice <- with(MASS::birthwt, data.frame(low, lwt, kg = round(lwt * 0.4536 + rnorm(189), 2), race = factor(race),
                                        smoke = factor(smoke)))
cases <- c(
  case("rotterdam", breast, c("year", "age", "meno", "size", "grade", "nodes", "pgr", "er"), "death"),
  case("rotterdam_spline", breast, c("age", "meno", "nodes", "grade"), "death", list(age = c(35, 50, 60, 75), nodes = c(0, 1, 3, 10))),
  case("twice", twice, c("lwt", "kg", "race", "smoke"), "low"),
  case("pbc", liver, c("age", "sex", "edema", "bili", "chol", "albumin", "protime", "stage"))
)
write_cases("variance_inflation", c("stats", "MASS", "survival", "rms"), cases)

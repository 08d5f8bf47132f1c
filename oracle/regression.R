# What the reference figures of logistic, Cox and Fine–Gray regression share: data sets as files, models as JSON
# with all 17 digits, profile-likelihood limits by refitting (MASS::confint interpolates a spline), and crr to its end.

number <- function(x) ifelse(is.na(x), "null", sprintf("%.17g", x))
text <- function(x) ifelse(is.na(x), "null", paste0("\"", x, "\""))
array <- function(x) paste0("[", paste(x, collapse = ", "), "]")
object <- function(...) {
  parts <- list(...)
  paste0("{", paste0("\"", names(parts), "\": ", unlist(parts), collapse = ", "), "}")
}
test <- function(statistic, df) object(
  statistic = number(statistic), df = number(df), p_value = number(pchisq(statistic, df, lower.tail = FALSE)))

# Writes a data frame and says what is in it; factors keep their levels, the first being the reference.
data_file <- function(name, d) {
  file <- file.path("oracle", "data", paste0(name, ".csv"))
  write.csv(d, file, row.names = FALSE, quote = FALSE, na = "")
  columns <- vapply(names(d), function(column) object(
    name = text(column),
    levels = if (is.factor(d[[column]])) array(text(levels(d[[column]]))) else "null"), "")
  object(file = text(paste0("data/", name, ".csv")), columns = array(columns),
         sha256 = text(substr(system2("sha256sum", file, stdout = TRUE), 1, 64)))
}

# A fitter takes a matrix (perhaps without columns) and an offset, and gives beta, covariance and log-likelihood
# of those columns; an intercept, where there is one, comes first.
profile_limits <- function(fitter, x, offset, fit, k, intercept) {
  beta <- fit$beta[k + intercept]
  se <- sqrt(fit$covariance[k + intercept, k + intercept])
  distance <- function(value)
    2 * (fit$value - fitter(x[, -k, drop = FALSE], offset + value * x[, k])$value) - qchisq(0.95, 1)
  limit <- function(sign) {
    far <- 1.96
    while (distance(beta + sign * far * se) < 0) far <- far * 1.5
    uniroot(distance, sort(beta + sign * c(0.5, far) * se), tol = 1e-14 * abs(beta) + 1e-15 * se, maxiter = 500)$root
  }
  c(limit(-1), limit(1))
}

# b'V^-1 b, from correlations: units then cost no digits.
quadratic <- function(b, v) {
  z <- b / sqrt(diag(v))
  sum(z * solve(cov2cor(v), z))
}

# All figures of one model. `terms` are names of columns of d, which is complete.
model <- function(d, terms, fitter, intercept, outcome, cox) {
  matrices <- lapply(terms, function(term) model.matrix(~ ., d[term])[, -1, drop = FALSE])
  x <- do.call(cbind, matrices)
  of <- rep(seq_along(terms), vapply(matrices, ncol, 0))
  zero <- rep(0, nrow(d))
  fit <- fitter(x, zero)
  null <- fitter(x[, 0, drop = FALSE], zero)$value
  columns <- vapply(seq_len(ncol(x)), function(k) {
    at <- k + intercept
    limits <- profile_limits(fitter, x, zero, fit, k, intercept)
    term <- terms[of[k]]
    level <- if (is.factor(d[[term]])) levels(d[[term]])[1 + sum(of[seq_len(k)] == of[k])] else NA
    members <- if (is.na(level)) rep(TRUE, nrow(d)) else d[[term]] == level
    z <- unname(fit$beta[at] / sqrt(fit$covariance[at, at]))
    object(term = text(term), level = text(level), beta = number(fit$beta[at]),
           std_error = number(sqrt(fit$covariance[at, at])), p_value = number(2 * pnorm(-abs(z))),
           profile = array(number(limits)), of = number(sum(members)), n = number(sum(outcome[members])))
  }, "")
  tests <- vapply(seq_along(terms), function(i) {
    without <- fitter(x[, of != i, drop = FALSE], zero)$value
    at <- which(of == i) + intercept
    b <- fit$beta[at]
    object(term = text(terms[i]), likelihood_ratio = test(2 * (fit$value - without), sum(of == i)),
           wald = test(quadratic(b, fit$covariance[at, at, drop = FALSE]), sum(of == i)))
  }, "")
  object(terms = array(text(terms)), columns = array(columns), tests = array(tests),
         log_likelihood = number(fit$value), null_log_likelihood = number(null),
         likelihood_ratio = test(2 * (fit$value - null), ncol(x)),
         intercept = if (intercept) array(number(c(fit$beta[1], sqrt(fit$covariance[1, 1])))) else "null",
         wald = if (cox) test(quadratic(fit$beta, fit$covariance), ncol(x)) else "null",
         score = if (cox) test(fit$score, ncol(x)) else "null")
}

# crr stops where its line search finds no lower value, with a score of 1e-7: further Newton steps with its own score
# and information end in rounding.
converged_crr <- function(time, status, z) {
  fit <- cmprsk::crr(time, status, z)
  for (step in 1:5)
    fit <- cmprsk::crr(time, status, z, init = fit$coef + drop(fit$invinf %*% fit$score), maxiter = 0)
  stopifnot(max(abs(fit$score)) < 1e-10)
  fit
}

write_cases <- function(name, packages, cases) {
  versions <- vapply(packages, function(p) as.character(packageVersion(p)), "")
  header <- do.call(object, c(list(r = text(R.version.string)), as.list(text(versions)) |> setNames(packages)))
  writeLines(object(versions = header, cases = paste0("[\n", paste(cases, collapse = ",\n"), "\n]")),
             file.path("oracle", paste0(name, ".json")))
}

# Probabilities of groups at one time, compared on a transformed scale (Klein et al. 2007), for several scripts.

# Transformations and their derivatives.
transformations <- list(
  plain = list(f = function(p) p, d = function(p) rep(1, length(p))),
  log = list(f = log, d = function(p) 1 / p),
  log_log = list(f = function(p) log(-log(p)), d = function(p) 1 / (p * log(p))),
  complementary_log_log = list(f = function(p) log(-log(1 - p)), d = function(p) -1 / ((1 - p) * log(1 - p))),
  logit = list(f = qlogis, d = function(p) 1 / (p * (1 - p))),
  arcsine = list(f = function(p) asin(sqrt(p)), d = function(p) 1 / (2 * sqrt(p * (1 - p)))))

# Each group less the first, and all of them: (C theta)' (C V C')^-1 C theta.
differences <- function(f, v, scales) array_of(scales, function(scale) {
  t <- transformations[[scale]]
  theta <- t$f(f); w <- diag(v * t$d(f)^2)
  wald <- function(rows) {
    contrast <- cbind(-1, diag(length(f) - 1))[rows, , drop = FALSE]
    effect <- contrast %*% theta
    drop(t(effect) %*% solve(contrast %*% w %*% t(contrast), effect))
  }
  object(scale = text(scale), all = number(wald(seq_len(length(f) - 1))),
         rows = array_of(seq_along(f)[-1], function(i) object(
           value = number(f[i] - f[1]), std_error = number(sqrt(v[i] + v[1])), statistic = number(wald(i - 1)))))
})

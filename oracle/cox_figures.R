# What the reference figures of the methods after a Cox model share.

control <- coxph.control(eps = 1e-13, toler.chol = 1e-15, iter.max = 60)
numbers <- function(x) array(number(unname(x)))

# Residuals without their order: sums, and some order statistics.
summary_of <- function(r, time) {
  r <- unname(r)
  object(absolute = number(sum(abs(r))), squares = number(sum(r^2)), by_time = number(sum(abs(r) * time)),
         sorted = numbers(sort(r)[round(seq(1, length(r), length.out = 15))]))
}

# `fit` has numbers divided by `scale`, and `identity` is time over 1000: solve() refuses unequal units, in which no
# statistic depends.
proportional <- function(fit, transform, scale) {
  g <- if (transform == "identity") function(t) t / 1000 else transform
  by_term <- cox.zph(fit, g)$table
  by_column <- cox.zph(fit, g, terms = FALSE)
  p <- length(coef(fit))
  by_column$y <- sweep(by_column$y, 2, scale, "/")
  by_column$var <- by_column$var / outer(scale, scale)
  x <- by_column$x
  over <- seq(min(x), max(x), length = 40)
  # The line of plot.cox.zph with its band, in standard errors rather than twice that.
  basis <- ns(c(over, x), df = 4, intercept = TRUE)
  q <- qr(basis[-(1:40), ])
  unit <- rowSums((basis[1:40, ] %*% chol2inv(q$qr[1:4, 1:4])) * basis[1:40, ])
  lines <- vapply(seq_len(p), function(j) object(
    y = summary_of(by_column$y[, j], by_column$time),
    line = numbers((basis[1:40, ] %*% qr.coef(q, by_column$y[, j]))[c(1, 10, 20, 30, 40)]),
    std_error = numbers(sqrt(by_column$var[j, j] * unit)[c(1, 10, 20, 30, 40)])), "")
  object(transform = text(transform), terms = array(text(rownames(by_term))),
         statistic = numbers(by_term[, 1]), df = numbers(by_term[, 2]), p_value = numbers(by_term[, 3]),
         columns = numbers(by_column$table[seq_len(p), 1]), lines = array(lines))
}

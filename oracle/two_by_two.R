# Reference figures for the method two_by_two: Rscript oracle/two_by_two.R, from the root of the repository.
# Writes oracle/two_by_two.json. Score limits are solved here, from the formulae of their papers; the constrained risks
# of the difference by Miettinen and Nurminen's trigonometric solution, those of the odds ratio by a search, where
# farr does it the other way round. The exact limits come from fisher.test's own likelihood, written out and solved to
# the last digits, because fisher.test stops at 1e-4.
source("oracle/association.R")
z <- qnorm(0.975)
level <- 0.95

wilson <- function(x, n) suppressWarnings(prop.test(x, n, correct = FALSE)$conf.int[1:2])
exact <- function(x, n) c(if (x == 0) 0 else qbeta(0.025, x, n - x + 1), if (x == n) 1 else qbeta(0.975, x + 1, n - x))

difference <- function(a, b, c, d) {
  n1 <- a + b; n2 <- c + d; p1 <- a / n1; p2 <- c / n2; N <- n1 + n2
  est <- p1 - p2
  se <- sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
  w1 <- wilson(a, n1); w2 <- wilson(c, n2)
  newcombe <- c(est - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2), est + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2))
  # Miettinen and Nurminen 1985, appendix I.
  risk2 <- function(delta) {
    x <- a + c
    L3 <- N; L2 <- (n1 + 2 * n2) * delta - N - x; L1 <- (n2 * delta - N - 2 * c) * delta + x
    L0 <- c * delta * (1 - delta)
    # Written for p1 = p2 + delta with group 2 as the base.
    q <- L2^3 / (3 * L3)^3 - L1 * L2 / (6 * L3^2) + L0 / (2 * L3)
    p <- sign(q) * sqrt(max(L2^2 / (3 * L3)^2 - L1 / (3 * L3), 0))
    if (p == 0) return(-L2 / (3 * L3))
    w <- (pi + acos(max(min(q / p^3, 1), -1))) / 3
    2 * p * cos(w) - L2 / (3 * L3)
  }
  score <- function(delta) {
    r2 <- min(max(risk2(delta), 0, -delta), 1, 1 - delta); r1 <- r2 + delta
    v <- (r1 * (1 - r1) / n1 + r2 * (1 - r2) / n2) * N / (N - 1)
    (est - delta) / sqrt(v)
  }
  eps <- 1e-9
  mn <- c(if (est <= -1) -1 else root(function(x) score(x) - z, -1 + eps, est - eps * 0),
          if (est >= 1) 1 else root(function(x) score(x) + z, est, 1 - eps))
  object(value = number(est), wald = numbers(est - z * se, est + z * se), std_error = number(se),
         newcombe = numbers(newcombe), miettinen_nurminen = numbers(mn))
}

ratio <- function(a, b, c, d) {
  n1 <- a + b; n2 <- c + d; N <- n1 + n2
  est <- (a / n1) / (c / n2)
  se <- sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)
  score <- function(t) {
    theta <- exp(t)
    # The likelihood of both risks is maximised, with p1 = theta p2, by its score.
    if (a + c == 0) return(NA)
    A <- N * theta; B <- n1 * theta + a + n2 + c * theta
    p2 <- (B - sqrt(B^2 - 4 * A * (a + c))) / (2 * A); p1 <- theta * p2
    (a / n1 - theta * c / n2) / sqrt((p1 * (1 - p1) / n1 + theta^2 * p2 * (1 - p2) / n2) * N / (N - 1))
  }
  middle <- log(((a + 0.5) / (n1 + 0.5)) / ((c + 0.5) / (n2 + 0.5)))
  mn <- c(if (a == 0) 0 else exp(root(function(t) score(t) - z, middle - 20, middle + 8)),
          if (c == 0) NA else exp(root(function(t) score(t) + z, middle - 8, middle + 20)))
  wald <- if (a > 0 && c > 0) exp(log(est) + c(-1, 1) * z * se) else c(NA, NA)
  object(value = number(est), wald = numbers(wald), miettinen_nurminen = numbers(mn))
}

odds <- function(a, b, c, d) {
  n1 <- a + b; n2 <- c + d; N <- n1 + n2; m <- a + c
  est <- a * d / (b * c)
  se <- sqrt(1 / a + 1 / b + 1 / c + 1 / d)
  lo <- max(0, m - n2); hi <- min(n1, m)
  score <- function(t) {
    # The expected count A with A (n2 - m + A) / ((m - A)(n1 - A)) = exp(t), by a search.
    A <- root(function(x) log(x) + log(n2 - m + x) - log(m - x) - log(n1 - x) - t,
              lo + (hi - lo) * 1e-13, hi - (hi - lo) * 1e-13)
    V <- 1 / A + 1 / (m - A) + 1 / (n1 - A) + 1 / (n2 - m + A)
    (a - A) * sqrt(V * (N - 1) / N)
  }
  middle <- log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
  mn <- c(if (a == lo) 0 else exp(root(function(t) score(t) - z, middle - 9, middle + 3)),
          if (a == hi) NA else exp(root(function(t) score(t) + z, middle - 3, middle + 9)))
  support <- lo:hi
  logdc <- dhyper(support, n1, n2, m, log = TRUE)
  prob <- function(t) { w <- logdc + t * support; w <- exp(w - max(w)); w / sum(w) }
  reach <- function(f) exp(root(f, middle - 12, middle + 12))
  cmle <- if (a == lo) 0 else if (a == hi) NA else reach(function(t) sum(prob(t) * (support - a)))
  ci <- c(if (a == lo) 0 else reach(function(t) log(sum(prob(t)[support >= a]) / 0.025)),
          if (a == hi) NA else reach(function(t) log(sum(prob(t)[support <= a]) / 0.025)))
  # The loose figures of fisher.test guard against a slip of this script.
  f <- fisher.test(matrix(c(a, b, c, d), 2, byrow = TRUE))
  stopifnot(a == lo || a == hi || abs(f$estimate / cmle - 1) < 1e-3,
            a == lo || abs(f$conf.int[1] / ci[1] - 1) < 1e-2, a == hi || abs(f$conf.int[2] / ci[2] - 1) < 1e-2)
  object(value = number(est), wald = numbers(if (is.finite(se)) exp(log(est) + c(-1, 1) * z * se) else c(NA, NA)),
         miettinen_nurminen = numbers(mn), conditional = number(cmle), exact = numbers(ci))
}

table_of <- function(name, a, b, c, d) {
  t <- matrix(c(a, c, b, d), 2)
  p <- dhyper(a, a + b, c + d, a + c)
  fisher <- fisher.test(t)$p.value
  object(
    name = text(name), cells = numbers(a, b, c, d),
    wilson = array(c(numbers(wilson(a, a + b)), numbers(wilson(c, c + d)))),
    clopper_pearson = array(c(numbers(exact(a, a + b)), numbers(exact(c, c + d)))),
    difference = difference(a, b, c, d), ratio = ratio(a, b, c, d), odds = odds(a, b, c, d),
    pearson = tested(suppressWarnings(chisq.test(t, correct = FALSE))),
    yates = tested(suppressWarnings(chisq.test(t, correct = TRUE))),
    fisher = number(fisher), mid_p = number(fisher - p / 2))
}

tables <- c(
  table_of("pCR by sex", 13, 150, 17, 314),
  table_of("pCR by T category", 8, 60, 22, 404),
  table_of("pCR by size, cut at 3 cm", 29, 230, 1, 234),
  table_of("small", 3, 1, 1, 3),
  table_of("no event among the exposed", 0, 15, 6, 11),
  table_of("no event among the others", 5, 9, 0, 12),
  table_of("events in all exposed", 7, 0, 4, 6),
  table_of("unequal groups", 2, 8, 60, 1940),
  table_of("aspirin, Physicians’ Health Study", 104, 10933, 189, 10845),
  table_of("common outcome", 480, 20, 430, 70)
)

# Strata: cells a, b, c, d in each column. The closed forms of the papers.
stratified <- function(name, cells) {
  a <- cells[1, ]; b <- cells[2, ]; c <- cells[3, ]; d <- cells[4, ]
  n1 <- a + b; n2 <- c + d; N <- n1 + n2; m <- a + c
  x <- array3 <- base::array(rbind(a, c, b, d), c(2, 2, ncol(cells)))
  psi <- sum(a * d / N) / sum(b * c / N)
  P <- (a + d) / N; Q <- (b + c) / N; R <- a * d / N; S <- b * c / N
  se_or <- sqrt(sum(P * R) / (2 * sum(R)^2) + sum(P * S + Q * R) / (2 * sum(R) * sum(S)) + sum(Q * S) / (2 * sum(S)^2))
  theta <- sum(a * n2 / N) / sum(c * n1 / N)
  se_rr <- sqrt(sum((m * n1 * n2 - a * c * N) / N^2) / (sum(a * n2 / N) * sum(c * n1 / N)))
  w <- n1 * n2 / N
  delta <- sum((a * n2 - c * n1) / N) / sum(w)
  PP <- (n1^2 * c - n2^2 * a + n1 * n2 * (n2 - n1) / 2) / N^2
  QQ <- (a * (n2 - c) + c * (n1 - a)) / (2 * N)
  se_rd <- sqrt((delta * sum(PP) + sum(QQ)) / sum(w)^2)
  used <- m > 0 & m < N & n1 > 0 & n2 > 0
  fitted <- mapply(function(n1, n2, m) {
    # A quadratic, solved by polyroot: A (n2 - m + A) = psi (m - A)(n1 - A).
    r <- Re(polyroot(c(-psi * m * n1, n2 - m + psi * (m + n1), 1 - psi)))
    for (i in 1:3) {
      f <- r * (n2 - m + r) - psi * (m - r) * (n1 - r)
      r <- r - f / ((n2 - m + 2 * r) + psi * (m + n1 - 2 * r))
    }
    r[r > max(0, m - n2) - 1e-9 & r < min(m, n1) + 1e-9][1]
  }, n1[used], n2[used], m[used])
  V <- 1 / (1 / fitted + 1 / (m[used] - fitted) + 1 / (n1[used] - fitted) + 1 / (n2[used] - m[used] + fitted))
  bd <- sum((a[used] - fitted)^2 / V)
  tarone <- bd - sum(a[used] - fitted)^2 / sum(V)
  df <- sum(used) - 1
  plain <- mantelhaen.test(x[, , N > 1, drop = FALSE], correct = FALSE)
  corrected <- mantelhaen.test(x[, , N > 1, drop = FALSE], correct = TRUE)
  # R's estimate and limits are closed forms too.
  stopifnot(abs(plain$estimate / psi - 1) < 1e-12, abs(plain$conf.int[1] / (psi * exp(-z * se_or)) - 1) < 1e-12)
  object(
    name = text(name), cells = array(apply(cells, 2, function(x) numbers(x))),
    odds_ratio = numbers(psi, se_or), risk_ratio = numbers(theta, se_rr), risk_difference = numbers(delta, se_rd),
    plain = tested(plain), corrected = tested(corrected),
    breslow_day = numbers(bd, df, pchisq(bd, df, lower.tail = FALSE)),
    tarone = numbers(tarone, df, pchisq(tarone, df, lower.tail = FALSE)))
}
admissions <- apply(datasets::UCBAdmissions, 3, function(t) c(t[1, 1], t[2, 1], t[1, 2], t[2, 2]))
birth <- with(MASS::birthwt, table(low, smoke, race))
births <- apply(birth, 3, function(t) c(t[2, 2], t[1, 2], t[2, 1], t[1, 1]))
matched <- with(infert, sapply(split(data.frame(case, spontaneous > 0), stratum), function(s)
  c(sum(s[[1]] == 1 & s[[2]]), sum(s[[1]] == 0 & s[[2]]), sum(s[[1]] == 1 & !s[[2]]), sum(s[[1]] == 0 & !s[[2]]))))
matched <- matched[, colSums(matched[1:2, ]) > 0 & colSums(matched[3:4, ]) > 0]
strata <- c(stratified("admission by sex over departments", admissions),
            stratified("birth weight by smoking over race", births),
            stratified("infertility by abortions in matched sets", matched))
write_figures("oracle/two_by_two.json", tables = tables, strata = strata)

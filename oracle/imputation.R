# Reference figures of multiple imputation: Rscript oracle/imputation.R, from the root of the repository.
# Rubin's rules on fixed completed data sets by mice::pool and mice::pool.scalar; D1 (with the small-sample degrees of
# freedom of Reiter 2007), D2 and D3 written out in matrices (mice hands them to mitml); proportional odds and polytomous regression by MASS::polr and nnet::multinom, whose
# optimisers stop early, polished by Newton steps on log-likelihoods of our own writing, derivatives by recursion.
suppressPackageStartupMessages({ library(mice); library(MASS); library(nnet); library(survival) })
source("oracle/association.R")

# Completed data sets of pbc: holes filled by a fixed rule, different in each set. No random number is drawn.
pbc <- read.csv("oracle/data/pbc.csv", na.strings = "")
pbc <- pbc[c("time", "status", "age", "sex", "bili", "albumin", "chol", "platelet", "stage", "hepato")]
pbc$died <- as.integer(pbc$status == 2)
m <- 7
completed <- lapply(seq_len(m), function(set) {
  for (name in names(pbc)) {
    holes <- which(is.na(pbc[[name]]))
    known <- pbc[[name]][!is.na(pbc[[name]])]
    pbc[[name]][holes] <- known[(holes * 37 + set * 101 + set^2 * 13) %% length(known) + 1]
  }
  pbc$stage <- pmax(pbc$stage, 2)
  pbc$lbili <- round(log(pbc$bili), 6)
  pbc
})
long <- do.call(rbind, lapply(seq_len(m), function(set) cbind(set = set, completed[[set]])))
file <- "oracle/data/imputation_pbc.csv"
write.csv(long[c("set", "time", "died", "age", "sex", "lbili", "albumin", "chol", "platelet", "stage", "hepato")], file,
          row.names = FALSE, quote = FALSE, na = "")
long <- read.csv(file)
sets <- lapply(split(long, long$set), function(d) {
  d$stage <- factor(d$stage); d$sex <- factor(d$sex, c("m", "f")); d$hepato <- factor(d$hepato); d
})

# Logistic and Cox models, fitted to the last digit.
logistic <- function(d, terms) {
  x <- model.matrix(reformulate(terms), d)
  fit <- glm.fit(x, d$died, family = binomial(), control = glm.control(epsilon = 1e-15, maxit = 100))
  p <- fit$fitted.values
  list(beta = fit$coefficients, cov = solve(crossprod(x * sqrt(p * (1 - p)))), df = nrow(x) - ncol(x), x = x,
       value = function(b) { eta <- drop(x %*% b); sum(d$died * eta - ifelse(eta > 0, eta + log1p(exp(-eta)), log1p(exp(eta)))) })
}
cox <- function(d, terms) {
  f <- coxph(reformulate(terms, "Surv(time, died)"), d, ties = "efron",
             control = coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100))
  list(beta = coef(f), cov = vcov(f), df = f$nevent - length(coef(f)), lr = 2 * diff(f$loglik))
}
terms <- c("age", "lbili", "albumin", "chol", "stage", "hepato")
scalar <- function(fits, name) {
  q <- sapply(fits, function(f) f$beta[[name]]); u <- sapply(fits, function(f) f$cov[name, name])
  # pool.scalar takes n and k, whose difference are the complete-data degrees of freedom.
  s <- pool.scalar(q, u, n = fits[[1]]$df + 1, k = 1)
  half <- qt(0.975, s$df) * sqrt(s$t)
  object(name = text(name), estimate = number(s$qbar), within = number(s$ubar), between = number(s$b), total = number(s$t),
         df = number(s$df), fmi = number(s$fmi), r = number(s$r), lower = number(exp(s$qbar - half)),
         upper = number(exp(s$qbar + half)), p = number(2 * pt(-abs(s$qbar) / sqrt(s$t), s$df)))
}
nu <- function(k, r) { t <- k * (m - 1); if (t > 4) 4 + (t - 4) * (1 + (1 - 2 / t) / r)^2 else t * (1 + 1 / k) * (1 + 1 / r)^2 / 2 }
tested_f <- function(f, k, v, r) object(f = number(f), df1 = number(k), df2 = number(v), r = number(r),
                                        p = number(pf(max(f, 0), k, v, lower.tail = FALSE)))
reiter <- function(k, r, df) {
  t <- k * (m - 1); a <- r * t / (t - 2); v <- (df + 1) / (df + 3) * df; c1 <- v - 2 * (1 + a); c2 <- v - 4 * (1 + a)
  stopifnot(t > 4, c2 > 0)
  4 + 1 / (1 / c2 + (a^2 * c1 / ((1 + a)^2 * c2) + 8 * a^2 * c1 / ((1 + a) * c2^2) + 4 * a^2 / ((1 + a) * c2) +
                     4 * a^2 / (c2 * c1) + 16 * a^2 * c1 / c2^3 + 8 * a^2 / c2^2) / (t - 4))
}
D1 <- function(fits, names) {
  q <- t(sapply(fits, function(f) f$beta[names])); if (length(names) == 1) q <- t(q)
  ubar <- Reduce(`+`, lapply(fits, function(f) f$cov[names, names, drop = FALSE])) / m
  k <- length(names); r <- (1 + 1 / m) * sum(diag(cov(q) %*% solve(ubar))) / k; qbar <- colMeans(q)
  tested_f(drop(qbar %*% solve(ubar, qbar)) / k / (1 + r), k, reiter(k, r, fits[[1]]$df), r)
}
D2 <- function(d, k) {
  r <- (1 + 1 / m) * var(sqrt(d))
  tested_f((mean(d) / k - (m + 1) / (m - 1) * r) / (1 + r), k, k^(-3 / m) * (m - 1) * (1 + 1 / r)^2, r)
}
D3 <- function(own, pooled, k) {
  r <- (m + 1) / k / (m - 1) * (mean(own) - mean(pooled))
  tested_f(mean(pooled) / k / (1 + r), k, nu(k, r), r)
}
fits <- lapply(sets, logistic, terms); reduced <- lapply(sets, logistic, setdiff(terms, "stage"))
hazards <- lapply(sets, cox, terms); fewer <- lapply(sets, cox, setdiff(terms, "stage"))
stages <- grep("^stage", names(fits[[1]]$beta), value = TRUE)
# mice::pool itself on the same coefficients, which must agree with pool.scalar.
pooled <- pool(lapply(sets, function(d) glm(reformulate(terms, "died"), binomial, d,
                                            control = glm.control(epsilon = 1e-15, maxit = 100))))$pooled
check <- sapply(names(fits[[1]]$beta), function(name) {
  q <- sapply(fits, function(f) f$beta[[name]]); u <- sapply(fits, function(f) f$cov[name, name])
  s <- pool.scalar(q, u, n = fits[[1]]$df + 1, k = 1)
  row <- pooled[pooled$term == name, ]; max(abs(c(row$estimate / s$qbar, row$df / s$df, row$fmi / s$fmi) - 1))
})
stopifnot(max(check) < 1e-7)
bar <- function(fits) colMeans(t(sapply(fits, `[[`, "beta")))
own <- sapply(seq_len(m), function(l) 2 * (fits[[l]]$value(fits[[l]]$beta) - reduced[[l]]$value(reduced[[l]]$beta)))
at <- sapply(seq_len(m), function(l) 2 * (fits[[l]]$value(bar(fits)) - reduced[[l]]$value(bar(reduced))))
pearson <- sapply(sets, function(d) unname(chisq.test(table(d$stage, d$sex), correct = FALSE)$statistic))
# Tests of means: Student's as mice pools a linear model, Welch's by hand, the analysis of variance by D1.
linear <- function(terms) lapply(sets, function(d) { f <- lm(reformulate(terms, "chol"), d)
                                                     list(beta = coef(f), cov = vcov(f), df = f$df.residual) })
by_sex <- linear("sex"); by_stage <- linear("stage")
one <- pool(lapply(sets, function(d) lm(chol ~ sex, d)))$pooled[2, ]
stopifnot(abs(one$df / pool.scalar(sapply(by_sex, function(f) f$beta[[2]]), sapply(by_sex, function(f) f$cov[2, 2]),
                                   n = by_sex[[1]]$df + 1, k = 1)$df - 1) < 1e-12)
t_of <- function(q, u, df) { s <- pool.scalar(q, u, n = df + 1, k = 1); t <- s$qbar / sqrt(s$t)
                             object(statistic = number(t), df = number(s$df), p = number(2 * pt(-abs(t), s$df))) }
welch <- lapply(sets, function(d) t.test(chol ~ sex, d))
rubin <- object(
  student = t_of(-sapply(by_sex, function(f) f$beta[[2]]), sapply(by_sex, function(f) f$cov[2, 2]), by_sex[[1]]$df),
  welch = t_of(sapply(welch, function(w) -diff(w$estimate)), sapply(welch, function(w) w$stderr^2),
               min(sapply(welch, function(w) w$parameter))),
  anova_d1 = D1(by_stage, c("stage3", "stage4")),
  data = text("data/imputation_pbc.csv"),
  logistic = array(vapply(names(fits[[1]]$beta), function(name) scalar(fits, name), "")),
  logistic_d1 = D1(fits, stages), logistic_d2 = D2(own, length(stages)), logistic_d3 = D3(own, at, length(stages)),
  own = numbers(own), at = numbers(at),
  cox = array(vapply(names(hazards[[1]]$beta), function(name) scalar(hazards, name), "")),
  cox_d1 = D1(hazards, stages), cox_all_d1 = D1(hazards, names(hazards[[1]]$beta)),
  cox_d2 = D2(sapply(seq_len(m), function(l) hazards[[l]]$lr - fewer[[l]]$lr), length(stages)),
  pearson_d2 = D2(pearson, 2),
  mean_albumin = { q <- sapply(sets, function(d) mean(d$chol)); u <- sapply(sets, function(d) var(d$chol) / nrow(d))
                   s <- pool.scalar(q, u, n = nrow(sets[[1]]), k = 1)
                   object(estimate = number(s$qbar), df = number(s$df), fmi = number(s$fmi)) })

# Proportional odds and polytomous regression with weights, on housing and on pbc.
newton <- function(b, f) { for (i in 1:30) { e <- f(b); step <- solve(e$information, e$score); b <- b + step
                           if (max(abs(step)) < 1e-14) break }; e <- f(b); list(b = b, v = solve(e$information), value = e$value) }
polytomous <- function(x, y, w, k) function(b) {
  B <- cbind(0, matrix(b, ncol(x))); e <- x %*% B; P <- exp(e) / rowSums(exp(e)); Y <- outer(y, 1:k, `==`) * 1
  list(value = sum(w * log(P[cbind(seq_along(y), y)])), score = as.vector(t(x) %*% (w * (Y - P))[, -1]),
       information = do.call(rbind, lapply(2:k, function(a) do.call(cbind, lapply(2:k, function(c)
         t(x) %*% (x * w * P[, a] * ((a == c) - P[, c])))))))
}
odds <- function(x, y, w, k) function(b) {
  n <- length(y); p <- ncol(x); z <- c(-Inf, b[seq_len(k - 1)], Inf); eta <- drop(x %*% b[-seq_len(k - 1)])
  u <- z[y + 1] - eta; l <- z[y] - eta; P <- plogis(u) - plogis(l); f <- dlogis
  g <- function(v) ifelse(is.finite(v), f(v) * (1 - 2 * plogis(v)), 0)
  U <- cbind(outer(y, seq_len(k - 1), `==`) * 1, -x); L <- cbind(outer(y - 1, seq_len(k - 1), `==`) * 1, -x)
  first <- (f(u) * U - f(l) * L) / P
  list(value = sum(w * log(P)), score = colSums(w * first),
       information = t(first) %*% (w * first) - t(U) %*% (w * g(u) / P * U) + t(L) %*% (w * g(l) / P * L))
}
model_case <- function(name, x, y, w, kind) {
  k <- max(y); d <- data.frame(y = factor(y), x, w)
  if (kind == "ordinal") {
    start <- polr(reformulate(colnames(x), "y"), d, weights = w, control = list(reltol = 1e-14, maxit = 1000))
    fit <- newton(c(start$zeta, start$coefficients), odds(x, y, w, k))
    stopifnot(max(abs(fit$b - c(start$zeta, start$coefficients))) < 1e-3)
  } else {
    start <- multinom(reformulate(colnames(x), "y"), d, weights = w, trace = FALSE, maxit = 5000, reltol = 1e-15, abstol = 1e-15)
    b <- as.vector(t(matrix(coef(start), k - 1))); x <- cbind(1, x)
    fit <- newton(b, polytomous(x, y, w, k))
    stopifnot(max(abs(fit$b - b)) < 1e-3)
  }
  object(name = text(name), kind = text(kind), x = numbers(t(x)), columns = number(ncol(x)), level = numbers(y - 1),
         levels = number(k), weight = numbers(w), beta = numbers(fit$b), covariance = numbers(t(fit$v)),
         value = number(fit$value))
}
h <- MASS::housing
hx <- model.matrix(~ Infl + Type + Cont, h)[, -1]; colnames(hx) <- paste0("x", seq_len(ncol(hx)))
d <- sets[[3]]
px <- cbind(x1 = d$age, x2 = d$lbili, x3 = d$albumin, x4 = d$sex == "f"); py <- as.integer(d$stage)
models <- c(
  model_case("housing", hx, as.integer(h$Sat), h$Freq, "ordinal"),
  model_case("housing", hx, as.integer(h$Sat), h$Freq, "polytomous"),
  model_case("pbc stage", px, py, rep(1, nrow(d)), "ordinal"),
  model_case("pbc stage", px, py, rep(1, nrow(d)), "polytomous"),
  model_case("pbc hepato", px, as.integer(d$hepato), rep(1, nrow(d)), "polytomous"))
write_figures("oracle/imputation.json", rubin = rubin, models = models, data = file)

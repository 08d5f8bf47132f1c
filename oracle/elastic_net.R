# Reference figures of the elastic net: Rscript oracle/elastic_net.R, from the root of the repository. Writes
# oracle/elastic_net.json and oracle/data/elastic_net_*.csv. glmnet's convergence is tightened and its early end of the
# path switched off; every point is then polished: Newton steps on the coefficients that are not 0, with glmnet's own
# signs, until the optimality conditions hold to 1e-13. How far glmnet itself was off is written too. Cross-validation is
# made twice, by cv.glmnet and from polished paths; the second is the reference. glmnet takes a patient censored at the
# time of an event out of its risk set; times of the censored are moved 0.3 days further, so that they stay in it.
suppressPackageStartupMessages({library(glmnet); library(survival); library(MASS)})
source("oracle/regression.R")
glmnet.control(fdev = 0, devmax = 1, mxitnr = 200)

endometrial <- read.csv("oracle/data/firth_endometrial.csv")
folds <- function(n, k, seed) { set.seed(seed); sample(rep_len(seq_len(k), n)) }
births <- with(birthwt, data.frame(y = low, age, lwt, race = factor(race), smoke = factor(smoke), ptl, ht = factor(ht),
                                   ui = factor(ui), ftv))
pima <- with(Pima.tr, data.frame(y = as.integer(type == "Yes"), npreg, glu, bp, skin, bmi, ped, age))
lungs <- na.omit(with(lung, data.frame(time, event = status - 1, age, sex = factor(sex), ecog = factor(ph.ecog),
                                       karno = pat.karno, wt = wt.loss)))
livers <- na.omit(with(pbc, data.frame(time, event = as.integer(status == 2), trt = factor(trt), age, sex, ascites = factor(ascites),
  edema = factor(edema), bili, albumin, copper, protime, stage = factor(stage))))
breasts <- with(gbsg, data.frame(time = rfstime, event = status, hormon = factor(hormon), age, meno = factor(meno), size,
                                 grade = factor(grade), nodes, pgr, er))
names(endometrial) <- tolower(names(endometrial))
studies <- list(birthwt = births, pima = pima,
  endometrial = with(endometrial, data.frame(y = endometrial[[1]], nv = factor(endometrial[[2]]), pi = endometrial[[3]],
                                             eh = endometrial[[4]])),
  lung = lungs, pbc = livers, gbsg = breasts)

# Log-likelihood of patients with weights, its gradient and minus its Hessian; of times by Breslow.
logit <- function(y, w) function(x, b) {
  eta <- drop(cbind(1, x) %*% b); p <- plogis(eta); z <- cbind(1, x)
  list(value = sum(w * ifelse(y == 1, plogis(eta, log.p = TRUE), plogis(-eta, log.p = TRUE))),
       score = drop(crossprod(z, w * (y - p))), information = crossprod(z, z * (w * p * (1 - p))))
}
breslow <- function(time, event, w) {
  o <- order(-time)
  at <- sort(unique(time[event == 1]))
  end <- vapply(at, function(t) sum(time >= t), 0)
  d <- vapply(at, function(t) sum(w[time == t & event == 1]), 0)
  passed <- vapply(time, function(t) sum(at <= t), 0)
  function(x, b) {
    eta <- drop(x %*% b)
    r <- w * exp(eta)
    s0 <- cumsum(r[o])[end]
    m <- apply((x * r)[o, , drop = FALSE], 2, cumsum)[end, , drop = FALSE] / s0
    hazard <- c(0, cumsum(d / s0))[passed + 1]
    list(value = sum((w * eta)[event == 1]) - sum(d * log(s0)),
         score = colSums((w * x)[event == 1, , drop = FALSE]) - colSums(m * d),
         information = crossprod(x, x * (r * hazard)) - crossprod(m, m * d))
  }
}

# The penalized minimum near b, on standardised columns; the intercept, where there is one, comes first.
polish <- function(likelihood, x, b, lambda, alpha, weight, n) {
  first <- length(weight) > ncol(x)
  for (step in 1:8) {
    sign <- sign(b)
    free <- which(b != 0 | weight == 0 | alpha == 0)
    at <- likelihood(x, b)
    slope <- -at$score / n + lambda * weight * (alpha * sign + (1 - alpha) * b)
    if (!length(free) || max(abs(slope[free])) < 2e-16) break
    h <- at$information[free, free] / n + diag(lambda * (1 - alpha) * weight[free], length(free))
    b[free] <- b[free] - solve(h, slope[free])
  }
  at <- likelihood(x, b)
  slope <- -at$score / n
  off <- ifelse(b != 0 | weight == 0, abs(slope + lambda * weight * (alpha * sign(b) + (1 - alpha) * b)),
                pmax(0, abs(slope) - lambda * alpha * weight))
  stopifnot(all(sign == sign(b)), max(off) < 1e-13)
  b
}

# A path in the units of x; also the worst difference from glmnet in coefficients per standard deviation.
path <- function(x, y, w, family, lambda, alpha) {
  n <- sum(w); centre <- colSums(w * x) / n; spread <- sqrt(colSums(w * sweep(x, 2, centre)^2) / n)
  constant <- spread < 1e-12
  spread[constant] <- 1
  s <- sweep(sweep(x, 2, centre), 2, spread, "/")
  binary <- family == "binomial"
  fit <- suppressWarnings(glmnet(x, y, weights = w, family = family, lambda = lambda, alpha = alpha, thresh = 1e-14,
                                 maxit = 1e7))
  b <- as.matrix(fit$beta) * spread
  stopifnot(ncol(b) == length(lambda))
  if (binary) b <- rbind(fit$a0 + drop(centre %*% as.matrix(fit$beta)), b)
  likelihood <- if (binary) logit(y, w) else breslow(y[, 1], y[, 2], w)
  weight <- c(if (binary) 0, rep(1, ncol(x)))
  used <- c(if (binary) TRUE, !constant)
  theirs <- b
  for (k in seq_along(lambda)) {
    s_used <- s[, !constant, drop = FALSE]
    b[used, k] <- polish(likelihood, s_used, b[used, k], lambda[k], alpha, weight[used], n)
  }
  worst <- max(abs(b - theirs))
  beta <- if (binary) b[-1, , drop = FALSE] / spread else b / spread
  list(beta = beta, a0 = if (binary) b[1, ] - drop(centre %*% beta), worst = worst)
}

# Weights of patients: as if some had been sampled more rarely than others, and how often each is there.
sampled <- function(d, seed) { set.seed(seed); cbind(d, w = round(exp(rnorm(nrow(d), 0, 0.6)), 3)) }
counted <- function(d, seed) { set.seed(seed); cbind(d, w = 1 + rpois(nrow(d), 0.8)) }
studies <- c(studies, list(birthwt_sampled = sampled(births, 1), gbsg_sampled = sampled(breasts, 2),
                           pima_counted = counted(pima, 3), lung_counted = counted(lungs, 4)))

cases <- unlist(lapply(names(studies), function(name) {
  d <- studies[[name]]
  cox <- "time" %in% names(d)
  terms <- setdiff(names(d), c("y", "time", "event", "w"))
  w <- if (is.null(d[["w"]])) rep(1, nrow(d)) else d[["w"]]
  k <- if (cox) 5 else 7
  d$fold <- factor(folds(nrow(d), k, 20 + nchar(sub("_.*", "", name))))
  written <- d
  if (!cox) written$y <- factor(ifelse(d$y == 1, "yes", "no"), c("yes", "no"))
  file <- data_file(paste0("elastic_net_", name), written)
  x <- model.matrix(~ ., d[terms])[, -1, drop = FALSE]
  fold <- as.integer(d$fold)
  n <- sum(w)
  family <- if (cox) "cox" else "binomial"
  y <- if (cox) cbind(time = d$time + ifelse(d$event == 1, 0, 0.3), status = d$event) else d$y
  # Of times the log-likelihood less that of the saturated model, in which each event had to happen to whom it did.
  value <- function(x, y, w, b, a0) if (cox) {
    tied <- tapply(w[y[, 2] == 1], y[y[, 2] == 1, 1], sum)
    found <- breslow(y[, 1], y[, 2], w)(x, b)$value + sum(tied * log(tied))
    theirs <- glmnet:::coxnet.deviance2(drop(x %*% b), Surv(y[, 1], y[, 2]), weights = w, std.weights = FALSE)
    stopifnot(abs(theirs / (-2 * found) - 1) < 1e-10)
    found
  } else logit(y, w)(x, c(a0, b))$value
  rows <- function(keep) if (cox) y[keep, , drop = FALSE] else y[keep]
  vapply(c(1, 0.5, 0), function(alpha) {
    centre <- colSums(w * x) / n; spread <- sqrt(colSums(w * sweep(x, 2, centre)^2) / n)
    s <- sweep(sweep(x, 2, centre), 2, spread, "/")
    gradient <- if (cox) breslow(y[, 1], y[, 2], w)(s, rep(0, ncol(x)))$score else
      crossprod(s, w * (d$y - sum(w * d$y) / n))
    largest <- max(abs(gradient)) / n / max(alpha, 1e-3)
    lambda <- exp(log(largest) + log(1e-4) * (0:99) / 99)
    whole <- path(x, y, w, family, lambda, alpha)
    # Under the largest penalty of a lasso nothing is in the model; what rounding leaves is not.
    if (alpha > 0) {
      stopifnot(max(abs(whole$beta[, 1] * spread)) < 1e-12)
      whole$beta[, 1] <- 0
    }
    losses <- sapply(sort(unique(fold)), function(f) {
      out <- fold == f
      part <- path(x[!out, , drop = FALSE], rows(!out), w[!out], family, lambda, alpha)
      sapply(seq_along(lambda), function(i) {
        b <- part$beta[, i]; a0 <- part$a0[i]
        if (cox) -2 * (value(x, y, w, b) - value(x[!out, ], rows(!out), w[!out], b)) / sum((w * d$event)[out])
        else -2 * value(x[out, , drop = FALSE], rows(out), w[out], b, a0) / sum(w[out])
      })
    })
    of_fold <- as.vector(tapply(if (cox) w * d$event else w, fold, sum))
    mean <- drop(losses %*% of_fold) / sum(of_fold)
    error <- sqrt(drop((losses - mean)^2 %*% of_fold) / sum(of_fold) / (k - 1))
    best <- which.min(mean)
    one_se <- which(mean <= mean[best] + error[best])[1]
    # Of weighted times cv.glmnet scales the weights of all patients and of those not held out each to their own number
    # before it takes the difference of their deviances, so that the patients held out count for what they do not weigh:
    # counts are compared as patients listed one by one, sampling weights of times not at all.
    weighted <- !is.null(d[["w"]])
    counted <- cox && weighted && all(w == round(w))
    listed <- if (counted) rep(seq_along(w), w) else seq_along(w)
    theirs <- suppressWarnings(cv.glmnet(x[listed, ], if (cox) y[listed, ] else y, weights = if (counted) rep(1, n) else w,
      family = family, lambda = lambda, alpha = alpha, foldid = fold[listed], thresh = 1e-13, maxit = 1e7))
    stopifnot((cox && weighted && !counted) ||
      (max(abs(theirs$cvm / mean - 1)) < 1e-5 && max(abs(theirs$cvsd / error - 1)) < 1e-4 &&
       theirs$lambda.min == lambda[best] && theirs$lambda.1se == lambda[one_se]))
    shown <- sort(unique(c(seq(1, 100, 9), best, one_se)))
    cat(name, alpha, "glmnet off by", whole$worst, "cv", max(abs(theirs$cvm / mean - 1)), "min", best, "1se", one_se, "\n")
    points <- vapply(shown, function(i) object(
      at = i - 1, lambda = number(lambda[i]), mean = number(mean[i]), error = number(error[i]),
      per_deviation = array(number(whole$beta[, i] * spread))), "")
    rule <- function(i) object(at = i - 1, beta = array(number(whole$beta[, i])),
                               intercept = if (cox) "null" else number(whole$a0[i]))
    object(dataset = text(name), cox = if (cox) "true" else "false", alpha = alpha, data = file, terms = array(text(terms)),
           weights = if (weighted) text(sub(".*_", "", name)) else "null", glmnet_off_by = number(whole$worst),
           points = array(points), lambda_min = rule(best), lambda_1se = rule(one_se))
  }, "")
}))
write_cases("elastic_net", c("glmnet", "survival"), cases)

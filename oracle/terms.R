# Reference figures of interactions and restricted cubic splines in logistic and Cox models:
# Rscript oracle/terms.R, from the root of the repository. Writes oracle/terms.json and oracle/data/terms_*.csv.
# Interactions are columns of model.matrix, splines those of Hmisc's rcspline.eval with its default knots; of an interaction
# with a spline every product of columns, those of the spline less their values at the median.
suppressPackageStartupMessages({ library(MASS); library(survival); library(Hmisc) })
source("oracle/regression.R")

# The columns of one term, each with the name of its level and, of splines, which column it is.
matrix_of <- function(d, term, knots, medians) {
  names <- strsplit(term, ":")[[1]]
  if (length(names) == 1 && !is.null(knots[[term]])) {
    x <- rcspline.eval(d[[term]], knots = knots[[term]], inclx = TRUE)
    return(list(x = x, levels = paste("basis", seq_len(ncol(x))), bent = seq_len(ncol(x)) > 1))
  }
  one <- function(name) {
    v <- d[[name]]
    if (!is.null(knots[[name]])) {
      x <- rcspline.eval(c(medians[[name]], v), knots = knots[[name]], inclx = TRUE)
      x <- sweep(x[-1, , drop = FALSE], 2, x[1, ])
      return(list(x = x, levels = rep("", ncol(x)), basis = as.character(seq_len(ncol(x))), bent = seq_len(ncol(x)) > 1))
    }
    if (!is.factor(v)) return(list(x = cbind(v), levels = "", basis = "", bent = FALSE))
    x <- vapply(levels(v)[-1], function(level) as.numeric(v == level), numeric(length(v)))
    list(x = matrix(x, length(v)), levels = levels(v)[-1], basis = rep("", nlevels(v) - 1), bent = rep(FALSE, nlevels(v) - 1))
  }
  joined <- function(a, b, by) ifelse(a == "" | b == "", paste0(a, b), paste(a, b, sep = by))
  product <- Reduce(function(a, b) {
    pairs <- expand.grid(j = seq_along(b$levels), i = seq_along(a$levels))
    x <- vapply(seq_len(nrow(pairs)), function(k) a$x[, pairs$i[k]] * b$x[, pairs$j[k]], numeric(nrow(a$x)))
    list(x = matrix(x, nrow(a$x)), levels = joined(a$levels[pairs$i], b$levels[pairs$j], ":"),
         basis = joined(a$basis[pairs$i], b$basis[pairs$j], " \u00d7 "), bent = a$bent[pairs$i] | b$bent[pairs$j])
  }, lapply(names, one))
  product$levels <- joined(product$levels, ifelse(product$basis == "", "", paste("basis", product$basis)), ":")
  product
}

# A model of terms; `shown` are those whose figures are written.
figures <- function(d, terms, shown, knots, fitter, intercept, quartiles, numbers) {
  medians <- lapply(quartiles, `[`, 2)
  matrices <- lapply(terms, function(term) matrix_of(d, term, knots, medians))
  x <- do.call(cbind, lapply(matrices, `[[`, "x"))
  of <- rep(seq_along(terms), vapply(matrices, function(m) length(m$levels), 0))
  levels <- unlist(lapply(matrices, `[[`, "levels"))
  zero <- rep(0, nrow(d))
  fit <- fitter(x, zero)
  columns <- vapply(which(of %in% match(shown, terms)), function(k) {
    at <- k + intercept
    # Limits of a single coefficient of a spline say nothing.
    bends <- any(strsplit(terms[of[k]], ":")[[1]] %in% names(knots))
    limits <- if (bends) c(NA, NA) else profile_limits(fitter, x, zero, fit, k, intercept)
    object(term = text(terms[of[k]]), level = if (levels[k] == "") "null" else text(levels[k]),
           spline = if (bends) "true" else "false",
           beta = number(fit$beta[at]), std_error = number(sqrt(fit$covariance[at, at])),
           profile = array(number(limits)))
  }, "")
  tested <- function(columns) {
    without <- fitter(x[, -columns, drop = FALSE], zero)$value
    # The Wald statistic of orthogonal columns, those of the term last: the same, without loss of digits.
    ordered <- sweep(cbind(x[, -columns, drop = FALSE], x[, columns, drop = FALSE]), 2, colMeans(x[, c(setdiff(seq_len(ncol(x)), columns), columns), drop = FALSE]))
    q <- qr.Q(qr(sweep(ordered, 2, apply(ordered, 2, sd), "/"), tol = 0)) * sqrt(nrow(x))
    again <- fitter(q, zero)
    at <- seq(ncol(x) - length(columns) + 1, ncol(x)) + intercept
    object(likelihood_ratio = test(2 * (fit$value - without), length(columns)),
           score = test(fitter(q, zero, at - intercept)$score, length(columns)),
           wald = test(quadratic(again$beta[at], again$covariance[at, at, drop = FALSE]), length(columns)))
  }
  tests <- vapply(shown, function(term) object(term = text(term), test = tested(which(of == match(term, terms)))), "")
  # Several terms together, of the whole model: each column belongs to the variables of its term, and bends some of them.
  variables <- strsplit(terms, ":")[of]
  bent_in <- unlist(lapply(seq_along(terms), function(i) {
    names <- strsplit(terms[i], ":")[[1]]
    own <- intersect(names, names(knots))
    if (length(own) == 0) return(rep(list(character(0)), sum(of == i)))
    if (length(names) == 1) return(c(list(character(0)), rep(list(own), sum(of == i) - 1)))
    lapply(strsplit(matrices[[i]]$basis, " \u00d7 "), function(which) own[as.integer(which) > 1])
  }), recursive = FALSE)
  crossed <- lengths(variables) > 1
  has <- function(list, name) vapply(list, function(own) name %in% own, TRUE)
  number_crossed <- function(columns) length(unique(of[columns & crossed]))
  joint <- function(quantity, term, columns)
    if (!any(columns)) NULL else object(quantity = text(quantity), term = text(term), test = tested(which(columns)))
  together <- if (length(shown) < length(terms) || length(terms) == 1) list() else c(
    lapply(Filter(function(name) any(crossed & has(variables, name)), terms[!grepl(":", terms)]), function(name) {
      own <- has(variables, name)
      list(joint("total_effect", name, own),
           if (number_crossed(own) > 1) joint("total_interaction", name, own & crossed),
           joint("total_nonlinearity", name, has(bent_in, name)))
    }),
    lapply(terms[grepl(":", terms)], function(term) {
      inside <- vapply(variables, function(own) all(strsplit(term, ":")[[1]] %in% own), TRUE)
      if (number_crossed(inside) > 1) joint("total_effect", term, inside)
    }),
    list(if (number_crossed(crossed) > 1) joint("total_interaction", NA, crossed)),
    list(if (length(knots) > 1) joint("total_nonlinearity", NA, lengths(bent_in) > 0)),
    list(if (any(crossed) && length(knots) > 0) joint("linear_additive", NA, crossed | lengths(bent_in) > 0)))
  together <- unlist(together)
  # The intercept where every column of a spline is 0: products of splines less their medians are not 0 there.
  at_origin <- unlist(lapply(seq_along(terms), function(i) {
    names <- strsplit(terms[i], ":")[[1]]
    if (length(names) == 1 || !all(names %in% names(knots))) return(rep(0, sum(of == i)))
    Reduce(kronecker, lapply(names, function(name)
      -rcspline.eval(c(medians[[name]], d[[name]]), knots = knots[[name]], inclx = TRUE)[1, ]))
  }))
  interacts <- function(term) any(grepl(":", terms) & vapply(strsplit(terms, ":"), function(all) term %in% all, TRUE))
  splines <- vapply(Filter(function(term) !interacts(term), intersect(shown, names(knots))), function(term) {
    columns <- which(of == match(term, terms))
    at <- columns + intercept
    own <- quartiles[[term]]
    seen <- d[[term]]
    grid <- quantile(seen, c(0.01, 0.99), names = FALSE)
    grid <- grid[1] + diff(grid) * c(0, 50, 100, 150, 200) / 200
    basis <- rcspline.eval(c(own, grid), knots = knots[[term]], inclx = TRUE)
    contrast <- function(to, from) {
      step <- basis[to, ] - basis[from, ]
      c(sum(step * fit$beta[at]), sqrt(drop(step %*% fit$covariance[at, at] %*% step)))
    }
    object(term = text(term), knots = array(number(knots[[term]])), quartiles = array(number(own)),
           ratio = array(number(contrast(3, 1))), x = array(number(grid)),
           curve = array(vapply(4:8, function(k) array(number(contrast(k, 2))), "")),
           nonlinear = tested(columns[-1]))
  }, "")
  # Of an interaction with a spline the ratios within the levels and at the quartiles of its other variables.
  bent <- Filter(function(term) grepl(":", term) && any(strsplit(term, ":")[[1]] %in% names(knots)), shown)
  within <- vapply(bent, function(term) {
    names <- strsplit(term, ":")[[1]]
    own <- intersect(names, names(knots))
    all <- strsplit(terms, ":")
    # Whether no other interaction of the model contains it.
    largest <- !any(vapply(all, function(other) length(other) > length(names) && all(names %in% other), TRUE))
    told <- unlist(lapply(own, function(spline) {
      others <- setdiff(names, spline)
      points <- lapply(setNames(nm = others), function(name) {
        v <- d[[name]]
        if (is.factor(v)) levels(v) else if (!is.null(knots[[name]])) unique(quartiles[[name]]) else unique(numbers[[name]])
      })
      cells <- do.call(expand.grid, c(rev(points), stringsAsFactors = FALSE))[, rev(seq_along(others)), drop = FALSE]
      vapply(seq_len(nrow(cells)), function(k) {
        held <- lapply(setNames(nm = others), function(name) cells[k, name])
        of_cell <- rep(TRUE, nrow(d))
        for (name in Filter(function(name) is.factor(d[[name]]), others)) of_cell <- of_cell & d[[name]] == held[[name]]
        row <- function(value) {
          new <- d[rep(1, length(value)), , drop = FALSE]
          for (name in unique(unlist(all))) {
            v <- d[[name]]
            at <- if (name == spline) value else if (name %in% others) held[[name]] else if (is.factor(v)) levels(v)[1]
              else if (!is.null(knots[[name]])) medians[[name]] else 0
            new[[name]] <- if (is.factor(v)) factor(rep(at, length(value)), levels(v)) else rep_len(at, length(value))
          }
          do.call(cbind, lapply(terms, function(t) matrix_of(new, t, knots, medians)$x))
        }
        grid <- quantile(d[[spline]][of_cell], c(0.01, 0.99), names = FALSE)
        grid <- grid[1] + diff(grid) * c(0, 50, 100, 150, 200) / 200
        rows <- row(c(quartiles[[spline]], grid))
        at <- seq_len(ncol(x)) + intercept
        contrast <- function(to, from) {
          step <- rows[to, ] - rows[from, ]
          c(sum(step * fit$beta[at]), sqrt(drop(step %*% fit$covariance[at, at] %*% step)))
        }
        object(spline = text(spline), held = array(vapply(others, function(name)
                 if (is.factor(d[[name]])) text(held[[name]]) else number(held[[name]]), "")),
               others = array(text(others)), ratio = array(number(contrast(3, 1))), n = sum(of_cell), x = array(number(grid)),
               curve = if (largest) array(vapply(4:8, function(k) array(number(contrast(k, 2))), "")) else "null")
      }, "")
    }))
    object(term = text(term), within = array(told), nonlinear = tested(which(of == match(term, terms))[matrices[[match(term, terms)]]$bent]))
  }, "")
  object(terms = array(text(terms)), columns = array(columns), tests = array(tests), splines = array(splines),
         within = array(within),
         together = array(together),
         log_likelihood = number(fit$value),
         intercept = if (intercept) array(number(c(fit$beta[1] + sum(at_origin * fit$beta[-1]), sqrt(fit$covariance[1, 1])))) else "null")
}

# `tested`: columns, the last ones, whose score where they are 0 is wanted too.
logistic_fitter <- function(y) function(x, offset, tested = NULL) {
  scale <- apply(x, 2, sd)
  centred <- sweep(sweep(x, 2, colMeans(x)), 2, scale, "/")
  design <- cbind(rep(1, nrow(x)), centred)
  fit <- glm.fit(design, y, offset = offset, family = binomial(), control = glm.control(epsilon = 1e-15, maxit = 60))
  # One Newton step more than glm takes.
  step <- function(beta) {
    p <- plogis(drop(design %*% beta) + offset)
    beta + qr.solve(crossprod(design * sqrt(p * (1 - p))), crossprod(design, y - p))
  }
  beta <- step(fit$coefficients)
  eta <- drop(design %*% beta) + offset
  p <- plogis(eta)
  score <- NULL
  if (!is.null(tested)) {
    null <- logistic_fitter(y)(x[, -tested, drop = FALSE], offset)
    fitted <- plogis(drop(cbind(1, x[, -tested, drop = FALSE]) %*% null$beta) + offset)
    u <- crossprod(design, y - fitted)
    score <- drop(t(u) %*% solve(crossprod(design * sqrt(fitted * (1 - fitted))), u))
  }
  back <- diag(c(1, 1 / scale), 1 + ncol(x))
  back[1, -1] <- -colMeans(x) / scale
  list(beta = drop(back %*% beta), score = score, covariance = back %*% solve(crossprod(design * sqrt(p * (1 - p)))) %*% t(back),
       value = sum(ifelse(y == 1, plogis(eta, log.p = TRUE), plogis(-eta, log.p = TRUE))))
}
cox_fitter <- function(y) function(x, offset, tested = NULL) {
  if (ncol(x) == 0) return(list(value = coxph(y ~ offset(offset))$loglik[1]))
  # Orthogonal columns: coxph loses digits in those of a spline.
  means <- colMeans(x)
  r <- qr(sweep(x, 2, means))
  q <- qr.Q(r) * sqrt(nrow(x))
  back <- solve(qr.R(r)) * sqrt(nrow(x))
  control <- coxph.control(eps = 1e-13, toler.chol = 1e-15, iter.max = 60)
  fit <- coxph(y ~ q + offset(offset), control = control)
  # From the estimate once more: the last step then halves no digits.
  fit <- coxph(y ~ q + offset(offset), control = control, init = fit$coefficients)
  score <- NULL
  if (!is.null(tested)) {
    null <- cox_fitter(y)(x[, -tested, drop = FALSE], offset)$beta
    centred <- sweep(x, 2, means)
    start <- c(if (is.null(null)) numeric(0) else null, rep(0, length(tested)))
    score <- coxph(y ~ centred + offset(offset), init = start, iter.max = 0, toler.chol = 1e-15)$score
  }
  beta <- drop(back %*% fit$coefficients)
  list(beta = beta[order(r$pivot)], score = score, covariance = (back %*% fit$var %*% t(back))[order(r$pivot), order(r$pivot), drop = FALSE],
       value = fit$loglik[2])
}

studies <- list(
  list(name = "birthwt", outcome = "low", terms = c("age", "smoke", "race", "ht", "race:smoke", "age:smoke"),
       d = with(MASS::birthwt, data.frame(low, age, smoke = factor(smoke), race = factor(race, 1:3, c("white", "black", "other")),
                                          ht = factor(ht)))),
  list(name = "birthwt_numbers", outcome = "low", terms = c("age", "lwt", "ptl", "age:lwt", "lwt:ptl"),
       d = with(MASS::birthwt, data.frame(low, age, lwt, ptl = as.numeric(ptl)))),
  list(name = "rotterdam", outcome = "death", terms = c("age", "nodes", "size", "meno", "size:meno"),
       splines = list(age = 5, nodes = c(0, 1, 4, 12)),
       d = with(rotterdam, data.frame(death, age, nodes, size = factor(as.integer(size)), meno = factor(meno)))),
  list(name = "pima", outcome = "type", terms = c("bmi", "glu", "age", "npreg", "npreg:bp", "bp"),
       splines = list(bmi = 3, glu = 7, age = 4),
       d = with(rbind(MASS::Pima.tr, MASS::Pima.te), data.frame(type = as.integer(type) - 1, bmi, glu, age, npreg, bp))),
  # Fewer than 100 patients: the outer knots are the fifth values from the ends.
  list(name = "small", outcome = "low", terms = c("lwt", "smoke"), splines = list(lwt = 4),
       d = with(MASS::birthwt[seq(1, 189, 2), ], data.frame(low, lwt, smoke = factor(smoke)))),
  list(name = "lung", outcome = NULL, terms = c("age", "sex", "ecog", "age:sex"), splines = list(),
       d = with(lung, data.frame(time, event = status - 1, age, sex = factor(sex), ecog = factor(pmin(ph.ecog, 2))))),
  list(name = "colon", outcome = NULL, terms = c("rx", "sex", "nodes", "age", "rx:sex"),
       splines = list(age = 4, nodes = c(1, 2, 5)),
       d = with(colon[colon$etype == 2, ], data.frame(time, event = status,
         rx = factor(gsub("+", "_", rx, fixed = TRUE), c("Obs", "Lev", "Lev_5FU")), sex = factor(sex), nodes, age))),
  list(name = "gbsg", outcome = NULL, terms = c("age", "pgr", "size", "hormon", "size:hormon"),
       splines = list(age = 6, pgr = c(0, 10, 40, 150, 600)),
       d = with(gbsg, data.frame(time = rfstime, event = status, age, pgr, size, hormon = factor(hormon)))),
  # Interactions with splines: of a factor, of a number, of another spline, of two factors.
  list(name = "glucose", outcome = "type", terms = c("glu", "births", "bp", "glu:births"), splines = list(glu = 4),
       d = with(rbind(MASS::Pima.tr, MASS::Pima.te), data.frame(type = as.integer(type) - 1, glu, bp,
         births = factor(cut(npreg, c(-1, 0, 4, 20)), labels = c("none", "few", "many"))))),
  list(name = "weight", outcome = "low", terms = c("smoke", "age", "lwt", "age:lwt"), splines = list(lwt = 3),
       d = with(MASS::birthwt, data.frame(low, smoke = factor(smoke), age, lwt))),
  list(name = "two_splines", outcome = "death", terms = c("age", "nodes", "grade", "age:nodes", "age:grade"),
       splines = list(age = 4, nodes = c(0, 2, 8)),
       d = with(rotterdam, data.frame(death, age, nodes, grade = factor(grade)))),
  list(name = "hormone", outcome = NULL, terms = c("age", "hormon", "pgr", "age:hormon", "hormon:pgr"),
       splines = list(age = 4, pgr = c(0, 30, 300)),
       d = with(gbsg, data.frame(time = rfstime, event = status, age, pgr, hormon = factor(hormon)))),
  list(name = "three_ways", outcome = NULL,
       terms = c("age", "sex", "rx", "age:sex", "age:rx", "sex:rx", "age:sex:rx"), splines = list(age = 3),
       d = with(colon[colon$etype == 2, ], data.frame(time, event = status, age, sex = factor(sex, labels = c("f", "m")),
         rx = factor(ifelse(rx == "Obs", "none", "some")))))
)

cases <- vapply(studies, function(study) {
  d <- study$d
  file <- data_file(paste0("terms_", study$name), d)
  # Knots and quartiles are those of all patients who have the value.
  known <- function(term) d[[term]][!is.na(d[[term]])]
  knots <- lapply(setNames(nm = names(study$splines)), function(term) {
    at <- study$splines[[term]]
    if (length(at) > 1) return(at)
    attr(rcspline.eval(known(term), nk = at, fractied = 0, inclx = TRUE), "knots")
  })
  quartiles <- lapply(setNames(nm = names(knots)), function(term) quantile(known(term), c(0.25, 0.5, 0.75), names = FALSE))
  numbers <- lapply(setNames(nm = Filter(function(name) !is.factor(d[[name]]), names(d))), function(name)
    quantile(d[[name]], c(0.25, 0.5, 0.75), names = FALSE, na.rm = TRUE))
  model <- function(terms, shown) {
    variables <- unique(unlist(strsplit(terms, ":")))
    base <- if (is.null(study$outcome)) c("time", "event") else study$outcome
    d <- d[complete.cases(d[c(base, variables)]), ]
    fitter <- if (is.null(study$outcome)) cox_fitter(Surv(d$time, d$event)) else logistic_fitter(d[[study$outcome]])
    figures(d, terms, shown, knots, fitter, if (is.null(study$outcome)) 0 else 1, quartiles, numbers)
  }
  univariable <- vapply(study$terms, function(term) {
    inside <- strsplit(term, ":")[[1]]
    # With every term that it contains.
    larger <- Filter(function(other) grepl(":", other) && other != term && all(strsplit(other, ":")[[1]] %in% inside), study$terms)
    model(unique(c(inside, larger, term)), term)
  }, "")
  asked <- vapply(study$terms, function(term) {
    part <- function(name) {
      at <- study$splines[[name]]
      if (is.null(at)) name else paste0("rcs(", name, ", ", paste(at, collapse = ", "), ")")
    }
    text(paste(vapply(strsplit(term, ":")[[1]], part, ""), collapse = ":"))
  }, "")
  object(name = text(study$name), data = file, outcome = if (is.null(study$outcome)) "null" else text(study$outcome),
         asked = array(asked), multivariable = model(study$terms, study$terms), univariable = array(univariable))
}, "")
write_cases("terms", c("stats", "MASS", "survival", "Hmisc"), cases)

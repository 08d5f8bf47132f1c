# Reference figures of what follows Firth's penalized Cox model: Rscript oracle/cox_after_firth.R, from the root of the
# repository, after oracle/cox_firth.py, whose data files and coefficients it reads. Writes oracle/cox_after_firth.json.
# The coefficients are those of mpmath; at them, without a step, coxph gives information, residuals and survival. The score of
# a coefficient's change with time is that of coxph on rows cut at each event, whose further column is x g(t).
# Methods: proportional_hazards, cox_residuals, predicted_survival
suppressPackageStartupMessages(library(survival))
source("oracle/regression.R")
source("oracle/cox_figures.R")

described <- jsonlite::fromJSON("oracle/cox_firth.json", simplifyVector = FALSE)$cases
at_beta <- function(formula, d, ties, beta) suppressWarnings(
  coxph(formula, d, ties = ties, init = beta, control = coxph.control(iter.max = 0, toler.chol = 1e-15), x = TRUE, model = TRUE))

cases <- vapply(described, function(case) {
  d <- read.csv(file.path("oracle", case$data$file))
  terms <- unlist(case$terms)
  for (column in case$data$columns) if (!is.null(column$levels))
    d[[column$name]] <- factor(as.character(d[[column$name]]), unlist(column$levels))
  d$y <- if ("entry" %in% names(d)) Surv(d$entry, d$time, d$event) else Surv(d$time, d$event)
  stratum <- if (grepl("strata", case$options)) sub(".*\\[\"(.*)\"\\].*", "strata(\\1)", case$options)
  d$group <- if (is.null(stratum)) factor(1) else d[[sub("strata\\((.*)\\)", "\\1", stratum)]]
  beta <- vapply(case$columns, function(column) column$beta, 0)
  fit <- at_beta(reformulate(c(terms, stratum), "y"), d, case$ties, beta)
  p <- length(beta)

  # Rows cut at each event time; unit scale, because solve() refuses unequal units.
  scale <- apply(fit$x, 2, sd)
  x <- sweep(fit$x, 2, scale, "/")
  from <- if ("entry" %in% names(d)) d$entry else rep(-1, nrow(d))
  cuts <- sort(unique(d$time[d$event == 1]))
  pieces <- do.call(rbind, lapply(seq_len(nrow(d)), function(i) {
    ends <- unique(c(cuts[cuts > from[i] & cuts < d$time[i]], d$time[i]))
    data.frame(row = i, from = c(from[i], ends[-length(ends)]), to = ends, event = c(rep(0, length(ends) - 1), d$event[i]))
  }))
  change <- function(g) {
    z <- x[pieces$row, , drop = FALSE]
    now <- g(pieces$to) - mean(g(d$time[d$event == 1]))
    both <- cbind(z, z * now)
    cut <- at_beta(Surv(pieces$from, pieces$to, pieces$event) ~ both + strata(d$group[pieces$row]), NULL, case$ties,
                   c(beta * scale, rep(0, p)))
    information <- solve(cut$var)
    score <- colSums(as.matrix(residuals(cut, "score")))
    quadratic <- function(of) drop(score[of] %*% solve(information[of, of], score[of]))
    own <- quadratic(seq_len(p))
    tested <- c(lapply(seq_along(terms), function(i) p + fit$assign[[i]]), list(p + seq_len(p)))
    vapply(tested, function(of) quadratic(c(seq_len(p), of)) - own, 0)
  }
  proportional <- array(c(object(transform = text("identity"), statistic = numbers(change(function(t) t / 1000))),
                          object(transform = text("rank"), statistic = numbers(change(function(t)
                            rank(d$time)[match(t, d$time)] / nrow(d))))))

  residual <- function(type) as.matrix(residuals(fit, type))
  by_column <- function(type) {
    r <- residual(type)
    time <- if (grepl("sch", type)) as.numeric(rownames(residual("schoenfeld"))) else d$time
    array(vapply(seq_len(ncol(r)), function(j) summary_of(r[, j], time), ""))
  }
  chosen <- c(1, 17)
  profiles <- vapply(chosen, function(i) {
    own <- d$group == d$group[i] & d$event == 1
    at <- unname(quantile(d$time[own], c(0.1, 0.5, 0.9), type = 1))
    wanted <- c(terms, gsub("strata\\(|\\)", "", stratum))
    predicted <- survfit(fit, newdata = d[i, wanted], conf.type = "log-log")
    curve <- summary(predicted, times = at)
    times <- quantile(predicted, c(0.25, 0.5))
    value <- function(name) if (is.factor(d[[name]])) text(as.character(d[i, name])) else number(d[i, name])
    object(values = do.call(object, as.list(vapply(wanted, value, ""))), at = numbers(at), survival = numbers(curve$surv),
           std_error = numbers(curve$std.err), hazard = numbers(curve$cumhaz), lower = numbers(curve$lower),
           upper = numbers(curve$upper),
           quantiles = array(vapply(1:2, function(k) numbers(c(
             times$quantile[[k]], times$lower[[k]], times$upper[[k]])), "")))
  }, "")
  object(name = text(case$name), data = jsonlite::toJSON(case$data, auto_unbox = TRUE, null = "null"),
         options = text(gsub("\"", "\\\"", paste0("penalty = \"firth\"\n", case$options) |> gsub("\n", "\\n", x = _, fixed = TRUE), fixed = TRUE)),
         ties = text(case$ties), terms = array(text(terms)), proportional = proportional,
         residuals = object(
           martingale = summary_of(residual("martingale"), d$time), deviance = summary_of(residual("deviance"), d$time),
           score = by_column("score"), dfbeta = by_column("dfbeta"), dfbetas = by_column("dfbetas"),
           schoenfeld = by_column("schoenfeld"), scaled_schoenfeld = by_column("scaledsch"),
           displacement = summary_of(rowSums(residual("score") * residual("dfbeta")), d$time)),
         profiles = array(profiles))
}, "")
write_cases("cox_after_firth", "survival", cases)

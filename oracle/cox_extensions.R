# Reference figures of Cox regression with strata, delayed entry, intervals, weights, clusters, exact ties and competing
# events: Rscript oracle/cox_extensions.R, from the root of the repository.
# Writes oracle/cox_extensions.json and oracle/data/cox_*.csv. coxph's own eps is 1e-9; here 1e-13.
suppressPackageStartupMessages(library(survival))
source("oracle/regression.R")

# One model: `d` has the columns time, event, perhaps entry, competing and patient, then terms and what else it names.
# `options` are the further options of the analysis as farr writes them.
case <- function(name, d, terms, ties = "efron", strata = NULL, cluster = NULL, weights = NULL, options = "",
                 event = d$event, robust = FALSE) {
  file <- data_file(paste0("cox_extensions_", sub(" .*", "", name)), d)
  keep <- complete.cases(d[intersect(names(d), c("time", "entry", "event", terms, strata, cluster, weights))])
  event <- event[keep]
  d <- d[keep, ]
  y <- if ("entry" %in% names(d)) Surv(d$entry, d$time, event) else Surv(d$time, event)
  matrices <- lapply(terms, function(term) model.matrix(~ ., d[term])[, -1, drop = FALSE])
  x <- do.call(cbind, matrices)
  of <- rep(seq_along(terms), vapply(matrices, ncol, 0))
  scale <- apply(x, 2, sd)
  x <- sweep(sweep(x, 2, colMeans(x)), 2, scale, "/")
  group <- if (is.null(strata)) rep(1, nrow(d)) else interaction(d[strata], drop = TRUE)
  w <- if (is.null(weights)) rep(1, nrow(d)) else d[[weights]]
  arguments <- list(y ~ x + strata(group), weights = w, ties = ties,
    control = coxph.control(eps = 1e-13, toler.chol = 1e-15, iter.max = 60))
  if (!is.null(cluster)) arguments$cluster <- d[[cluster]]
  robust <- robust || !is.null(cluster)
  if (robust) arguments$robust <- TRUE
  else if (!is.null(weights)) arguments$robust <- FALSE
  fit <- suppressWarnings(do.call(coxph, arguments))
  beta <- fit$coefficients / scale
  variance <- t(fit$var / scale) / scale
  columns <- vapply(seq_along(beta), function(k) {
    term <- terms[of[k]]
    level <- if (is.factor(d[[term]])) levels(d[[term]])[1 + sum(of[seq_len(k)] == of[k])] else NA
    object(term = text(term), level = text(level), beta = number(beta[k]), std_error = number(sqrt(variance[k, k])),
           p_value = number(2 * pnorm(-abs(beta[k] / sqrt(variance[k, k])))))
  }, "")
  object(name = text(name), data = file, options = text(options), ties = text(ties), terms = array(text(terms)),
         columns = array(columns), robust = if (robust) "true" else "false",
         log_likelihood = number(fit$loglik[2]), null_log_likelihood = number(fit$loglik[1]),
         wald = test(quadratic(beta, variance), length(beta)),
         score = test(if (robust) fit$rscore else fit$score, length(beta)))
}

toml <- function(...) paste(..., sep = "\\n")
quoted <- function(x) paste0("\\\"", x, "\\\"")
vet <- with(veteran, data.frame(
  time, event = status, trt = factor(trt), karno, age, celltype = factor(celltype), prior = factor(prior),
  weight = 1 + (seq_along(time) %% 7) / 4))
lung2 <- with(lung, data.frame(
  time, event = status - 1, age, sex = factor(sex), karno = ph.karno, ecog = factor(ph.ecog), inst = factor(inst),
  weight = 0.5 + (seq_along(time) %% 5)))
# Quarters of years: nearly every event is tied.
quarters <- with(lung, data.frame(
  time = ceiling(time / 91.3125), event = status - 1, age, sex = factor(sex), karno = ph.karno))
colon2 <- with(colon[colon$etype == 2, ], data.frame(
  time, event = status, rx = factor(gsub("+", "_", rx, fixed = TRUE), c("Obs", "Lev", "Lev_5FU")), age, nodes,
  extent = factor(extent), differ = factor(differ), surg = factor(surg)))
months <- with(colon[colon$etype == 1, ], data.frame(
  time = round(time / 30.4375), event = status, sex = factor(sex), nodes, obstruct = factor(obstruct)))
# Age as the time scale: everybody enters at the age of diagnosis.
aged <- with(mgus2, data.frame(
  entry = as.numeric(age), time = age + futime / 12, event = death, sex, hgb, mspike = as.numeric(mspike)))
aged <- aged[aged$time > aged$entry, ]
stanford <- with(heart, data.frame(
  patient = id, entry = start, time = stop, event, age, year, surgery = factor(surgery), transplant))
chronic <- with(cgd, data.frame(
  patient = id, entry = tstart, time = tstop, event = status, treat = factor(gsub(" ", "_", treat), c("placebo", "rIFN-g")),
  inherit = factor(inherit), age, steroids = factor(steroids), centre = factor(gsub("[ .,]+", "_", center))))
bladders <- with(bladder2, data.frame(
  patient = id, entry = start, time = stop, event, rx = factor(rx), number, size, enum = factor(enum)))
biliary <- with(pbcseq, {
  last <- c(id[-1] != id[-length(id)], TRUE)
  data.frame(patient = id, entry = day, time = ifelse(last, futime, c(day[-1], NA)),
             event = as.integer(last & status == 2), age, edema = factor(edema), bili = log(bili), albumin, ast)
})
biliary <- biliary[biliary$time > biliary$entry, ]
gammopathy <- with(mgus2, data.frame(
  time = ifelse(pstat == 0, futime, ptime), event = pstat, competing = ifelse(pstat == 0, death, 0),
  age = as.numeric(age), sex, hgb, mspike = as.numeric(mspike)))

cases <- c(
  unlist(lapply(c("efron", "breslow", "exact"), function(ties) c(
    case(paste("veteran strata", ties), vet, c("trt", "karno", "age", "prior"), ties, strata = "celltype",
         options = toml(paste0("strata = [", quoted("celltype"), "]"))),
    case(paste("lung two strata", ties), lung2, c("age", "sex", "karno"), ties, strata = c("inst", "ecog"),
         options = toml(paste0("strata = [", quoted("inst"), ", ", quoted("ecog"), "]"))),
    case(paste("colon strata", ties), colon2, c("rx", "age", "nodes", "differ"), ties, strata = c("extent", "surg"),
         options = toml(paste0("strata = [", quoted("extent"), ", ", quoted("surg"), "]"))),
    case(paste("heart intervals", ties), stanford, c("age", "year", "surgery", "transplant"), ties)))),
  # coxph lists every choice where ties are exact and entries delayed: too many for these.
  unlist(lapply(c("efron", "breslow"), function(ties) c(
    case(paste("mgus2_age entry", ties), aged, c("sex", "hgb", "mspike"), ties),
    case(paste("pbcseq intervals", ties), biliary, c("age", "edema", "bili", "albumin", "ast"), ties),
    case(paste("bladder2 intervals, strata", ties), bladders, c("rx", "number", "size"), ties, strata = "enum",
         options = toml(paste0("strata = [", quoted("enum"), "]"))),
    case(paste("veteran robust", ties), vet, c("trt", "karno", "age", "celltype"), ties, robust = TRUE,
         options = toml(paste("variance =", quoted("robust")))),
    case(paste("lung cluster", ties), lung2, c("age", "sex", "karno"), ties, cluster = "inst",
         options = toml(paste("cluster =", quoted("inst")))),
    case(paste("lung weights", ties), lung2, c("age", "sex", "karno", "ecog"), ties, weights = "weight", robust = TRUE,
         options = toml(paste("weights =", quoted("weight")), paste("weight_kind =", quoted("sampling")))),
    case(paste("veteran weights, strata", ties), vet, c("trt", "karno", "age"), ties, weights = "weight",
         strata = "celltype", options = toml(
           paste("weights =", quoted("weight")), paste("weight_kind =", quoted("sampling")),
           paste("variance =", quoted("model")), paste0("strata = [", quoted("celltype"), "]"))),
    case(paste("colon_months robust", ties), months, c("sex", "nodes", "obstruct"), ties, robust = TRUE,
         options = toml(paste("variance =", quoted("robust")))),
    case(paste("cgd cluster", ties), chronic, c("treat", "inherit", "age", "steroids"), ties, cluster = "patient",
         options = toml(paste("cluster =", quoted("patient")))),
    case(paste("bladder2 cluster, strata", ties), bladders, c("rx", "number", "size"), ties, cluster = "patient",
         strata = "enum", options = toml(
           paste("cluster =", quoted("patient")), paste0("strata = [", quoted("enum"), "]")))))),
  case("lung_quarters exact", quarters, c("age", "sex", "karno"), "exact"),
  case("lung_quarters strata exact", quarters, c("age", "karno"), "exact", strata = "sex",
       options = toml(paste0("strata = [", quoted("sex"), "]"))),
  case("mgus2_cause event", gammopathy, c("age", "sex", "hgb", "mspike"),
       options = toml(paste("cause =", quoted("event")))),
  case("mgus2_cause competing", gammopathy, c("age", "sex", "hgb", "mspike"), event = gammopathy$competing,
       options = toml(paste("cause =", quoted("competing"))))
)
write_cases("cox_extensions", "survival", cases)

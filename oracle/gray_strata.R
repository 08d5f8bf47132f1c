# Reference figures of Gray's test within strata: Rscript oracle/gray_strata.R, from the root of the repository. Writes
# oracle/gray_strata.json and oracle/data/gray_strata_*.csv.
suppressPackageStartupMessages({library(survival); library(cmprsk)})
source("oracle/regression.R")

recurrence <- subset(colon, etype == 1)
death <- subset(colon, etype == 2)
stopifnot(all(recurrence$id == death$id))
# No stratum has more events of a cause at a time than patients left: see oracle/gray.py for what cmprsk does then.
studies <- list(
  mgus2 = with(mgus2, data.frame(
    time = ifelse(pstat == 1, ptime, futime), event = pstat, competing = as.integer(pstat == 0 & death == 1),
    group = sex, stratum = cut(age, c(0, 60, 70, Inf), c("to 60", "61-70", "over 70")))),
  # Three groups; strata that lack one of them, and strata of one patient.
  pbc = with(pbc, data.frame(
    time, event = as.integer(status == 2), competing = as.integer(status == 1), group = factor(edema),
    stratum = factor(ifelse(is.na(stage), 9, stage)))),
  # Ties of both causes.
  colon = with(recurrence, data.frame(
    time = ceiling(time / 90), event = status,
    competing = as.integer(status == 0 & death$status == 1 & death$time <= time),
    group = factor(gsub("+", "_", rx, fixed = TRUE), c("Obs", "Lev", "Lev_5FU")), stratum = factor(extent)))
)
cases <- vapply(names(studies), function(name) {
  d <- studies[[name]]
  found <- cuminc(d$time, d$event + 2 * d$competing, d$group, d$stratum)$Tests
  object(name = text(name), data = data_file(paste0("gray_strata_", name), d),
         tests = array(vapply(1:2, function(cause) test(found[cause, "stat"], found[cause, "df"]), "")))
}, "")
write_cases("gray_strata", "cmprsk", cases)

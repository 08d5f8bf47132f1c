# The data sets on which time-to-event methods are compared, written to data/follow_up_NAME.csv with columns time, event
# (0 or 1) and group (empty where missing).

source("counted_studies.R")

studies <- list(
  aml = with(aml, data.frame(time, event = status, group = x)),
  lung_sex = with(lung, data.frame(time, event = status - 1, group = factor(sex, 1:2, c("male", "female")))),
  lung_ecog = with(lung, data.frame(time, event = status - 1, group = factor(ph.ecog))),
  # Months to one decimal: many ties among times that no binary fraction holds.
  lung_months = with(lung, data.frame(time = round(time / 30.4375, 1), event = status - 1,
                                      group = factor(sex, 1:2, c("male", "female")))),
  veteran = with(veteran, data.frame(time, event = status, group = celltype)),
  colon = with(colon[colon$etype == 2, ], data.frame(time, event = status, group = rx)),
  pbc = with(pbc, data.frame(time, event = as.numeric(status == 2), group = factor(stage))),
  mgus2 = with(mgus2, data.frame(time = futime, event = death, group = cut(
    age, c(0, 50, 60, 70, 80, Inf), c("to 50", "51-60", "61-70", "71-80", "over 80"))))
)

write_studies("follow_up", studies)
heading <- function(name, d) study_heading("follow_up", name, d)
write_figures <- function(file, cases) write_cases(file, "survival", cases)

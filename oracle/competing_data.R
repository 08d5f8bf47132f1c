# The data sets on which methods for competing events are compared, written to data/competing_NAME.csv with columns time,
# event, competing (0 or 1), group (empty where missing).

source("counted_studies.R")

recurrence <- subset(colon, etype == 1)
death <- subset(colon, etype == 2)
stopifnot(all(recurrence$id == death$id))

studies <- list(
  # Months, with ties of both causes and censorings.
  mgus2_sex = with(mgus2, data.frame(
    time = ifelse(pstat == 1, ptime, futime), event = pstat, competing = as.numeric(pstat == 0 & death == 1),
    group = sex)),
  mgus2_age = with(mgus2, data.frame(
    time = ifelse(pstat == 1, ptime, futime), event = pstat, competing = as.numeric(pstat == 0 & death == 1),
    group = cut(age, c(0, 50, 60, 70, 80, Inf), c("to 50", "51-60", "61-70", "71-80", "over 80")))),
  # Transplantation is few.
  pbc = with(pbc, data.frame(
    time, event = as.numeric(status == 2), competing = as.numeric(status == 1), group = factor(stage))),
  # Half years to one decimal of a month: heavy ties.
  pbc_half_years = with(pbc, data.frame(
    time = round(time / 182.625) * 6.1, event = as.numeric(status == 2), competing = as.numeric(status == 1),
    group = factor(trt, 1:2, c("penicillamine", "placebo")))),
  colon = data.frame(
    time = recurrence$time, event = recurrence$status,
    competing = as.numeric(recurrence$status == 0 & death$status == 1 & death$time <= recurrence$time),
    group = recurrence$rx),
  # Everybody has one event or the other: nobody is censored.
  colon_dead = {
    d <- data.frame(
      time = recurrence$time, event = recurrence$status,
      competing = as.numeric(recurrence$status == 0 & death$status == 1 & death$time <= recurrence$time),
      group = factor(recurrence$sex, 0:1, c("female", "male")))
    d[d$event + d$competing > 0, ]
  }
)

write_studies("competing", studies)
heading <- function(name, d) study_heading("competing", name, d)
write_figures <- function(file, cases) write_cases(file, c("survival", "cmprsk"), cases)

# The data sets on which methods for competing events are compared, written to data/competing_NAME.csv with columns time,
# event, competing (0 or 1), group (empty where missing), and a JSON writer that keeps all 17 digits.

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

number <- function(x) if (is.na(x)) "null" else sprintf("%.17g", x)
text <- function(x) paste0("\"", x, "\"")
object <- function(...) {
  values <- list(...)
  keys <- names(values)
  parts <- ifelse(keys == "", unlist(values), paste0("\"", keys, "\": ", unlist(values)))
  paste0("{", paste(parts, collapse = ", "), "}")
}
array_of <- function(x, f) paste0("[", paste(vapply(x, f, ""), collapse = ", "), "]")

for (name in names(studies))
  write.csv(studies[[name]], sprintf("data/competing_%s.csv", name), row.names = FALSE, quote = FALSE, na = "")

heading <- function(name, d) {
  file <- sprintf("data/competing_%s.csv", name)
  sum <- substr(system2("sha256sum", file, stdout = TRUE), 1, 64)
  paste0("\"file\": ", text(file), ", \"sha256\": ", text(sum), ", \"levels\": ", array_of(levels(d$group), text))
}

write_figures <- function(file, cases) {
  versions <- object(r = text(R.version.string), survival = text(as.character(packageVersion("survival"))),
                     cmprsk = text(as.character(packageVersion("cmprsk"))))
  # One case a line.
  cases <- gsub("{\"dataset\"", "\n{\"dataset\"", cases, fixed = TRUE)
  writeLines(object(versions = versions, cases = cases), file)
}

# The data sets on which time-to-event methods are compared, written to data/follow_up_NAME.csv with columns time, event
# (0 or 1) and group (empty where missing), and a JSON writer that keeps all 17 digits.

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
  write.csv(studies[[name]], sprintf("data/follow_up_%s.csv", name), row.names = FALSE, quote = FALSE, na = "")

heading <- function(name, d) {
  file <- sprintf("data/follow_up_%s.csv", name)
  sum <- substr(system2("sha256sum", file, stdout = TRUE), 1, 64)
  paste0("\"file\": ", text(file), ", \"sha256\": ", text(sum), ", \"levels\": ", array_of(levels(d$group), text))
}

write_figures <- function(file, cases) {
  versions <- object(r = text(R.version.string), survival = text(as.character(packageVersion("survival"))))
  # One case a line.
  cases <- gsub("{\"dataset\"", "\n{\"dataset\"", cases, fixed = TRUE)
  writeLines(object(versions = versions, cases = cases), file)
}

# Data sets of counted patients and a JSON writer that keeps all 17 digits, for the scripts that compare whole studies.

number <- function(x) if (is.na(x)) "null" else sprintf("%.17g", x)
text <- function(x) paste0("\"", x, "\"")
object <- function(...) {
  values <- list(...)
  keys <- names(values)
  parts <- ifelse(keys == "", unlist(values), paste0("\"", keys, "\": ", unlist(values)))
  paste0("{", paste(parts, collapse = ", "), "}")
}
array_of <- function(x, f) paste0("[", paste(vapply(x, f, ""), collapse = ", "), "]")

# Writes each study to data/KIND_NAME.csv.
write_studies <- function(kind, studies)
  for (name in names(studies))
    write.csv(studies[[name]], sprintf("data/%s_%s.csv", kind, name), row.names = FALSE, quote = FALSE, na = "")

# What is said of a study before its figures.
study_heading <- function(kind, name, d) {
  file <- sprintf("data/%s_%s.csv", kind, name)
  sum <- substr(system2("sha256sum", file, stdout = TRUE), 1, 64)
  paste0("\"file\": ", text(file), ", \"sha256\": ", text(sum), ", \"levels\": ", array_of(levels(d$group), text))
}

# Writes the cases with the versions of R and of some packages.
write_cases <- function(file, packages, cases) {
  version <- function(name) text(as.character(packageVersion(name)))
  versions <- do.call(object, c(list(r = text(R.version.string)), sapply(packages, version, simplify = FALSE)))
  # One case a line.
  cases <- gsub("{\"dataset\"", "\n{\"dataset\"", cases, fixed = TRUE)
  writeLines(object(versions = versions, cases = cases), file)
}

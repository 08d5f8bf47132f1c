# What the scripts of association share: writing figures, and the tables. Sourced from the root of the repository.
number <- function(x) ifelse(is.na(x) | !is.finite(x), "null", sprintf("%.17g", x))
text <- function(x) paste0("\"", x, "\"")
array <- function(x) paste0("[", paste(x, collapse = ", "), "]")
object <- function(...) {
  parts <- list(...)
  parts <- parts[!vapply(parts, is.null, NA)]
  paste0("{", paste0("\"", names(parts), "\": ", unlist(parts), collapse = ", "), "}")
}
numbers <- function(...) array(number(c(...)))
tested <- function(test) object(statistic = number(unname(test$statistic)), df = number(unname(test$parameter)),
                                p = number(test$p.value))
write_figures <- function(file, ..., data = character()) {
  sum <- vapply(data, function(d) sub(" .*", "", system2("sha256sum", d, stdout = TRUE)), "")
  lists <- list(...)
  hashes <- if (length(data)) do.call(object, as.list(setNames(text(sum), data))) else "{}"
  body <- paste0("\"", names(lists), "\": [\n", vapply(lists, paste, "", collapse = ",\n"), "\n]", collapse = ",\n")
  cat("{\n\"R\": ", text(paste(R.version$major, R.version$minor, sep = ".")), ",\n\"sha256\": ", hashes, ",\n",
      body, "\n}\n", sep = "", file = file)
}
# A root to the last digits: uniroot at a small tolerance, then secant steps.
root <- function(f, low, high) {
  x <- uniroot(f, c(low, high), tol = 1e-15, maxiter = 10000)$root
  step <- max(abs(x) * 1e-7, 1e-13)
  for (i in 1:3) {
    slope <- (f(x + step) - f(x - step)) / (2 * step)
    if (is.finite(slope) && slope != 0) { new <- x - f(x) / slope; if (abs(f(new)) < abs(f(x))) x <- new }
  }
  x
}

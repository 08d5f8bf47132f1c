# P of Fisher-Freeman-Halton's test for tables that need R's large workspace: Rscript oracle/fisher_large.R, from the root of
# the repository. Writes oracle/fisher_large.json. Only tables on which R's merging of partial tables (by up to 3e-7 of
# their length) does not show are compared here; oracle/fisher.py enumerates others.
source("oracle/association.R")
tables <- list(
  list(3, c(6,9,14, 4,4,7, 3,8,14, 4,2,4, 6,5,10, 10,12,28)),
  list(3, c(4,8,2, 4,4,3, 8,14,5, 4,5,4, 3,9,6, 13,31,12, 2,5,4)),
  list(3, c(8,2,5, 4,1,2, 13,5,2, 3,3,3, 6,3,2, 20,5,5, 3,1,5, 4,6,9)),
  list(3, c(1,1,4, 3,3,5, 2,2,6, 1,0,5, 1,2,2, 3,9,11, 1,2,2, 0,1,7, 4,9,8, 1,0,4)),
  list(4, c(6,14,5,7, 2,11,6,6, 11,17,6,12, 5,3,5,4)),
  list(4, c(9,2,5,7, 5,2,1,3, 15,4,6,16, 5,4,2,5, 4,0,3,2)),
  list(4, c(12,3,7,10, 8,3,2,4, 22,6,9,24, 8,5,3,8, 7,1,4,4)),
  list(4, c(1,4,9,2, 2,0,3,1, 2,1,6,3, 2,2,2,1, 0,1,8,0, 4,7,10,9)),
  list(5, c(2,1,4,5,1, 6,0,1,2,2, 5,2,4,5,4, 4,0,1,4,3, 4,1,4,3,2)),
  list(5, c(6,2,2,5,3, 3,2,7,2,5, 4,2,8,3,7, 3,3,5,3,3, 3,5,6,4,4)))
cases <- vapply(tables, function(case) {
  table <- matrix(case[[2]], ncol = case[[1]], byrow = TRUE)
  object(groups = number(case[[1]]), cells = numbers(case[[2]]), p = number(fisher.test(table, workspace = 2e8)$p.value))
}, "")
write_figures("oracle/fisher_large.json", tables = cases)

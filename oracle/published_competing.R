# The data of published figures of methods for competing events, where an R package has them: Rscript
# oracle/published_competing.R, from the root of the repository. Writes data/published_NAME.csv, all columns numbers. The
# figures themselves stand in crates/estimate/tests/published, as they are printed.
suppressPackageStartupMessages({library(KMsurv); library(mets)})

write <- function(name, d) {
  d[] <- lapply(d, function(x) {
    short <- sprintf("%.15g", x)
    ifelse(as.numeric(short) == x, short, sprintf("%.17g", x))
  })
  write.csv(d, sprintf("oracle/data/published_%s.csv", name), row.names = FALSE, quote = FALSE)
}

# Klein & Moeschberger's bone marrow transplants: days to relapse (1), death in remission (2) or the end of follow-up (0).
data(bmt, package = "KMsurv")
write("bone_marrow", with(bmt, data.frame(time = t2, cause = ifelse(d2 == 1, 1, 2 * d3), disease = group)))

# What the vignette "Cumulative Incidence Regression" of mets simulates.
set.seed(1000)
simulated <- simul.cifs(400, 0.2, 10, c(0, -0.1, -0.5, 0.3), rc = 0.5, rate = 7)
stopifnot(table(simulated$status) == c(127, 12, 261))
write("simulated", with(simulated, data.frame(time, cause = status, z1 = Z1, z2 = Z2)))

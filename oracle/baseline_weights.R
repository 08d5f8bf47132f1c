# Reference figures for the baseline table under sampling weights, and for Welch's analysis of variance:
# Rscript oracle/baseline_weights.R, from the root of the repository. Writes oracle/baseline_weights.json and
# oracle/data/baseline_weights_birthwt.csv.
suppressPackageStartupMessages({ library(MASS); library(survey) })
source("oracle/association.R")

# Inverse probabilities of smoking, given age, weight and race.
births <- MASS::birthwt[c("smoke", "race", "ht", "ftv", "age", "lwt", "bwt")]
score <- fitted(glm(smoke ~ age + lwt + factor(race), binomial, births))
births$w <- ifelse(births$smoke == 1, 1 / score, 1 / (1 - score))
file <- "oracle/data/baseline_weights_birthwt.csv"
births$w <- as.numeric(sprintf("%.17g", births$w))
lines <- do.call(paste, c(lapply(births, function(x) sprintf("%.17g", x)), sep = ","))
writeLines(c(paste(names(births), collapse = ","), lines), file)
births <- read.csv(file)

groups <- c(0, 1)
of <- function(name, smoke) births[[name]][births$smoke == smoke]
effective <- function(w) sum(w)^2 / sum(w^2)
design <- svydesign(ids = ~1, weights = ~w, data = births)

number_of <- function(name) {
  # The unbiased variance of weights that stand for no number of patients.
  parts <- lapply(groups, function(g) cov.wt(cbind(of(name, g)), of("w", g), method = "unbiased"))
  mean <- vapply(parts, function(part) part$center, 0)
  variance <- vapply(parts, function(part) drop(part$cov), 0)
  object(variable = text(name), mean = numbers(mean), sd = numbers(sqrt(variance)),
         smd = number(abs(diff(mean)) / sqrt(mean(variance))))
}

levels_of <- function(name) {
  shares <- prop.table(svytable(as.formula(paste0("~", name, "+ smoke")), design), 2)
  d <- (shares[, 1] - shares[, 2])[-1]
  covariance <- function(p) (diag(p, length(p)) - p %o% p)[-1, -1, drop = FALSE]
  s <- (covariance(shares[, 1]) + covariance(shares[, 2])) / 2
  object(variable = text(name), levels = array(text(rownames(shares))), first = numbers(shares[, 1]),
         second = numbers(shares[, 2]), smd = number(sqrt(drop(d %*% solve(s, d)))))
}

welch <- function(name, x, by) {
  d <- data.frame(x, by = as.character(by))[!is.na(x) & !is.na(by), ]
  each <- split(d$x, d$by)
  object(name = text(name), groups = array(vapply(each, numbers, "")), welch = {
    test <- oneway.test(x ~ by, d)
    object(statistic = number(unname(test$statistic)), df = numbers(test$parameter), p = number(test$p.value))
  })
}

write_figures(
  "oracle/baseline_weights.json",
  effective = number(c(vapply(groups, function(g) effective(of("w", g)), 0), effective(births$w))),
  numbers = vapply(c("age", "lwt", "bwt"), number_of, ""),
  levels = vapply(c("race", "ht", "ftv"), levels_of, ""),
  welch = c(
    welch("warpbreaks: breaks by tension", warpbreaks$breaks, warpbreaks$tension),
    welch("InsectSprays: count by spray", InsectSprays$count, InsectSprays$spray),
    welch("airquality: Ozone by Month", airquality$Ozone, airquality$Month),
    welch("chickwts: weight by feed", chickwts$weight, chickwts$feed),
    welch("iris: Petal.Length by Species", iris$Petal.Length, iris$Species)
  ),
  data = c(baseline_weights_birthwt = file)
)

# Reference figures for the baseline table: Rscript oracle/baseline.R, from the root of the repository.
# Writes oracle/baseline.json and the data sets to oracle/data/. Only P is taken from fisher.test, whose odds ratio
# comes from a loose root search.
suppressPackageStartupMessages({ library(MASS); library(survival) })

number <- function(x) ifelse(is.na(x), "null", sprintf("%.17g", x))
object <- function(...) {
  parts <- list(...)
  parts <- parts[!vapply(parts, is.null, NA)]
  paste0("{", paste0("\"", names(parts), "\": ", unlist(parts), collapse = ", "), "}")
}
array <- function(x) paste0("[", paste(x, collapse = ", "), "]")
text <- function(x) paste0("\"", x, "\"")

# Flat data sets, a row a patient; the last two are tables of counts with the column n.
counted <- function(x) { x <- as.data.frame(x); names(x)[names(x) == "Freq"] <- "n"; x }
data <- list(
  birthwt = MASS::birthwt,
  lung = survival::lung,
  pbc = survival::pbc,
  veteran = survival::veteran,
  warpbreaks = datasets::warpbreaks,
  infert = datasets::infert,
  plants = transform(datasets::PlantGrowth, arm = ifelse(group == "ctrl", "ctrl", "treated")),
  esoph = counted(xtabs(ncases ~ tobgp + alcgp, datasets::esoph)),
  admissions = counted(apply(datasets::UCBAdmissions, c(1, 3), sum) |> as.table())
)
hashes <- vapply(names(data), function(name) {
  file <- file.path("oracle", "data", paste0(name, ".csv"))
  write.csv(data[[name]], file, row.names = FALSE, quote = FALSE, na = "")
  sub(" .*", "", system2("sha256sum", file, stdout = TRUE))
}, "")

# What is compared is what stands in the files.
data <- lapply(setNames(names(data), names(data)), function(name) {
  read.csv(file.path("oracle", "data", paste0(name, ".csv")), na.strings = "", check.names = FALSE)
})

tested <- function(test) object(statistic = number(unname(test$statistic)), df = number(unname(test$parameter)),
                                p = number(test$p.value))

levels_of <- function(name, variable, by) {
  d <- data[[name]]
  d <- d[!is.na(d[[variable]]) & !is.na(d[[by]]), ]
  n <- if (is.null(d$n)) rep(1, nrow(d)) else d$n
  table <- xtabs(n ~ factor(d[[variable]]) + factor(d[[by]]))
  large <- sum(table) > 1000
  object(
    dataset = text(name), variable = text(variable), by = text(by),
    pearson = tested(suppressWarnings(chisq.test(table, correct = FALSE))),
    yates = if (all(dim(table) == 2)) tested(suppressWarnings(chisq.test(table, correct = TRUE))),
    fisher = if (!large) number(fisher.test(table, workspace = 2e8, conf.int = FALSE)$p.value)
  )
}

numbers_of <- function(name, variable, by) {
  d <- data[[name]]
  d <- d[!is.na(d[[variable]]) & !is.na(d[[by]]), ]
  x <- d[[variable]]
  g <- factor(d[[by]])
  each <- function(f) array(number(tapply(x, g, f)))
  quantiles <- function(type) array(tapply(x, g, function(v) {
    array(number(quantile(v, c(0.1, 0.25, 0.5, 0.75), type = type, names = FALSE)))
  }))
  fit <- summary(aov(x ~ g))[[1]]
  two <- nlevels(g) == 2
  rank_sum <- function(...) {
    test <- suppressWarnings(wilcox.test(x ~ g, ...))
    object(statistic = number(unname(test$statistic)), p = number(test$p.value))
  }
  object(
    dataset = text(name), variable = text(variable), by = text(by),
    groups = array(text(levels(g))), mean = each(mean), sd = each(sd), minimum = each(min), maximum = each(max),
    type2 = quantiles(2), type6 = quantiles(6), type7 = quantiles(7),
    anova = object(statistic = number(fit[1, "F value"]), df = array(number(fit[, "Df"])), p = number(fit[1, "Pr(>F)"])),
    kruskal_wallis = tested(kruskal.test(x, g)),
    student = if (two) tested(t.test(x ~ g, var.equal = TRUE)),
    welch = if (two) tested(t.test(x ~ g)),
    wilcoxon = if (two) rank_sum(),
    wilcoxon_corrected = if (two) rank_sum(exact = FALSE),
    wilcoxon_uncorrected = if (two) rank_sum(exact = FALSE, correct = FALSE)
  )
}

levels <- c(
  levels_of("birthwt", "race", "low"), levels_of("birthwt", "smoke", "low"), levels_of("birthwt", "ht", "low"),
  levels_of("birthwt", "ui", "low"), levels_of("birthwt", "ptl", "low"), levels_of("birthwt", "ftv", "low"),
  levels_of("birthwt", "ptl", "race"), levels_of("birthwt", "ftv", "race"),
  levels_of("lung", "ph.ecog", "sex"), levels_of("lung", "status", "sex"),
  levels_of("veteran", "celltype", "trt"), levels_of("veteran", "prior", "trt"), levels_of("veteran", "karno", "trt"),
  levels_of("pbc", "stage", "sex"), levels_of("pbc", "stage", "ascites"), levels_of("pbc", "edema", "hepato"),
  levels_of("pbc", "sex", "trt"), levels_of("pbc", "stage", "edema"),
  levels_of("infert", "education", "case"), levels_of("infert", "parity", "education"),
  levels_of("infert", "induced", "spontaneous"),
  levels_of("esoph", "tobgp", "alcgp"), levels_of("admissions", "Admit", "Dept")
)
numbers <- c(
  numbers_of("birthwt", "age", "low"), numbers_of("birthwt", "lwt", "smoke"), numbers_of("birthwt", "bwt", "race"),
  numbers_of("lung", "age", "sex"), numbers_of("lung", "meal.cal", "sex"), numbers_of("lung", "wt.loss", "sex"),
  numbers_of("lung", "age", "ph.ecog"),
  numbers_of("pbc", "bili", "sex"), numbers_of("pbc", "chol", "stage"), numbers_of("pbc", "albumin", "trt"),
  numbers_of("pbc", "age", "edema"), numbers_of("pbc", "copper", "status"),
  numbers_of("veteran", "time", "trt"), numbers_of("veteran", "karno", "celltype"),
  numbers_of("warpbreaks", "breaks", "wool"), numbers_of("warpbreaks", "breaks", "tension"),
  numbers_of("infert", "age", "case"), numbers_of("infert", "stratum", "education"),
  numbers_of("plants", "weight", "group"), numbers_of("plants", "weight", "arm")
)

# Exact rank-sum P values without ties, at sizes up to R's limit.
set.seed(1)
exact <- vapply(list(c(1, 4), c(3, 3), c(5, 12), c(20, 31), c(49, 49)), function(n) {
  x <- sample(sum(n))
  first <- x[seq_len(n[1])]
  if (n[1] > 3) first <- sort(x)[seq_len(n[1]) + 2 * (n[2] > 12)]
  second <- setdiff(x, first)
  test <- wilcox.test(first, second)
  object(first = array(first), second = array(second), statistic = number(unname(test$statistic)),
         p = number(test$p.value))
}, "")

json <- paste0("{\n\"R\": ", text(paste(R.version$major, R.version$minor, sep = ".")),
  ",\n\"packages\": ", object(MASS = text(packageVersion("MASS")), survival = text(packageVersion("survival"))),
  ",\n\"sha256\": ", do.call(object, as.list(setNames(text(hashes), names(hashes)))),
  ",\n\"levels\": [\n", paste(levels, collapse = ",\n"), "\n],\n\"numbers\": [\n", paste(numbers, collapse = ",\n"),
  "\n],\n\"rank_sum\": [\n", paste(exact, collapse = ",\n"), "\n]\n}\n")
cat(json, file = "oracle/baseline.json")

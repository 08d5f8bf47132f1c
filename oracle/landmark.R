# Reference figures at a landmark: Rscript oracle/landmark.R, from the root of the repository, after oracle/fine_gray.R, whose
# data file and description it reads. Writes oracle/landmark.json. R's functions are given the patients followed beyond 24
# months, with time counted from there. coxph's own eps is 1e-9, here 1e-13; survreg's 1e-9, here 1e-14.
suppressPackageStartupMessages({library(survival); library(cmprsk)})
source("oracle/regression.R")

frozen <- jsonlite::fromJSON("oracle/fine_gray.json", simplifyVector = FALSE)$cases
data <- Filter(function(case) case$name == "mgus2", frozen)[[1]]$data
all <- read.csv(file.path("oracle", data$file))
all$sex <- factor(all$sex, unlist(Filter(function(column) column$name == "sex", data$columns)[[1]]$levels))
at <- 24
left <- all[all$time <= at, ]
d <- all[all$time > at, ]
d$time <- d$time - at
d$status <- d$event + 2 * d$competing

quoted <- function(x) gsub("\n", "\\\\n", gsub("\"", "\\\\\"", x))
row <- function(quantity, value, std_error = NA, term = NA, level = NA, group = NA, at = NA) object(
  quantity = text(quantity), value = number(value), std_error = number(std_error), term = text(term), level = text(level),
  group = text(group), at = number(at))
tested <- function(quantity, statistic, level = NA) object(
  quantity = text(quantity), statistic = number(statistic), level = text(level))
analysis <- function(method, options, rows, tests = character()) object(
  method = text(method), options = text(quoted(options)), rows = array(rows), tests = array(tests))

times <- c(36, 120)
sexes <- levels(d$sex)
free <- survfit(Surv(time, event) ~ sex, d)
points <- summary(free, times = times)
kaplan_meier <- analysis("kaplan_meier", "by = \"sex\"\nat = [36, 120]", unlist(lapply(sexes, function(sex) {
  own <- points$strata == paste0("sex=", sex)
  vapply(1:2, function(k) row("survival", points$surv[own][k], points$std.err[own][k], group = sex, at = times[k]), "")
})), tested("global_test", survdiff(Surv(time, event) ~ sex, d)$chisq))

log_rank <- analysis("log_rank", "by = \"sex\"", vapply(1:2, function(k) {
  found <- survdiff(Surv(time, event) ~ sex, d)
  row("expected", found$exp[k], group = sexes[k])
}, ""))

hazard <- survfit(Surv(time, event) ~ 1, d, ctype = 1)
cumulative <- summary(hazard, times = times)
cumulative_hazard <- analysis("cumulative_hazard", "at = [36, 120]", vapply(1:2, function(k)
  row("cumulative_hazard", cumulative$cumhaz[k], cumulative$std.chaz[k], at = times[k]), ""))

means <- summary(free, rmean = 120)$table
restricted_mean <- analysis("restricted_mean", "by = \"sex\"\nhorizon = 120", vapply(1:2, function(k)
  row("restricted_mean", means[k, "rmean"], means[k, "se(rmean)"], group = sexes[k], at = 120), ""))

incidence <- cuminc(d$time, d$status, d$sex)
found <- timepoints(incidence, times)
causes <- c("event", "competing")
cumulative_incidence <- analysis("cumulative_incidence", "by = \"sex\"\nat = [36, 120]", unlist(lapply(1:2, function(cause)
  unlist(lapply(sexes, function(sex) {
    own <- paste(sex, cause)
    vapply(1:2, function(k) row("cumulative_incidence", found$est[own, k], sqrt(found$var[own, k]), level = causes[cause],
                                term = "os.cause", group = sex, at = times[k]), "")
  })))), vapply(1:2, function(cause) tested("global_test", incidence$Tests[cause, "stat"], causes[cause]), ""))

z <- cbind((d$age - mean(d$age)) / sd(d$age), as.numeric(d$sex == sexes[2]))
fine <- converged_crr(d$time, d$status, z)
ratios <- function(quantity, beta, error) c(
  row(quantity, exp(beta[1]), error[1], term = "age"), row(quantity, exp(beta[2]), error[2], term = "sex", level = sexes[2]))
scale <- c(sd(d$age), 1)
fine_gray <- analysis("fine_gray", "terms = [\"age\", \"sex\"]",
                      ratios("subdistribution_hazard_ratio", fine$coef / scale, sqrt(diag(fine$var)) / scale))

control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100)
of_death <- coxph(Surv(time, competing) ~ age + sex, d, control = control)
cox <- analysis("cox", "cause = \"competing\"\nterms = [\"age\", \"sex\"]",
                ratios("hazard_ratio", coef(of_death), sqrt(diag(vcov(of_death)))))

agreement <- concordance(Surv(time, event) ~ age, d, reverse = TRUE)
of_age <- analysis("concordance", "score = \"age\"",
                   row("concordance", agreement$concordance, sqrt(agreement$var), term = "age"))

law <- survreg(Surv(time, event) ~ age + sex, d, control = survreg.control(rel.tolerance = 1e-14, maxiter = 100))
parametric <- analysis("parametric_survival", "terms = [\"age\", \"sex\"]",
                       ratios("time_ratio", coef(law)[2:3], sqrt(diag(vcov(law)))[2:3]))

analyses <- c(kaplan_meier, log_rank, cumulative_hazard, restricted_mean, cumulative_incidence, fine_gray, cox, of_age,
              parametric)
case <- object(name = text("mgus2 at 24 months"), landmark = number(at), data = jsonlite::toJSON(data, auto_unbox = TRUE, null = "null"),
               events = number(sum(left$event)), competing = number(sum(left$competing)),
               censored = number(sum(left$event + left$competing == 0)), n = number(nrow(d)), analyses = array(analyses))
write_cases("landmark", c("survival", "cmprsk"), case)

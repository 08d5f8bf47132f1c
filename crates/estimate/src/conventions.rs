//! What each program does where programs differ: one table, made from the code that follows it.

mod reference;
mod words;

pub(crate) use reference::with_references;

use study::{Convention, Dialect};

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct ConventionEntry {
    /// The convention.
    pub convention: Convention,
    /// The question that it answers.
    pub question: &'static str,
    /// The methods whose numbers depend on it.
    pub methods: &'static [&'static str],
    /// What a program does, in words.
    pub choice: fn(Dialect) -> String,
    /// Where that is written, for SPSS, SAS, Stata and R.
    pub sources: [&'static str; 4],
}

/// Every convention on which a computed number depends; those of printing are with the report.
pub fn conventions() -> Vec<ConventionEntry> {
    let entry = |convention, question, methods, choice, sources| ConventionEntry {
        convention,
        question,
        methods,
        choice,
        sources,
    };
    vec![
        entry(
            Convention::CategoryTest,
            "Which test compares levels between groups?",
            &["baseline", "two_by_two"],
            words::category_test,
            [
                "CROSSTABS, STATISTICS=CHISQ",
                "PROC FREQ, CHISQ",
                "[R] tabulate twoway, chi2",
                "stats::chisq.test, correct = TRUE",
            ],
        ),
        entry(
            Convention::MeanTest,
            "Which test compares two means?",
            &["baseline", "location"],
            words::mean_test,
            [
                "T-TEST, first line",
                "PROC TTEST, pooled line",
                "[R] ttest without unequal",
                "stats::t.test, var.equal = FALSE",
            ],
        ),
        entry(
            Convention::RankSum,
            "How is the P value of a rank-sum test found?",
            &["baseline", "location"],
            words::rank_sum,
            [
                "NPAR TESTS, M-W, asymptotic significance (up to 40 patients an exact one stands beside it)",
                "PROC NPAR1WAY, WILCOXON, CORRECT=YES",
                "[R] ranksum, normal approximation",
                "stats::wilcox.test, exact below 50 without ties, correct = TRUE",
            ],
        ),
        entry(
            Convention::SignedRank,
            "How is the P value of a signed-rank test found, and what becomes of differences of 0?",
            &["paired"],
            words::signed_rank,
            [
                "NPAR TESTS, WILCOXON, asymptotic significance",
                "PROC UNIVARIATE, signed rank statistic",
                "[R] signrank, normal approximation",
                "stats::wilcox.test, paired = TRUE, exact below 50 without ties and zeros, correct = TRUE",
            ],
        ),
        entry(
            Convention::Quantile,
            "How is a quantile between two values found?",
            &["baseline", "location", "paired"],
            words::quantile,
            [
                "EXAMINE, PERCENTILES HAVERAGE",
                "PROC UNIVARIATE, PCTLDEF=5",
                "[R] summarize, detail",
                "stats::quantile, type = 7",
            ],
        ),
        entry(
            Convention::RankCorrelation,
            "How is the P value of Spearman’s coefficient found?",
            &["correlation"],
            words::rank_correlation,
            [
                "NONPAR CORR, PRINT=SPEARMAN",
                "PROC CORR, SPEARMAN",
                "[R] spearman",
                "stats::cor.test, method = \"spearman\"",
            ],
        ),
        entry(
            Convention::PairedTest,
            "Which test compares paired levels?",
            &["paired"],
            words::paired_test,
            [
                "NPAR TESTS, MCNEMAR",
                "PROC FREQ, AGREE",
                "[R] mcc, McNemar’s chi2",
                "stats::mcnemar.test, correct = TRUE",
            ],
        ),
        entry(
            Convention::PairedDifference,
            "Which interval has the difference of paired shares?",
            &["paired"],
            words::paired_difference,
            [
                "PROPORTIONS, PAIREDSAMPLES, CITYPES, one of its two",
                "PROC FREQ, COMMONRISKDIFF over pairs",
                "[R] epitab, mcc, methods and formulas",
                "none in stats",
            ],
        ),
        entry(
            Convention::RiskInterval,
            "Which interval has a share of patients?",
            &["two_by_two", "trend", "paired"],
            words::risk_interval,
            [
                "PROPORTIONS, ONESAMPLE, CITYPES, one of its three",
                "PROC FREQ, BINOMIAL, exact line",
                "[R] ci proportions, exact",
                "stats::prop.test, correct = TRUE",
            ],
        ),
        entry(
            Convention::DifferenceInterval,
            "Which interval has a risk difference?",
            &["two_by_two"],
            words::difference_interval,
            [
                "PROPORTIONS, INDEPENDENTSAMPLES, CITYPES, one of its two",
                "PROC FREQ, RISKDIFF",
                "[R] epitab, cs",
                "stats::prop.test, correct = TRUE",
            ],
        ),
        entry(
            Convention::RatioInterval,
            "Which interval has a risk ratio?",
            &["two_by_two"],
            words::ratio_interval,
            ["CROSSTABS, STATISTICS=RISK", "PROC FREQ, RELRISK", "[R] epitab, cs", "none in stats"],
        ),
        entry(
            Convention::OddsInterval,
            "Which interval has an odds ratio of four counts?",
            &["two_by_two"],
            words::odds_interval,
            ["CROSSTABS, STATISTICS=RISK", "PROC FREQ, OR", "[R] epitab, cc", "stats::fisher.test"],
        ),
        entry(
            Convention::StratifiedCorrection,
            "Is the Mantel–Haenszel test corrected for continuity?",
            &["two_by_two"],
            words::stratified_correction,
            [
                "CROSSTABS, STATISTICS=CMH",
                "PROC FREQ, CMH",
                "[R] epitab, mhodds",
                "stats::mantelhaen.test, correct = TRUE",
            ],
        ),
        entry(
            Convention::Homogeneity,
            "Which test asks whether odds ratios are alike?",
            &["two_by_two"],
            words::homogeneity,
            ["CROSSTABS, STATISTICS=CMH", "PROC FREQ, CMH", "[R] epitab, bd tarone", "none in stats"],
        ),
        entry(
            Convention::LogisticInterval,
            "Which interval has an odds ratio of a logistic model?",
            &["logistic", "stepwise"],
            words::logistic_interval,
            [
                "LOGISTIC REGRESSION, PRINT=CI",
                "PROC LOGISTIC, CLODDS=WALD",
                "[R] logistic",
                "confint of stats::glm",
            ],
        ),
        entry(
            Convention::ReferenceLevel,
            "With which level does a model compare the others, where the plan names none?",
            &[
                "logistic",
                "cox",
                "fine_gray",
                "exact_logistic",
                "elastic_net",
                "stepwise",
                "parametric_survival",
                "mixture_cure",
                "logistic_influence",
                "proportional_hazards",
                "cox_residuals",
                "predicted_survival",
            ],
            words::reference_level,
            [
                "LOGISTIC REGRESSION, COXREG, CONTRAST, INDICATOR, up to release 27; since release 28 the first",
                "CLASS, REF=LAST",
                "[U] factor variables, base level",
                "stats::contr.treatment",
            ],
        ),
        entry(
            Convention::Contrast,
            "Where does the intercept of a logistic model with levels stand?",
            &["logistic", "stepwise"],
            words::contrast,
            [
                "LOGISTIC REGRESSION, CONTRAST INDICATOR",
                "PROC LOGISTIC, CLASS, PARAM=EFFECT",
                "[U] factor variables",
                "options(contrasts), contr.treatment",
            ],
        ),
        entry(
            Convention::SurvivalInterval,
            "On which scale is the interval of a survival probability made?",
            &["kaplan_meier", "predicted_survival", "survival_performance"],
            words::survival_interval,
            [
                "KM, standard error of the survival table",
                "PROC LIFETEST, CONFTYPE=LOGLOG",
                "[ST] sts list",
                "survival::survfit, conf.type = \"log\"",
            ],
        ),
        entry(
            Convention::SurvivalQuantile,
            "Which time is the median of a survival curve that is level at one half?",
            &["kaplan_meier", "predicted_survival"],
            words::survival_quantile,
            [
                "KM, percentiles of survival time",
                "PROC LIFETEST, product-limit method, quartiles",
                "[ST] stci, methods and formulas",
                "survival::quantile.survfit",
            ],
        ),
        entry(
            Convention::SurvivalQuantileInterval,
            "How is the interval of a median survival made?",
            &["kaplan_meier"],
            words::survival_quantile_interval,
            [
                "KM, algorithms, standard error of percentiles",
                "PROC LIFETEST, product-limit method, quartiles",
                "[ST] stci, methods and formulas",
                "survival::quantile.survfit",
            ],
        ),
        entry(
            Convention::IncidenceInterval,
            "On which scale is the interval of a cumulative incidence made?",
            &["cumulative_incidence"],
            words::incidence_interval,
            [
                "none",
                "PROC LIFETEST, FAILCODE, CONFTYPE=LOGLOG",
                "none in official Stata",
                "survival::survfit of several states, conf.type = \"log\"",
            ],
        ),
        entry(
            Convention::CoxTies,
            "How do tied times enter a Cox model?",
            &[
                "cox",
                "proportional_hazards",
                "cox_residuals",
                "predicted_survival",
                "survival_performance",
                "elastic_net",
                "stepwise",
            ],
            words::cox_ties,
            [
                "COXREG, algorithms",
                "PROC PHREG, TIES=BRESLOW",
                "[ST] stcox, breslow",
                "survival::coxph, ties = \"efron\"",
            ],
        ),
        entry(
            Convention::RobustVariance,
            "By what is the robust variance of a Cox model multiplied, with m patients or clusters?",
            &["cox", "predicted_survival"],
            words::robust_variance,
            [
                "none in COXREG; CSCOXREG is for survey samples",
                "PROC PHREG, COVS(AGGREGATE)",
                "[P] _robust; [ST] stcox, vce(robust), vce(cluster)",
                "survival::coxph, robust, cluster",
            ],
        ),
        entry(
            Convention::PooledDf,
            "Which degrees of freedom have figures that are pooled over imputed data sets?",
            &[
                "baseline",
                "location",
                "paired",
                "logistic",
                "cox",
                "fine_gray",
                "parametric_survival",
                "mixture_cure",
            ],
            words::pooled_df,
            [
                "MULTIPLE IMPUTATION, pooled output",
                "PROC MIANALYZE without EDF=",
                "[MI] mi estimate, methods and formulas",
                "mice::pool",
            ],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_depends_on_the_dialect_and_methods_exist() {
        let known: Vec<&str> = crate::methods().iter().map(|entry| entry.about.name).collect();
        for entry in conventions() {
            let own = (entry.choice)(Dialect::Farr);
            assert!(
                Dialect::ALL.iter().any(|dialect| (entry.choice)(*dialect) != own),
                "{:?}: all programs agree, so that it is no convention",
                entry.convention
            );
            assert!(entry.methods.iter().all(|method| known.contains(method)), "{:?}", entry.convention);
        }
    }

    #[test]
    fn each_convention_stands_once() {
        let mut all: Vec<Convention> = conventions().iter().map(|entry| entry.convention).collect();
        all.sort();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}

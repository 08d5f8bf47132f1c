//! The plan of a study: `study.toml`, typed. What the file says is what runs.

mod contradictions;

use crate::analysis::{Analysis, Heading, ObservedValues, analysis_tables};
use crate::nearest::suggest;
use crate::source_text::{SourceText, Step};
use crate::{
    Convention, Dialect, Endpoint, Imputation, ParameterValue, Place, Population, Problem, Variable,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use toml::de::{DeTable, Deserializer};

/// `[study]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudyHeading {
    /// Title of the report.
    pub title: String,
    /// A sentence or two that the report prints above the results.
    pub summary: Option<String>,
    /// A warning that every output carries, for example that the data are synthetic.
    pub warning: Option<String>,
    /// Whose conventions are followed where programs differ, for example in the handling of ties (docs/conventions.md).
    #[serde(default)]
    pub dialect: Dialect,
    /// Single conventions of another dialect than the study's, by their names in docs/conventions.md: `cox_ties = "r"`.
    #[serde(default)]
    pub conventions: BTreeMap<Convention, Dialect>,
    /// Confidence level of every interval, between 0 and 1.
    #[serde(default = "ninety_five")]
    pub confidence_level: f64,
    /// Seed of everything random (bootstrap, imputation, folds, simulated P values): the same seed gives the same numbers.
    #[serde(default = "first_seed")]
    pub seed: u64,
    /// A file with the figures that a paper printed, to be compared with the results.
    pub published: Option<PathBuf>,
    /// Rules of the review whose findings make `farr run` exit with code 1.
    #[serde(default)]
    pub must_pass: Vec<String>,
}

fn ninety_five() -> f64 {
    0.95
}

fn first_seed() -> u64 {
    1
}

/// `[registry]`: where the tables are, when not in the folder `registry/`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistryPlace {
    /// A folder, or one data file, relative to the study folder; the folder `registry` where absent.
    pub path: Option<PathBuf>,
}

/// The document without its analyses, whose options belong to their methods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// What is asked.
    pub study: StudyHeading,
    /// Where the data are.
    #[serde(default)]
    pub registry: RegistryPlace,
    /// Who is studied.
    pub population: Population,
    /// Variables: one value a patient each.
    #[serde(default)]
    pub variables: BTreeMap<String, Variable>,
    /// Endpoints: times to events.
    #[serde(default)]
    pub endpoints: BTreeMap<String, Endpoint>,
    /// How missing values are imputed (multiple imputation by chained equations), for the analyses with
    /// `missing = "impute"`.
    #[serde(default)]
    pub imputation: Imputation,
    /// Parameters of the clinical view NAME, by their names: true or false, a number, or text. `farr views` lists the views
    /// with their parameters and defaults.
    #[serde(default)]
    pub clinical: BTreeMap<String, BTreeMap<String, ParameterValue>>,
}

/// A plan that has been read and is consistent in itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Title, dialect, confidence level, seed.
    pub study: StudyHeading,
    /// Where the data are.
    pub registry: RegistryPlace,
    /// Who is studied.
    pub population: Population,
    /// In the order of the file.
    pub variables: Vec<Variable>,
    /// In the order of the file.
    pub endpoints: Vec<Endpoint>,
    /// How missing values are imputed, for the analyses that ask for it.
    pub imputation: Imputation,
    /// Parameters of the clinical views, by view: `farr views` lists them.
    pub clinical: BTreeMap<String, BTreeMap<String, ParameterValue>>,
    /// In the order of the file, which is the order of the report.
    pub analyses: Vec<Analysis>,
    /// The text, for places.
    pub source: SourceText,
}

impl Plan {
    /// Reads a plan. Everything wrong with it that can be known without the data is refused with its place.
    pub fn parse(source: SourceText) -> Result<Self, Problem> {
        let document = DeTable::parse(&source.text).map_err(|error| source.toml_problem(&error))?;
        let order = |section: &str, name: &str| {
            let table = document.get_ref().get(section).and_then(|value| value.get_ref().as_table());
            table.and_then(|table| table.get_key_value(name)).map_or(0, |(key, _)| key.span().start)
        };
        let mut rest = document.clone();
        rest.get_mut().remove("analyses");
        let file =
            PlanFile::deserialize(Deserializer::from(rest)).map_err(|error| source.toml_problem(&error))?;

        let mut variables = named(file.variables, |variable, name| variable.name = name);
        variables.sort_by_key(|variable| order("variables", &variable.name));
        let mut endpoints = named(file.endpoints, |endpoint, name| endpoint.name = name);
        endpoints.sort_by_key(|endpoint| order("endpoints", &endpoint.name));
        let analyses = headings(&source)?;
        let plan = Self {
            study: file.study,
            registry: file.registry,
            population: file.population,
            variables,
            endpoints,
            imputation: file.imputation,
            clinical: file.clinical,
            analyses,
            source,
        };
        Problem::collect(contradictions::of(&plan))?;
        Ok(plan)
    }

    /// Whose answer to a question is followed.
    pub fn dialect(&self, convention: Convention) -> Dialect {
        self.study.conventions.get(&convention).copied().unwrap_or(self.study.dialect)
    }

    /// The declared variable of that name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// The endpoint of that name; an unknown one is refused at its place in the analysis.
    pub fn endpoint(&self, name: &str, analysis: &Analysis, key: &str) -> Result<&Endpoint, Problem> {
        self.endpoints.iter().find(|endpoint| endpoint.name == name).ok_or_else(|| {
            analysis
                .refuse(&[key.into()], format!("no endpoint is called `{name}`"))
                .help(suggest(name, self.endpoints.iter().map(|endpoint| endpoint.name.as_str())))
        })
    }

    /// The place of a value in the plan.
    pub fn place(&self, path: &[Step]) -> Option<Place> {
        self.source.locate(path)
    }
}

fn named<T>(map: BTreeMap<String, T>, mut name: impl FnMut(&mut T, String)) -> Vec<T> {
    map.into_iter()
        .map(|(key, mut value)| {
            name(&mut value, key);
            value
        })
        .collect()
}

fn headings(source: &SourceText) -> Result<Vec<Analysis>, Problem> {
    let mut analyses = Vec::new();
    for (index, mut table) in analysis_tables(source)?.into_iter().enumerate() {
        let span = table.span();
        let unwanted: Vec<String> = table
            .get_ref()
            .keys()
            .map(|key| key.get_ref().to_string())
            .filter(|key| !Heading::KEYS.contains(&key.as_str()))
            .collect();
        for key in unwanted {
            table.get_mut().remove(key.as_str());
        }
        let heading = Heading::deserialize(Deserializer::from(table))
            .map_err(|error| source.toml_problem(&error).at(source.place(span)))?;
        analyses.push(Analysis { heading, index, source: source.clone(), observed: ObservedValues::new() });
    }
    Ok(analyses)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = r#"[study]
title = "T"
[population]
table = "patients"
[variables.zeta]
sql = "a"
[variables.alpha]
levels = [{ value = "x" }, { value = "y" }]
reference = "y"
[[analyses]]
id = "table-1"
method = "baseline"
by = "alpha"
"#;

    fn refusal(text: &str) -> (String, usize, usize, String) {
        let problem = Plan::parse(SourceText::new("study.toml", text)).unwrap_err();
        let Some(Place::Text { line, column, .. }) = problem.place else { panic!("{problem}") };
        (problem.message, line, column, problem.help.unwrap_or_default())
    }

    #[test]
    fn a_level_that_is_bare_text_is_told_how_levels_are_written() {
        let text = PLAN.replace("[{ value = \"x\" }, { value = \"y\" }]", "[\"x\", \"y\"]");
        let (message, line, column, _) = refusal(&text);
        assert!(message.contains("a level, for example { value = "), "{message}");
        assert_eq!((line, column), (8, 11));
    }

    #[test]
    fn a_plan_keeps_the_order_of_its_file() {
        let plan = Plan::parse(SourceText::new("study.toml", PLAN)).unwrap();
        let names: Vec<&str> = plan.variables.iter().map(|v| v.name.as_str()).collect();
        assert_eq!(names, ["zeta", "alpha"]);
        assert_eq!(plan.analyses[0].id(), "table-1");
    }

    #[test]
    fn a_misspelt_key_is_refused_with_place_and_nearest() {
        let (message, line, column, help) = refusal(&PLAN.replace("title", "titel"));
        assert_eq!((message.as_str(), line, column), ("unknown key `titel`", 2, 1));
        assert_eq!(help, "did you mean `title`?");
    }

    #[test]
    fn a_wrong_type_is_refused_with_its_place() {
        let (_, line, column, _) = refusal(&PLAN.replace("\"T\"", "3"));
        assert_eq!((line, column), (2, 9));
    }

    #[test]
    fn contradictions_are_refused_with_their_place() {
        let (message, line, ..) = refusal(&PLAN.replace("reference = \"y\"", "reference = \"z\""));
        assert_eq!((message.as_str(), line), ("the reference `z` is not a level", 9));
        let (_, line, ..) = refusal(&PLAN.replace("table = \"patients\"", "label = \"x\""));
        assert_eq!(line, 3);
        let (message, line, ..) = refusal(&PLAN.replace("table-1", "../x"));
        assert_eq!((message.as_str(), line), ("the id `../x` cannot name a file", 11));
        let (_, line, ..) = refusal(&PLAN.replace("method = \"baseline\"", "metod = \"baseline\""));
        assert_eq!(line, 10);
    }

    #[test]
    fn intervals_need_a_beginning_and_a_patient() {
        let endpoint = "[endpoints.os]\nview = \"visits\"\ntime = \"b\"\nevent = \"d\"\n";
        let with = |population: &str, more: &str| {
            let population = format!("table = \"patients\"\n{population}");
            let text = PLAN.replace("table = \"patients\"\n", &population);
            text.replace("[[analyses]]", &format!("{endpoint}{more}[[analyses]]"))
        };
        let (message, line, ..) = refusal(&with("id = \"id\"\n", ""));
        assert_eq!((message.as_str(), line), ("the intervals of `visits` have no beginning", 12));
        let (message, ..) = refusal(&with("", "entry = \"a\"\n"));
        assert!(message.starts_with("nothing tells whose intervals"), "{message}");
        let text = with("id = \"id\"\n", "entry = \"a\"\n");
        let variable = "[variables.drug]\nview = \"visit\"\n[[analyses]]";
        let (message, .., help) = refusal(&text.replace("[[analyses]]", variable));
        assert_eq!(message, "no endpoint has the view `visit`");
        assert_eq!(help, "did you mean `visits`?");
        let (message, ..) = refusal(&text.replace("view = \"visits\"\n", "id = \"who\"\n"));
        assert_eq!(message, "the endpoint `os` has an `id`, but no `view`");
    }

    #[test]
    fn options_of_a_method_are_refused_with_their_place() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Options {
            #[allow(dead_code)]
            group: String,
        }
        let plan = Plan::parse(SourceText::new("study.toml", PLAN)).unwrap();
        let problem = plan.analyses[0].options::<Options>().unwrap_err();
        let Some(Place::Text { line, column, .. }) = problem.place else { panic!("{problem}") };
        assert_eq!((line, column), (13, 1));
        assert!(problem.message.starts_with("unknown key `by`"), "{problem}");
    }
}

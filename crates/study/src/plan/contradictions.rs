//! What in a plan cannot be, as far as that can be known without the data.

use super::Plan;
use crate::nearest::suggest;
use crate::source_text::Step;
use crate::{Endpoint, Kind, Problem, Variable};

/// Everything, each with its place.
pub(super) fn of(plan: &Plan) -> Vec<Problem> {
    let mut found = Contradictions { plan, problems: Vec::new() };
    found.of_headings();
    plan.variables.iter().for_each(|variable| found.of_levels(variable));
    plan.endpoints.iter().for_each(|endpoint| found.of_times(endpoint));
    for (path, message, help) in plan.imputation.contradictions() {
        found.refuse(&path, message, help);
    }
    plan.endpoints.iter().for_each(|endpoint| found.of_intervals(endpoint));
    plan.variables.iter().for_each(|variable| found.of_view(variable));
    found.of_names();
    found.problems
}

struct Contradictions<'a> {
    plan: &'a Plan,
    problems: Vec<Problem>,
}

impl Contradictions<'_> {
    fn refuse(&mut self, path: &[Step], message: String, help: &str) {
        self.problems.push(Problem::input(message).at(self.plan.place(path)).help(help));
    }

    fn of_headings(&mut self) {
        let level = self.plan.study.confidence_level;
        if !(0.5..1.0).contains(&level) {
            let message = format!("the confidence level {level} is not between 0.5 and 1");
            self.refuse(&["study".into(), "confidence_level".into()], message, "write 0.95 for 95 %");
        }
        let population = &self.plan.population;
        if population.view.is_some() == population.table.is_some() {
            let message = "the population needs either a view or a table".into();
            let help = "name a file of `sql/` with `view`, or a table of the registry with `table`";
            self.refuse(&["population".into()], message, help);
        }
    }

    fn of_levels(&mut self, variable: &Variable) {
        let path = |key: &str| ["variables".into(), variable.name.as_str().into(), key.into()];
        let values: Vec<&str> = variable.levels.iter().map(|level| level.value.as_str()).collect();
        for (index, value) in values.iter().enumerate() {
            if values[..index].contains(value) {
                self.refuse(&path("levels"), format!("the level `{value}` stands twice"), "remove one");
            }
        }
        if let Some(reference) = &variable.reference
            && !values.is_empty()
            && !values.contains(&reference.as_str())
        {
            let help = suggest(reference, values.iter().copied());
            self.refuse(&path("reference"), format!("the reference `{reference}` is not a level"), &help);
        }
        let levelled = !variable.levels.is_empty() || variable.reference.is_some();
        if levelled && matches!(variable.kind, Some(Kind::Number | Kind::Date)) {
            let message = format!("`{}` is a number or date and cannot have levels", variable.name);
            let help = "remove `levels` and `reference`, or write kind = \"category\"";
            self.refuse(&path("levels"), message, help);
        }
    }

    fn of_times(&mut self, endpoint: &Endpoint) {
        let dates = endpoint.start.is_some() && endpoint.end.is_some();
        let partly = endpoint.start.is_some() != endpoint.end.is_some();
        if partly || dates == endpoint.time.is_some() {
            let path = ["endpoints".into(), endpoint.name.as_str().into()];
            let message = format!("the endpoint `{}` needs `start` and `end`, or else `time`", endpoint.name);
            self.refuse(&path, message, "give two dates, or a number in `unit`");
        }
    }

    fn of_intervals(&mut self, endpoint: &Endpoint) {
        let path = |key: &str| ["endpoints".into(), endpoint.name.as_str().into(), key.into()];
        let Some(view) = &endpoint.view else {
            if endpoint.id.is_some() {
                let message = format!("the endpoint `{}` has an `id`, but no `view`", endpoint.name);
                self.refuse(&path("id"), message, "name the view with one row for each interval");
            }
            return;
        };
        if endpoint.entry.is_none() {
            let message = format!("the intervals of `{view}` have no beginning");
            self.refuse(&path("view"), message, "say in `entry` when the interval of a row begins");
        }
        if self.plan.population.id.is_none() {
            let message = format!("nothing tells whose intervals those of `{view}` are");
            self.refuse(&path("view"), message, "give the population an `id`, which the view has too");
        }
    }

    fn of_view(&mut self, variable: &Variable) {
        let Some(view) = &variable.view else { return };
        let views: Vec<&str> =
            self.plan.endpoints.iter().filter_map(|endpoint| endpoint.view.as_deref()).collect();
        if !views.contains(&view.as_str()) {
            let path = ["variables".into(), variable.name.as_str().into(), "view".into()];
            let help = suggest(view, views);
            self.refuse(&path, format!("no endpoint has the view `{view}`"), &help);
        }
    }

    /// Analyses are told apart by their ids, of which files are named.
    fn of_names(&mut self) {
        let analyses = &self.plan.analyses;
        for (index, analysis) in analyses.iter().enumerate() {
            let (path, id) = (["analyses".into(), index.into(), "id".into()], analysis.id());
            let readable = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            if id.is_empty() || id.starts_with('.') || !id.chars().all(readable) {
                let message = format!("the id `{id}` cannot name a file");
                self.refuse(&path, message, "use letters, digits, `-` and `_`");
            }
            if analyses[..index].iter().any(|earlier| earlier.id() == id) {
                self.refuse(&path, format!("two analyses are called `{id}`"), "give each its own id");
            }
        }
    }
}

//! Which analyses share an imputation, and which columns it must have counted together.

use std::collections::BTreeSet;
use study::nearest::suggest;
use study::{Analysis, ColumnRequest, ColumnSource, CountRequest, Plan, Problem};

/// The options that name a variable which is not imputed by itself.
const KEPT: [&str; 4] = ["outcome", "weights", "cluster", "folds_by"];

/// The analyses of the same patients: one imputation serves them all, so that their numbers agree with one another.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// Positions of the analyses in the plan.
    pub analyses: Vec<usize>,
    /// The condition of the subgroup: a subgroup is imputed by itself, as if it were the study.
    pub condition: Option<String>,
    /// All columns together.
    pub request: CountRequest,
    /// The variables whose missing values are imputed.
    pub(super) imputed: BTreeSet<String>,
    /// Outcomes of its analyses, and what tells how much patients count or who belongs together: these predict, and are
    /// imputed only where the plan names them.
    pub(super) kept: BTreeSet<String>,
}

/// The scopes of a plan, in the order of its analyses; `requests` are those of the analyses that ask for imputation.
pub fn scopes(plan: &Plan, requests: &[(&Analysis, Vec<CountRequest>)]) -> Result<Vec<Scope>, Problem> {
    let mut scopes: Vec<Scope> = Vec::new();
    for (analysis, requests) in requests {
        let mut columns = requests.iter().flat_map(|request| &request.columns);
        if columns.any(|column| matches!(column.source, ColumnSource::Patient(_))) {
            let message = "what changes from interval to interval is not imputed";
            return Err(analysis
                .refuse(&["missing".into()], message)
                .help("analyse the complete intervals, without missing = \"impute\""));
        }
        let condition = analysis.heading.r#where.clone();
        let known = scopes.iter().position(|scope| scope.condition == condition);
        let index = known.unwrap_or_else(|| {
            scopes.push(Scope {
                analyses: Vec::new(),
                condition,
                request: CountRequest::default(),
                imputed: BTreeSet::new(),
                kept: BTreeSet::new(),
            });
            scopes.len() - 1
        });
        let scope = &mut scopes[index];
        scope.analyses.push(analysis.index);
        for column in requests.iter().flat_map(|request| &request.columns) {
            if column.path.first().is_some_and(|role| KEPT.iter().any(|kept| *role == (*kept).into())) {
                scope.kept.extend(variable(column).map(String::from));
            }
            scope.add(column.clone());
        }
    }
    let asked = &plan.imputation;
    for scope in &mut scopes {
        let covariates: Vec<String> =
            scope.request.columns.iter().filter_map(variable).map(String::from).collect();
        let further = asked.variables.iter().flatten().chain(&asked.auxiliary);
        for name in further {
            scope.add(ColumnRequest::variable(name, ["missing".into()]));
        }
        scope.imputed = match &asked.variables {
            Some(named) => named.iter().cloned().collect(),
            None => covariates.into_iter().filter(|name| !scope.kept.contains(name)).collect(),
        };
    }
    refuse_unused(plan, &scopes)?;
    Ok(scopes)
}

fn variable(column: &ColumnRequest) -> Option<&str> {
    match &column.source {
        ColumnSource::Variable(name) => Some(name),
        _ => None,
    }
}

impl Scope {
    fn add(&mut self, column: ColumnRequest) {
        if !self.request.columns.iter().any(|known| known.source == column.source) {
            self.request.columns.push(column);
        }
    }
}

/// A method or shift for a variable that nothing imputes is a slip of the pen.
fn refuse_unused(plan: &Plan, scopes: &[Scope]) -> Result<(), Problem> {
    if scopes.is_empty() {
        return Ok(());
    }
    let known: BTreeSet<&str> =
        scopes.iter().flat_map(|scope| scope.request.columns.iter().filter_map(variable)).collect();
    let mut problems = Vec::new();
    let methods = plan.imputation.methods.keys().map(|name| ("methods", name));
    for (key, name) in methods.chain(plan.imputation.delta.keys().map(|name| ("delta", name))) {
        if !known.contains(name.as_str()) {
            problems.push(
                Problem::input(format!("`{name}` is in no analysis with `missing = \"impute\"`"))
                    .at(plan.place(&["imputation".into(), key.into(), name.as_str().into()]))
                    .help(suggest(name, known.iter().copied())),
            );
        }
    }
    Problem::collect(problems)
}

//! From options and counts to a fitted model.

use super::{FittedCox, Row, without_model};
use crate::design::{ABSENT, Covariate, Patterns, Scale, Term};
use crate::methods::cox::{Ties, TimeToEvent};
use crate::methods::models::{
    ModelOptions, Multivariable, Outcome, ReadTerms, check_terms, name_endpoint, read_terms, term_requests,
};
use crate::missing::excluded;
use crate::regression;
use study::{
    Analysis, ColumnRequest, ColumnSource, Convention, CountRequest, CountTable, Endpoint, Group,
    MissingCount, Notice, Plan, Problem, Results,
};

const TOGETHER: Multivariable = Multivariable::Switch(true);

/// The options that name the model, wherever they are stored.
pub(in crate::methods) struct CoxTerms<'a> {
    /// An endpoint of the plan.
    pub(in crate::methods) endpoint: &'a str,
    /// Variables.
    pub(in crate::methods) terms: &'a [String],
    /// How tied events are handled; by dialect where absent.
    pub(in crate::methods) ties: Option<Ties>,
}

impl CoxTerms<'_> {
    fn models(&self) -> ModelOptions<'_> {
        ModelOptions { terms: self.terms, univariable: false, multivariable: &TOGETHER }
    }

    /// The one count table of time × event × terms.
    pub(in crate::methods) fn requests(
        &self,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        plan.endpoint(self.endpoint, analysis, "endpoint")?;
        check_terms(&self.models(), analysis, plan, "")?;
        if self.ties == Some(Ties::Exact) {
            let message = "what follows a Cox model is not known for exact ties";
            return Err(analysis.refuse(&["ties".into()], message).help("use `efron` or `breslow`"));
        }
        // Time first: the rows then come in its order.
        let mut columns = ColumnRequest::endpoint(self.endpoint, ["endpoint".into()]).to_vec();
        columns.extend(term_requests(&self.models()));
        Ok(vec![CountRequest { columns }])
    }

    /// How ties are handled.
    pub(in crate::methods) fn ties(&self, plan: &Plan) -> Ties {
        self.ties.unwrap_or(Ties::of(plan.dialect(Convention::CoxTies)))
    }

    /// The model in words: `Cox model of sex and age`.
    pub(in crate::methods) fn sentence(&self, plan: &Plan, endpoint: &Endpoint) -> String {
        let label = |name: &str| plan.variable(name).map_or(name, |variable| variable.text()).to_string();
        let label = |text: &String| match Term::of(text) {
            Term::Variable(name) => label(&name),
            Term::Interaction(names) => names.iter().map(|name| label(name)).collect::<Vec<_>>().join(" × "),
            Term::Spline { variable, .. } => format!("{} (restricted cubic spline)", label(&variable)),
        };
        let terms: Vec<String> = self.terms.iter().map(label).collect();
        let ties = match self.ties(plan) {
            Ties::Efron => "Efron’s",
            Ties::Breslow => "Breslow’s",
            Ties::Exact => "the exact",
        };
        format!(
            "A Cox model of {} was fitted with {}; ties were handled by {ties} method.",
            endpoint.text(),
            terms.join(", ")
        )
    }
}

/// Fits the model and writes into the results who was analysed; `None`, with a notice, where there is no finite model.
pub(in crate::methods) fn fit<'a>(
    terms: &CoxTerms<'_>,
    analysis: &Analysis,
    plan: &Plan,
    tables: &'a [CountTable],
    results: &mut Results,
) -> Result<Option<FittedCox<'a>>, Problem> {
    let [table] = tables else { return Err(Problem::internal("a Cox model needs one count table")) };
    let endpoint = plan.endpoint(terms.endpoint, analysis, "endpoint")?;
    let time = table.column(&ColumnSource::Time(endpoint.name.clone()).column())?;
    let event = table.column(&ColumnSource::Event(endpoint.name.clone()).column())?;
    let ties = terms.ties(plan);
    let outcome = TimeToEvent::read(&endpoint.name, time, event, table.n(), ties)
        .map_err(|problem| problem.at(analysis.place(&["endpoint".into()])))?;
    name_endpoint(endpoint, results);
    let ReadTerms { covariates, labels } = read_terms(table, analysis, &terms.models().all_terms())?;
    results.variables.extend(labels);
    let known = |row: usize| outcome.is_known(row) && covariates.iter().all(|c| c.codes[row] != ABSENT);
    let rows: Vec<u32> = (0..table.rows()).filter(|row| known(*row)).map(|row| row as u32).collect();
    describe(table, &outcome, &covariates, &endpoint.name, &rows, results);
    let group = &results.groups[0];
    if let Some(notice) = outcome.constant(group.events.unwrap_or(0), group.n) {
        results.notices.push(notice);
        return Ok(None);
    }
    let refs: Vec<&Covariate> = covariates.iter().collect();
    let (design, model) = outcome.model(&refs, &rows);
    results.notices.extend(design.notices.iter().cloned());
    if design.columns.is_empty() {
        without_model(results, "No term varies among those at risk");
        return Ok(None);
    }
    let (beta, covariance) = match regression::fit(&model, None) {
        Ok(fit) if fit.separation.is_none() => (fit.maximum.beta.clone(), fit.covariance.clone()),
        Ok(_) => {
            let reason =
                "A hazard ratio of the model is infinite (a level goes with the event without exception)";
            without_model(results, reason);
            return Ok(None);
        }
        Err(regression::NotConverged(iterations)) => {
            results.notices.push(Notice::NotConverged { model: "Cox model".into(), iterations });
            return Ok(None);
        }
    };
    let patterns = Patterns::new(&refs, &rows);
    let x = design.rows_of(&refs, &patterns);
    let eta: Vec<f64> = if beta.is_empty() {
        vec![0.0; patterns.len()]
    } else {
        x.chunks_exact(beta.len()).map(|row| row.iter().zip(&beta).map(|(x, b)| x * b).sum()).collect()
    };
    let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let risk = eta.iter().map(|eta| libm::exp(eta - shift)).collect();
    let (values, scale) = (time.numbers()?, endpoint.scale());
    let mut times = Vec::new();
    let mut counted = Vec::with_capacity(rows.len());
    let mut last = None;
    for (row, pattern) in rows.iter().zip(&patterns.of_row) {
        let at = *row as usize;
        if last != Some(outcome.times[at]) {
            last = Some(outcome.times[at]);
            times.push(values[at] / scale);
        }
        let time = times.len() as u32 - 1;
        counted.push(Row { time, event: outcome.is_event(at), pattern: *pattern, n: table.n()[at] });
    }
    let fitted = FittedCox {
        design,
        rows: counted,
        times,
        patterns,
        x,
        beta,
        covariance,
        eta,
        risk,
        shift,
        ties,
        covariates,
    };
    Ok(Some(fitted))
}

fn describe(
    table: &CountTable,
    outcome: &TimeToEvent<'_>,
    covariates: &[Covariate<'_>],
    endpoint: &str,
    rows: &[u32],
    results: &mut Results,
) {
    let lacking = |absent: &dyn Fn(usize) -> bool| -> u64 {
        (0..table.rows()).filter(|row| absent(*row)).map(|row| table.n()[row]).sum()
    };
    let mut missing =
        vec![MissingCount { variable: endpoint.into(), n: lacking(&|row| !outcome.is_known(row)) }];
    for covariate in covariates.iter().filter(|covariate| !matches!(covariate.scale, Scale::Interaction(_))) {
        let n = lacking(&|row| covariate.codes[row] == ABSENT);
        missing.push(MissingCount { variable: covariate.name.clone(), n });
    }
    results.notices.extend(excluded(&missing));
    let n = rows.iter().map(|row| table.n()[*row as usize]).sum();
    let with = rows.iter().filter(|row| outcome.is_event(**row as usize));
    let events = with.map(|row| table.n()[*row as usize]).sum();
    results.participants.eligible = table.total();
    results.participants.analysed = n;
    results.participants.missing = missing;
    results.groups = vec![Group { level: None, label: "All patients".into(), n, events: Some(events) }];
}

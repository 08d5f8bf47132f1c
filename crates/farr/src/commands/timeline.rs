//! `farr timeline`.

use super::flat::write_whole;
use super::{Manner, json, print};
use crate::diagnostic::Naming;
use crate::spinner::Spinner;
use clap::{Args, ValueEnum};
use report::displays::patient_timeline::{self, TimeAxis, TimelineOptions};
use report::displays::swimmer_plot;
use report::{Display, formats};
use run::{SwimmerQuestion, Zero};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use study::{Place, Problem};

/// What the axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Axis {
    Months,
    Days,
    Dates,
}

/// Draw the course of one patient, or of many, on one time axis.
///
/// With --patient: diagnosis, scans with responses and the sizes of lesions, treatment, laboratory, surgery, pathology and
/// follow-up, from the tables of the registry model; one that is not there is left out. The picture has the patient's data, and the name
/// unless --title puts other words in its place.
///
/// Without: a swimmer plot, one bar a patient of the study's analysis set or of the registry, the longest first. Patients
/// have no names in it unless --identify gives them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    farr timeline examples/crlm-pcr --patient P0042 -o patient.svg\n  \
    farr timeline registry --patient P0042 --axis dates --laboratory CEA,CA19-9 -o patient.html\n  \
    farr timeline examples/crlm-pcr --patients 40 -o swimmers.svg\n  \
    farr timeline examples/crlm-pcr --where \"pcr = 'yes'\" -o responders.svg")]
pub(crate) struct Timeline {
    /// The study folder, a folder of tables, or a single table
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The one patient whose course is drawn
    #[arg(long)]
    patient: Option<String>,
    /// At most so many patients, drawn at random by the seed of the study
    #[arg(long, value_name = "N", conflicts_with = "patient", value_parser = clap::value_parser!(u32).range(1..))]
    patients: Option<u32>,
    /// Only patients who fulfil this SQL condition: over the analysis set, or over a registry's table of patients
    #[arg(long = "where", value_name = "SQL", conflicts_with = "patient")]
    condition: Option<String>,
    /// The day that is counted from: operation, treatment, diagnosis, metastasis, or YYYY-MM-DD [default: operation]
    #[arg(long, value_name = "EVENT", value_parser = zero)]
    zero: Option<Zero>,
    /// What the axis counts
    #[arg(long, value_enum, default_value = "months")]
    axis: Axis,
    /// One scale for all days, however little room that leaves the treatment of the patient
    #[arg(long, requires = "patient")]
    one_scale: bool,
    /// The laboratory tests of the patient to show [default: CEA, or what was measured most often]
    #[arg(long, value_name = "TESTS", value_delimiter = ',', requires = "patient")]
    laboratory: Vec<String>,
    /// What stands above the picture instead of the patient's name
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The file to write: .svg, .html or .json
    #[arg(long, short)]
    output: Option<PathBuf>,
}

fn zero(text: &str) -> Result<Zero, String> {
    Zero::read(text).ok_or_else(|| {
        "not an event or day: write operation, treatment, diagnosis, metastasis or a day as 2006-02-01".into()
    })
}

impl Timeline {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let output = target(self.output.as_deref(), manner)?;
        let axis = match self.axis {
            Axis::Months => TimeAxis::Months,
            Axis::Days => TimeAxis::Days,
            Axis::Dates => TimeAxis::Dates,
        };
        let spinner = Spinner::new(manner.quiet || manner.json);
        let zero = self.zero.unwrap_or(Zero::Default);
        if let Some(patient) = &self.patient {
            let timeline = run::timeline(&self.path, patient, zero, &self.laboratory, &spinner)?;
            spinner.finish();
            let options = TimelineOptions { axis, title: self.title.clone(), one_scale: self.one_scale };
            return write(output, || json(&timeline), || patient_timeline::display(&timeline, &options));
        }
        if axis == TimeAxis::Dates {
            return Err(Problem::input(
                "the bars of a swimmer plot begin together, and have no common dates",
            )
            .help("leave --axis out, or draw one course with --patient"));
        }
        let question = SwimmerQuestion {
            condition: self.condition.clone(),
            at_most: self.patients.map(|n| n as usize),
            zero,
            named: manner.naming == Naming::Named,
        };
        let swimmers = run::swimmers(&self.path, question, &spinner)?;
        spinner.finish();
        write(output, || json(&swimmers), || swimmer_plot::display(&swimmers, axis, self.title.as_deref()))
    }
}

/// Where a drawing goes.
enum Target<'a> {
    /// JSON to the terminal.
    Json,
    /// A file, with the ending of its name.
    File(&'a Path, String),
}

/// The endings that can be written.
const ENDINGS: [&str; 3] = ["svg", "html", "json"];

/// Where a drawing is to go; refused before anything is read.
fn target(output: Option<&Path>, manner: Manner) -> Result<Target<'_>, Problem> {
    let Some(path) = output else {
        if manner.json {
            return Ok(Target::Json);
        }
        return Err(Problem::input("a drawing needs a file").help("name one with -o FILE.svg"));
    };
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    if !ENDINGS.contains(&ending.as_str()) {
        return Err(Problem::input("this kind of file cannot be written")
            .at(Place::Path(path.to_path_buf()))
            .help("end the name in .svg, .html or .json"));
    }
    Ok(Target::File(path, ending))
}

/// Writes the drawing, or what it is drawn from.
fn write(
    target: Target<'_>,
    data: impl FnOnce() -> Result<String, Problem>,
    display: impl FnOnce() -> Display,
) -> Result<ExitCode, Problem> {
    match target {
        Target::Json => print(&data()?)?,
        Target::File(path, ending) => {
            let text = match ending.as_str() {
                "html" => formats::html::page_of(&display()),
                "json" => data()?,
                _ => display().figure().map(formats::svg::render).unwrap_or_default(),
            };
            write_whole(path, text.as_bytes())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

//! The tables of the model: their columns and what these hold.

use std::borrow::Cow;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Number,
    Integer,
    Date,
    Flag,
}

/// A table.
#[derive(Debug)]
pub(super) struct TableModel {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, Holds)],
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Missing,
    Text(Cow<'static, str>),
    Number(f64),
    Integer(i64),
    /// Days since 1970.
    Date(i32),
    Flag(bool),
}

impl Cell {
    /// A text that is known beforehand.
    pub(super) fn of(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// Any text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(Cow::Owned(text.into()))
    }

    /// The number, whole or not.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Integer(number) => Some(*number as f64),
            _ => None,
        }
    }

    /// The day.
    pub(super) fn day(&self) -> Option<i32> {
        if let Self::Date(day) = self { Some(*day) } else { None }
    }

    /// Whether it is this text.
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self, Self::Text(own) if own == text)
    }
}

/// Cells in the order of the columns.
pub(super) type Row = Vec<Cell>;

use Holds::{Date, Flag, Integer, Number, Text};

pub(super) const TABLES: &[TableModel] = &[
    TableModel {
        name: "patients",
        columns: &[
            ("patient_id", Text),
            ("sex", Text),
            ("birth_date", Date),
            ("primary_site", Text),
            ("primary_t", Text),
            ("primary_n", Text),
            ("primary_diagnosis_date", Date),
            ("liver_metastasis_date", Date),
            ("kras", Text),
            ("nras", Text),
            ("braf_v600e", Text),
            ("msi", Text),
            ("center_id", Text),
        ],
    },
    TableModel {
        name: "lesions",
        columns: &[
            ("patient_id", Text),
            ("lesion_id", Text),
            ("organ", Text),
            ("segment", Text),
            ("role", Text),
            ("first_seen", Date),
        ],
    },
    TableModel {
        name: "measurements",
        columns: &[
            ("patient_id", Text),
            ("lesion_id", Text),
            ("exam_date", Date),
            ("modality", Text),
            ("diameter_mm", Number),
            ("state", Text),
        ],
    },
    TableModel {
        name: "treatments",
        columns: &[
            ("patient_id", Text),
            ("cycle", Integer),
            ("line", Integer),
            ("start_date", Date),
            ("regimen", Text),
            ("drugs", Text),
            ("route", Text),
        ],
    },
    TableModel {
        name: "labs",
        columns: &[
            ("patient_id", Text),
            ("sample_date", Date),
            ("analyte", Text),
            ("value", Number),
            ("unit", Text),
        ],
    },
    TableModel {
        name: "operations",
        columns: &[
            ("patient_id", Text),
            ("operation_date", Date),
            ("procedure", Text),
            ("margin", Text),
            ("extrahepatic", Text),
        ],
    },
    TableModel {
        name: "pathology",
        columns: &[
            ("patient_id", Text),
            ("operation_date", Date),
            ("tumor", Text),
            ("size_mm", Number),
            ("residual_percent", Number),
            ("reviewed_by", Text),
        ],
    },
    TableModel {
        name: "follow_up",
        columns: &[
            ("patient_id", Text),
            ("visit_date", Date),
            ("status", Text),
            ("recurrence", Text),
            ("recurrence_site", Text),
            ("cea", Number),
        ],
    },
    TableModel {
        name: "scores",
        columns: &[
            ("patient_id", Text),
            ("node_positive", Flag),
            ("interval_under_12", Flag),
            ("several", Flag),
            ("large", Flag),
            ("high_cea", Flag),
            ("score", Integer),
        ],
    },
];

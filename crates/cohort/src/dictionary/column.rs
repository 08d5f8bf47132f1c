//! One column of the dictionary.

use crate::cells::{DateFormat, unit_key};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Any text.
    Text,
    /// One of a set of values.
    Category,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// A calendar day.
    Date,
    /// Yes or no, written yes/no, true/false or 1/0.
    Flag,
}

impl ColumnKind {
    /// As the dictionary writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Category => "category",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Date => "date",
            Self::Flag => "flag",
        }
    }
}

/// What separates the decimals of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decimal {
    /// `1.5`.
    #[default]
    Point,
    /// `1,5`.
    Comma,
    /// Both occur; a number with both is refused.
    Either,
}

/// How a value below the limit of detection, written `<0.5`, is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BelowDetection {
    /// As the limit.
    Limit,
    /// As half the limit.
    Half,
}

/// What a column tells of a person, which decides what `farr share` does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Names a patient, a sample or a row: replaced by a pseudonym.
    Identifier,
    /// A calendar day: shifted, by as much as every other day of the patient.
    Date,
    /// The day of birth: shifted likewise, and moved where it would tell an age over 89.
    BirthDate,
    /// An age in years: 90 where it is over 89.
    Age,
    /// Anything that people have typed: left out.
    FreeText,
    /// Does not name a patient but may help to find one, such as a hospital or a postal area: kept, and listed.
    Quasi,
    /// A measurement or finding: kept.
    Value,
}

/// One allowed value of a category.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The value after reading.
    pub value: String,
    /// What the report prints.
    #[serde(default)]
    pub label: String,
    /// Other spellings in the file.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// `[tables.TABLE.columns.NAME]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnEntry {
    /// What it holds; as the file says, or its values show, where absent.
    pub r#type: Option<ColumnKind>,
    /// What the report prints; the file's own label, or the name, where absent.
    pub label: Option<String>,
    /// The unit of the values after reading; where it stands behind a number in the file it is left out.
    pub unit: Option<String>,
    /// The column that has each row's unit; needs `unit` and `units`.
    pub unit_column: Option<String>,
    /// By which factor a value in each unit becomes one in `unit`. Units are compared without regard to case.
    #[serde(default)]
    pub units: BTreeMap<String, f64>,
    /// Least and greatest value that can be true, in `unit`; a number outside is refused.
    pub range: Option<[f64; 2]>,
    /// Values that mean "missing", beside empty ones and those of the table and of the registry.
    #[serde(default)]
    pub missing: Vec<String>,
    /// What the file itself says of missing values: why they are.
    #[serde(skip)]
    #[schemars(skip)]
    pub reasons: BTreeMap<String, String>,
    /// What separates the decimals; as the table says where absent, else found out.
    pub decimal: Option<Decimal>,
    /// How `<0.5` is read; refused where absent.
    pub below_detection: Option<BelowDetection>,
    /// The allowed values in the order of the report; any other is refused. With codes and no `type` it is a category.
    #[serde(default)]
    pub codes: Vec<Code>,
    /// Whether codes are compared without regard to case.
    #[serde(default = "yes")]
    pub ignore_case: bool,
    /// What separates the elements, where a cell is a list of codes.
    pub separator: Option<String>,
    /// Whether a missing value is refused.
    #[serde(default)]
    pub required: bool,
    /// The column, as TABLE.COLUMN, in which every value must stand; `farr check` asks about those that do not.
    pub references: Option<String>,
    /// What it tells of a person, for `farr share`; a date, a flag and a category with `codes` need none said.
    pub role: Option<Role>,
    /// How dates are written, with `%d`, `%m` (or `%b`) and `%Y`; `%Y-%m-%d` where absent. A time of day (`%H`, `%M`,
    /// `%S`) is read and left out. `excel-1900` and `excel-1904` are days as numbers, as Excel counts them from that year.
    pub format: Option<String>,
}

fn yes() -> bool {
    true
}

impl Default for ColumnEntry {
    fn default() -> Self {
        Self {
            r#type: None,
            label: None,
            unit: None,
            unit_column: None,
            units: BTreeMap::new(),
            range: None,
            missing: Vec::new(),
            reasons: BTreeMap::new(),
            decimal: None,
            below_detection: None,
            codes: Vec::new(),
            ignore_case: true,
            separator: None,
            required: false,
            references: None,
            role: None,
            format: None,
        }
    }
}

impl ColumnEntry {
    /// Table and column of `references`; an empty table where it names none.
    pub fn referenced(&self) -> Option<(&str, &str)> {
        self.references.as_deref().map(|text| text.split_once('.').unwrap_or(("", text)))
    }

    /// The role that is said, or that the type leaves no doubt of.
    pub fn role(&self) -> Option<Role> {
        self.role.or(match self.r#type {
            Some(ColumnKind::Date) => Some(Role::Date),
            Some(ColumnKind::Flag) => Some(Role::Value),
            Some(ColumnKind::Category) if !self.codes.is_empty() => Some(Role::Value),
            _ => None,
        })
    }

    /// Whether its values may name somebody, or have been typed: no message repeats them.
    pub(crate) fn names_somebody(&self) -> bool {
        matches!(self.role(), Some(Role::Identifier | Role::FreeText | Role::BirthDate))
    }

    /// The entry with what the file itself says, where registry.toml is silent.
    ///
    /// The codes of the file hold unless a type is said to which codes do not belong.
    pub(crate) fn completed(mut self, file: &Self) -> Self {
        let of_codes = matches!(self.r#type, None | Some(ColumnKind::Category));
        if self.codes.is_empty() && of_codes && !file.codes.is_empty() {
            self.codes = file.codes.clone();
            self.ignore_case = false;
        }
        self.r#type = self.r#type.or(file.r#type);
        self.label = self.label.or_else(|| file.label.clone());
        self.missing.extend(file.missing.iter().cloned());
        self.reasons.extend(file.reasons.iter().map(|(value, reason)| (value.clone(), reason.clone())));
        self
    }

    /// How texts are compared with codes.
    pub(crate) fn folded(&self, text: &str) -> String {
        let text = text.trim();
        if self.ignore_case { text.to_lowercase() } else { text.to_string() }
    }

    /// Key, message and help of everything that contradicts itself.
    pub(super) fn contradictions(&self) -> Vec<(&'static str, String, &'static str)> {
        let mut found = Vec::new();
        let mut refuse = |key, message: String, help| found.push((key, message, help));
        let numeric = matches!(self.r#type, None | Some(ColumnKind::Number | ColumnKind::Integer));
        if let Some([least, greatest]) = self.range
            && (least.is_nan() || greatest.is_nan() || least > greatest)
        {
            refuse("range", "the range is empty".into(), "write the least value first");
        }
        if self.range.is_some() && !numeric {
            refuse("range", "only numbers have a range".into(), "remove `range`, or write type = \"number\"");
        }
        if self.unit_column.is_some() && (self.units.is_empty() || self.unit.is_none()) {
            refuse(
                "unit_column",
                "a column of units needs `unit`, and `units` with the factor of each".into(),
                "for example unit = \"ng/mL\" and units = { \"ng/mL\" = 1, \"ug/L\" = 1 }",
            );
        }
        if !self.units.is_empty() && self.unit_column.is_none() {
            refuse("units", "no column has the units".into(), "name it with `unit_column`");
        }
        if !self.units.is_empty() && self.r#type == Some(ColumnKind::Integer) {
            refuse("units", "a converted value need not be whole".into(), "write type = \"number\"");
        }
        let mut factors = BTreeMap::new();
        for (unit, factor) in &self.units {
            if !factor.is_finite() || *factor <= 0.0 {
                refuse(
                    "units",
                    format!("the factor of `{unit}` is not positive"),
                    "write the factor to `unit`",
                );
            }
            if factors.insert(unit_key(unit), factor).is_some_and(|earlier| earlier != factor) {
                refuse("units", format!("`{unit}` has two factors"), "units are compared without case");
            }
        }
        if let Some(format) = &self.format {
            if self.r#type != Some(ColumnKind::Date) {
                refuse("format", "only dates have a format".into(), "write type = \"date\"");
            } else if DateFormat::parse(format).is_none() {
                refuse(
                    "format",
                    format!("the format `{format}` does not tell day, month and year"),
                    "use each of %d, %m (or %b) and %Y once; %H, %M and %S for a time of day; or \"excel-1900\" for days as numbers",
                );
            }
        }
        if matches!(self.role, Some(Role::Date | Role::BirthDate)) && self.r#type != Some(ColumnKind::Date) {
            refuse("role", "only dates can be shifted".into(), "write type = \"date\"");
        }
        if self.role == Some(Role::Age)
            && !matches!(self.r#type, Some(ColumnKind::Number | ColumnKind::Integer))
        {
            refuse("role", "an age is a number".into(), "write type = \"integer\"");
        }
        if self.separator.is_some() && self.codes.is_empty() {
            refuse("separator", "a list needs `codes` for its elements".into(), "remove `separator`");
        }
        if self.separator.as_ref().is_some_and(|separator| separator.trim().is_empty()) {
            refuse("separator", "the separator is blank".into(), "write for example \";\"");
        }
        if self.references.is_some() && self.referenced().is_some_and(|(table, _)| table.is_empty()) {
            refuse("references", "the table is not named".into(), "write TABLE.COLUMN");
        }
        let mut spellings = BTreeMap::new();
        for code in &self.codes {
            for text in std::iter::once(&code.value).chain(&code.aliases) {
                let earlier = spellings.insert(self.folded(text), &code.value);
                if earlier.is_some_and(|earlier| earlier != &code.value) {
                    refuse("codes", format!("`{text}` stands for two codes"), "remove one");
                }
            }
        }
        found
    }
}

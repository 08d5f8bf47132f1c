//! One column of a relation: how it can be read in place, and what must hold of its values for that.
//!
//! A value may be read in place where the dictionary changes nothing in it but what the server can do as well: blanks
//! around texts, and codes for "missing". What else could be wrong with values (outside the range, none of the codes, a
//! time of day where a date is declared) is asked of the server. A column of which something is found is read as texts,
//! through the reader of text files, which knows what to do with each.

use crate::dictionary::{ColumnEntry, ColumnKind};
use engine::Type;
use engine::postgres::{ReadColumn, ServerColumn, Stored, literal};

/// What a count of values tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    /// So many are missing.
    Missing,
    /// So many cannot be read in place.
    Fault,
    /// So many change with what the server can do; the words are told of the column.
    Change(String),
    /// So many are empty texts, which are missing values.
    Empty,
    /// So many lose digits; the words are told of the column.
    Loss(&'static str),
}

/// A column and what is asked of it.
#[derive(Debug)]
pub(super) struct Column<'a> {
    pub(super) server: &'a ServerColumn,
    /// What the dictionary says of it.
    pub(super) entry: ColumnEntry,
    /// What it holds; none for a day with a time of day.
    pub(super) kind: Option<ColumnKind>,
    /// Whether only the reader of texts can tell its values.
    pub(super) texts: bool,
    /// The value as the server has it, and as it is with blanks and codes for "missing" removed.
    plain: String,
    clean: String,
    r#type: Type,
    /// What is counted, as SQL conditions.
    pub(super) questions: Vec<(Finding, String)>,
}

/// Blanks as the reader of texts knows them: those of Unicode.
const BLANKS: &str = "E' \\t\\n\\u000B\\f\\r\\u0085\\u00A0\\u1680\\u2000\\u2001\\u2002\\u2003\\u2004\\u2005\\u2006\
    \\u2007\\u2008\\u2009\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000'";

/// The digits of a number that a double keeps for certain.
const DIGITS: &str = "more than 15 digits: rounded to the nearest number";

/// What a column holds where the dictionary does not say; none for a day with a time of day.
fn held(stored: Stored, entry: &ColumnEntry) -> Option<ColumnKind> {
    match stored {
        _ if !entry.codes.is_empty() => Some(ColumnKind::Category),
        Stored::Flag => Some(ColumnKind::Flag),
        Stored::Integer | Stored::Decimal { whole: true } => Some(ColumnKind::Integer),
        Stored::Float | Stored::Decimal { whole: false } => Some(ColumnKind::Number),
        Stored::Text | Stored::Other => Some(ColumnKind::Text),
        Stored::Date => Some(ColumnKind::Date),
        Stored::Moment | Stored::MomentWithZone => None,
    }
}

impl<'a> Column<'a> {
    /// A column with what the dictionary says of it.
    ///
    /// `texts` says that its texts are wanted as they are: another column takes its units from them, or the server
    /// compares texts in an encoding of its own.
    pub(super) fn new(server: &'a ServerColumn, entry: ColumnEntry, texts: bool) -> Self {
        let kind = entry.r#type.or_else(|| held(server.stored, &entry));
        let mut column = Self {
            server,
            texts: texts || entry.unit_column.is_some(),
            entry,
            kind,
            plain: server.sql.clone(),
            clean: String::new(),
            r#type: Type::Text,
            questions: Vec::new(),
        };
        match kind {
            Some(ColumnKind::Text | ColumnKind::Category) => column.text(),
            Some(ColumnKind::Integer) => column.integer(),
            Some(ColumnKind::Number) => column.number(),
            Some(ColumnKind::Flag) => column.flag(),
            Some(ColumnKind::Date) => column.date(),
            None => column.moment(),
        }
        if !column.entry.codes.is_empty() && column.r#type != Type::Text {
            column.texts = true;
        }
        let missing = format!("{} is null", column.clean);
        if column.entry.required {
            column.ask(Finding::Fault, missing.clone());
        }
        column.ask(Finding::Missing, missing);
        column
    }

    fn ask(&mut self, finding: Finding, condition: String) {
        self.questions.push((finding, condition));
    }

    fn fault(&mut self, condition: String) {
        self.ask(Finding::Fault, condition);
    }

    /// Leaves out the values that mean "missing", which `same` compares with a code.
    fn without_missing(&mut self, value: String, same: impl Fn(&str, &str) -> Option<String>) {
        let codes = self.entry.missing.clone();
        let mut conditions = Vec::new();
        for code in &codes {
            let Some(condition) = same(&value, code.trim()) else { continue };
            self.ask(Finding::Change(format!("`{}` read as missing", code.trim())), condition.clone());
            conditions.push(condition);
        }
        self.clean = match conditions.is_empty() {
            true => value,
            false => format!("(case when {} then null else {value} end)", conditions.join(" or ")),
        };
    }

    fn text(&mut self) {
        if self.texts {
            return self.as_texts();
        }
        if self.server.stored != Stored::Text {
            self.plain = format!("({})::text", self.zoned());
        }
        let (plain, trimmed) = (self.plain.clone(), format!("btrim({}, {BLANKS})", self.plain));
        self.ask(Finding::Change("surrounding blanks removed".into()), {
            format!("{plain} <> {trimmed} and {trimmed} <> ''")
        });
        self.ask(Finding::Empty, format!("{trimmed} = ''"));
        self.without_missing(format!("nullif({trimmed}, '')"), |value, code| {
            Some(format!("{value} = {}", literal::text(code)?))
        });
        if !self.entry.codes.is_empty() {
            let codes: Option<Vec<String>> =
                self.entry.codes.iter().map(|code| literal::text(&code.value)).collect();
            match codes {
                Some(codes) => self.fault(format!("{} not in ({})", self.clean, codes.join(", "))),
                None => self.texts = true,
            }
        }
    }

    /// Leaves out numbers that mean "missing", however many decimals the server shows.
    fn without_missing_numbers(&mut self) {
        self.without_missing(self.plain.clone(), |value, code| {
            let number = literal::number(code.parse::<f64>().ok()?)?;
            Some(format!("({value})::float8 = {number}"))
        });
    }

    fn in_range(&mut self) {
        let number = format!("({})::float8", self.clean);
        if let Some([least, greatest]) = self.entry.range {
            self.fault(format!("not ({number} >= float8 '{least:e}' and {number} <= float8 '{greatest:e}')"));
        }
    }

    fn integer(&mut self) {
        self.without_missing_numbers();
        self.r#type = Type::Integer;
        let value = self.clean.clone();
        match self.server.stored {
            Stored::Integer | Stored::Decimal { whole: true } => {}
            Stored::Decimal { whole: false } | Stored::Float => {
                self.fault(format!("{value} <> trunc({value}) or not (abs({value}) <= 9007199254740992)"));
            }
            _ => return self.as_texts(),
        }
        self.in_range();
    }

    fn number(&mut self) {
        self.without_missing_numbers();
        self.r#type = Type::Number;
        match self.server.stored {
            Stored::Integer => {}
            Stored::Decimal { .. } => {
                let value = &self.clean;
                let loss = format!("{value} <> ({value})::float8::numeric");
                self.ask(Finding::Loss(DIGITS), loss);
                self.finite();
            }
            Stored::Float => self.finite(),
            _ => return self.as_texts(),
        }
        self.in_range();
    }

    fn finite(&mut self) {
        self.fault(format!("({})::float8 in ('NaN', 'Infinity', '-Infinity')", self.clean));
    }

    fn flag(&mut self) {
        match self.server.stored {
            Stored::Flag => {
                self.without_missing(self.plain.clone(), |_, _| None);
                self.r#type = Type::Flag;
            }
            Stored::Integer => {
                self.without_missing_numbers();
                self.fault(format!("{} not in (0, 1)", self.clean));
                self.r#type = Type::Flag;
            }
            _ => self.as_texts(),
        }
    }

    fn date(&mut self) {
        self.plain = self.zoned();
        match self.server.stored {
            Stored::Date => {}
            Stored::Moment | Stored::MomentWithZone => {
                let time = format!("{0} <> date_trunc('day', {0})", self.plain);
                self.fault(time);
            }
            _ => return self.as_texts(),
        }
        self.r#type = Type::Date;
        self.without_missing(self.plain.clone(), |value, code| {
            Some(format!("({value})::date::text = {}", literal::text(code)?))
        });
        self.of_four_digits();
    }

    fn moment(&mut self) {
        self.plain = self.zoned();
        self.r#type = Type::Moment;
        self.without_missing(self.plain.clone(), |value, code| {
            Some(format!("({value})::text = {}", literal::text(code)?))
        });
        self.of_four_digits();
    }

    /// Years have four digits, and infinity is no day.
    fn of_four_digits(&mut self) {
        let value = &self.clean;
        self.fault(format!("not ({value} >= date '0001-01-01' and {value} < date '10000-01-01')"));
    }

    /// The value where the server's clocks show it.
    fn zoned(&self) -> String {
        match self.server.stored {
            Stored::MomentWithZone => format!("({})::timestamp", self.server.sql),
            _ => self.server.sql.clone(),
        }
    }

    /// Only the reader of texts knows what these values are.
    fn as_texts(&mut self) {
        (self.texts, self.r#type, self.questions) = (true, Type::Text, Vec::new());
        self.clean = self.plain.clone();
    }

    /// The column as it is read in place; as the server has it where nothing has to be changed.
    pub(super) fn in_place(&self, changes: bool) -> ReadColumn {
        let value = if changes { &self.clean } else { &self.plain };
        let sql = match (self.r#type, self.server.stored) {
            (Type::Flag, Stored::Integer) => format!("({value}) = 1"),
            (Type::Integer, Stored::Decimal { .. } | Stored::Float) => format!("({value})::int8"),
            (Type::Number, Stored::Integer | Stored::Decimal { .. }) => format!("({value})::float8"),
            (Type::Date, Stored::Moment | Stored::MomentWithZone) => format!("({value})::date"),
            _ => value.clone(),
        };
        ReadColumn { name: self.server.name.clone(), sql, r#type: self.r#type }
    }

    /// The column as texts; a number without the zeros that its type adds.
    pub(super) fn as_text(&self) -> ReadColumn {
        let value = self.zoned();
        let number = matches!(self.kind, Some(ColumnKind::Number | ColumnKind::Integer));
        let sql = match self.server.stored {
            Stored::Decimal { .. } if number => format!("({value})::float8::text"),
            _ => format!("({value})::text"),
        };
        ReadColumn { name: self.server.name.clone(), sql, r#type: Type::Text }
    }

    /// What it holds, in the dictionary's words.
    pub(super) fn kind_name(&self) -> String {
        self.kind.map_or(Type::Moment.word(), |kind| kind.name()).into()
    }
}

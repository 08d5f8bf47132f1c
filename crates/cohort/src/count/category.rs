//! Variables with levels.

use super::{Raw, Wanted};
use crate::cells::flag;
use crate::dictionary::ColumnEntry;
use crate::interner::Interner;
use crate::levels::natural_order;
use std::collections::BTreeMap;
use study::nearest::suggest;
use study::{Column, Kind, Level, MISSING, Problem, Values};

/// How many unexpected values are named.
const NAMED: usize = 10;

impl Wanted<'_> {
    /// A category: its declared levels, or else those of the dictionary or the data.
    pub(super) fn category(
        &self,
        raw: Raw,
        n: &[u64],
        known: Option<&ColumnEntry>,
    ) -> Result<Column, Problem> {
        let declared = |texts: [&'static str; 3]| {
            let is = |text: &&str| self.variable.levels.iter().any(|level| level.value == *text);
            texts.into_iter().find(is).unwrap_or(texts[0])
        };
        let (mut codes, texts) = raw.texts([declared(["no", "false", "0"]), declared(["yes", "true", "1"])]);
        self.drop_missing(&mut codes, &texts);
        let used = used(&codes, n, texts.len());
        let mut levels = self.variable.levels.clone();
        let coded = |value: &str| known.and_then(|entry| entry.codes.iter().find(|code| code.value == value));
        for level in levels.iter_mut().filter(|level| level.label.is_empty()) {
            level.label = coded(&level.value).map_or(String::new(), |code| code.label.clone());
        }
        let mut position = vec![MISSING; texts.len()];
        if levels.is_empty() {
            levels = found_levels(&texts, &used, known);
        }
        let by_value: BTreeMap<String, u32> =
            levels.iter().enumerate().map(|(index, level)| (level.value.clone(), index as u32)).collect();
        let mut unexpected = Vec::new();
        for (code, text) in texts.iter().enumerate() {
            match by_value.get(text) {
                Some(index) => position[code] = *index,
                None if used[code] > 0 => unexpected.push((text, used[code])),
                None => {}
            }
        }
        if !unexpected.is_empty() {
            let name = &self.variable.name;
            let message =
                format!("values of `{name}` are not among its levels: {}", listed(unexpected, hides(known)));
            return Err(self
                .problem(&["levels"], message)
                .help("add them to `levels`, map them in `sql`, or name them in `missing`"));
        }
        codes.iter_mut().filter(|code| **code != MISSING).for_each(|code| *code = position[*code as usize]);
        let reference = self.reference(&levels)?;
        Ok(self.heading(Kind::Category, reference, Values::Category { levels, codes }, known))
    }

    /// Yes or no, whose levels are always `no` and `yes` in this order.
    pub(super) fn flag(&self, raw: Raw, n: &[u64], known: Option<&ColumnEntry>) -> Result<Column, Problem> {
        let (mut codes, texts) = raw.texts(["no", "yes"]);
        self.drop_missing(&mut codes, &texts);
        let used = used(&codes, n, texts.len());
        let read: Vec<Option<bool>> = texts.iter().map(flag).collect();
        let unexpected: Vec<(&str, u64)> = texts
            .iter()
            .enumerate()
            .filter(|(code, _)| read[*code].is_none() && used[*code] > 0)
            .map(|(code, text)| (text, used[code]))
            .collect();
        if !unexpected.is_empty() {
            let message = format!(
                "`{}` is a flag, and has values that are neither yes nor no: {}",
                self.variable.name,
                listed(unexpected, hides(known))
            );
            return Err(self
                .problem(&["kind"], message)
                .help("write a condition in `sql`, or kind = \"category\""));
        }
        codes.iter_mut().filter(|code| **code != MISSING).for_each(|code| {
            *code = u32::from(read[*code as usize] == Some(true));
        });
        let level = |value: &str, is: bool| {
            let declared = self.variable.levels.iter().find(|level| flag(&level.value) == Some(is));
            let coded =
                || known.and_then(|entry| entry.codes.iter().find(|code| flag(&code.value) == Some(is)));
            let label = declared.map(|level| level.text().to_string());
            let label = label.or_else(|| coded().map(|code| code.label.clone()));
            Level { label: label.unwrap_or_else(|| value.into()), value: value.into() }
        };
        let levels = vec![level("no", false), level("yes", true)];
        let reference = match self.variable.reference.as_deref().map(|text| (text, flag(text))) {
            Some((_, Some(is))) => Some(u32::from(is)),
            Some((text, None)) => {
                let message = format!("the reference `{text}` is neither yes nor no");
                return Err(self.problem(&["reference"], message).help("write \"no\" or \"yes\""));
            }
            None => Some(0),
        };
        Ok(self.heading(Kind::Flag, reference, Values::Category { levels, codes }, known))
    }

    /// Rows of a missing code become missing; so does empty text.
    fn drop_missing(&self, codes: &mut [u32], texts: &Interner) {
        let missing: Vec<bool> = texts
            .iter()
            .map(|text| text.trim().is_empty() || self.variable.missing.iter().any(|missing| missing == text))
            .collect();
        if missing.contains(&true) {
            codes
                .iter_mut()
                .filter(|code| **code != MISSING && missing[**code as usize])
                .for_each(|code| *code = MISSING);
        }
    }

    fn reference(&self, levels: &[Level]) -> Result<Option<u32>, Problem> {
        let Some(reference) = &self.variable.reference else {
            return Ok((!levels.is_empty()).then_some(0));
        };
        match levels.iter().position(|level| level.value == *reference) {
            Some(index) => Ok(Some(index as u32)),
            None => Err(self
                .problem(
                    &["reference"],
                    format!("the reference `{reference}` is not a level of `{}`", self.variable.name),
                )
                .help(suggest(reference, levels.iter().map(|level| level.value.as_str())))),
        }
    }

    /// The column without its values' origin: name, label and unit.
    pub(super) fn heading(
        &self,
        kind: Kind,
        reference: Option<u32>,
        values: Values,
        known: Option<&ColumnEntry>,
    ) -> Column {
        let label = self.variable.label.clone().or_else(|| known.and_then(|entry| entry.label.clone()));
        Column {
            name: self.source.column(),
            label: label.unwrap_or_else(|| self.variable.name.clone()),
            unit: self.variable.unit.clone().or_else(|| known.and_then(|entry| entry.unit.clone())),
            kind,
            reference,
            of: None,
            values,
        }
    }
}

/// How many patients have each text.
pub(super) fn used(codes: &[u32], n: &[u64], texts: usize) -> Vec<u64> {
    let mut used = vec![0; texts];
    codes.iter().zip(n).filter(|(code, _)| **code != MISSING).for_each(|(code, n)| used[*code as usize] += n);
    used
}

/// Whether values may name somebody.
pub(super) fn hides(known: Option<&ColumnEntry>) -> bool {
    known.is_some_and(ColumnEntry::names_somebody)
}

/// Values with their numbers of patients, for a message; only how many there are where they may name somebody.
pub(super) fn listed(mut values: Vec<(&str, u64)>, hides: bool) -> String {
    if hides {
        return format!("{} different, which are not shown because of their column's role", values.len());
    }
    values.sort();
    let more = values.len().saturating_sub(NAMED);
    let named: Vec<String> = values.iter().take(NAMED).map(|(text, n)| format!("`{text}` ({n})")).collect();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", named.join(", "))
}

/// Levels from the data: those that the dictionary knows in the order of its codes, then the others, sorted.
fn found_levels(texts: &Interner, used: &[u64], known: Option<&ColumnEntry>) -> Vec<Level> {
    let mut found: Vec<(&str, u32)> =
        texts.iter().zip(0..).filter(|(_, code)| used[*code as usize] > 0).collect();
    let mut levels: Vec<Level> = Vec::new();
    for code in known.filter(|entry| entry.separator.is_none()).iter().flat_map(|entry| &entry.codes) {
        if let Some(position) = found.iter().position(|(text, _)| *text == code.value) {
            found.remove(position);
            levels.push(Level { value: code.value.clone(), label: code.label.clone() });
        }
    }
    natural_order(&mut found);
    levels.extend(found.into_iter().map(|(text, _)| Level::plain(text)));
    levels
}

//! Exams and lesions.

use super::model::{Record, Records};
use std::collections::{BTreeMap, BTreeSet};
use study::{Exam, LesionCourse, LesionSize, Problem};

/// What the lesions table says of a lesion.
#[derive(Debug, Default, Clone)]
struct About {
    organ: String,
    segment: String,
    role: String,
    first_seen: Option<i32>,
}

/// The exams, and the lesions that were ever seen.
pub(super) fn read(of: &Records<'_>) -> Result<(Vec<Exam>, Vec<LesionCourse>), Problem> {
    let mut about: BTreeMap<String, About> = BTreeMap::new();
    for row in of.rows("lesions", &["lesion_id"], &["organ", "segment", "role", "first_seen"])? {
        let label =
            |at: usize, column| row.text(at).map_or(String::new(), |text| of.label("lesions", column, text));
        about.insert(
            row.text(0).unwrap_or_default().into(),
            About {
                organ: label(1, "organ"),
                segment: label(2, "segment"),
                role: row.text(3).unwrap_or_default().into(),
                first_seen: row.day(4).transpose()?,
            },
        );
    }
    let mut sizes: BTreeMap<String, Vec<LesionSize>> =
        about.keys().map(|name| (name.clone(), Vec::new())).collect();
    let mut modalities: BTreeMap<i32, Vec<String>> = BTreeMap::new();
    for row in of.rows("measurements", &["exam_date", "lesion_id"], &["diameter_mm", "state", "modality"])? {
        let Some(size) = size(&row)? else { continue };
        let modalities = modalities.entry(size.day).or_default();
        if let Some(modality) =
            row.text(4).filter(|modality| !modalities.iter().any(|known| known == modality))
        {
            modalities.push(modality.into());
        }
        sizes.entry(row.text(1).unwrap_or_default().into()).or_default().push(size);
    }
    if !of.model.has("measurements", &["exam_date", "lesion_id"]) {
        for (name, seen, size) in readings(of)? {
            modalities.entry(size.day).or_default();
            about.entry(name.clone()).or_insert(seen);
            sizes.entry(name).or_default().push(size);
        }
    }
    let exams = modalities
        .into_iter()
        .map(|(day, modalities)| Exam { day, modality: modalities.join(" and ") })
        .collect();
    let mut lesions: Vec<LesionCourse> = sizes
        .into_iter()
        .map(|(name, sizes)| {
            let about = about.get(&name).cloned().unwrap_or_default();
            LesionCourse { first_seen: about.first_seen, about: words(&about), name, sizes }
        })
        .collect();
    lesions.sort_by_key(|lesion| natural(&lesion.name));
    Ok((exams, lesions))
}

/// The size of a lesion on a day.
fn size(row: &Record) -> Result<Option<LesionSize>, Problem> {
    let Some(day) = row.day(0).transpose()? else { return Ok(None) };
    let state = row.text(3).filter(|state| *state != "present").unwrap_or_default();
    let mm = row.number(2).or((state == "absent").then_some(0.0));
    Ok(Some(LesionSize { day, mm, state: state.replace('_', " ") }))
}

/// What a registry has that has no measurements of its own, but readings for RECIST 1.1: each lesion of each reader.
fn readings(of: &Records<'_>) -> Result<Vec<(String, About, LesionSize)>, Problem> {
    let columns = ["diameter_mm", "state", "role", "first_seen", "reader"];
    let rows = of.rows("recist_reading", &["exam_date", "lesion_id"], &columns)?;
    let readers: BTreeSet<&str> = rows.iter().filter_map(|row| row.text(6)).collect();
    let mut found = Vec::new();
    for row in &rows {
        let Some(size) = size(row)? else { continue };
        let lesion = row.text(1).unwrap_or_default();
        let name = match row.text(6).filter(|_| readers.len() > 1) {
            Some(reader) => format!("{lesion}, {reader}"),
            None => lesion.into(),
        };
        let role = row.text(4).unwrap_or_default().into();
        found.push((name, About { role, first_seen: row.day(5).transpose()?, ..About::default() }, size));
    }
    Ok(found)
}

/// L2 before L10.
pub(super) fn natural(name: &str) -> (String, u64, String) {
    let start = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
    let (head, rest) = name.split_at(start);
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    (head.into(), rest[..end].parse().unwrap_or(0), rest[end..].into())
}

fn words(about: &About) -> String {
    let organ = about.organ.to_lowercase();
    let segment = match about.segment.is_empty() || about.segment.to_lowercase().contains("segment") {
        true => about.segment.clone(),
        false => format!("segment {}", about.segment),
    };
    let role = about.role.replace("non_target", "non-target");
    [organ, segment, role].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ordered_by_their_numbers() {
        let mut names = ["L10", "L2", "E1", "L1b", "L1"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["E1", "L1", "L1b", "L2", "L10"]);
    }
}

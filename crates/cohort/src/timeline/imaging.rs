//! Exams and lesions.

use super::model::Records;
use std::collections::BTreeMap;
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
        let Some(day) = row.day(0).transpose()? else { continue };
        let state = row.text(3).filter(|state| *state != "present").unwrap_or_default();
        let mm = row.number(2).or((state == "absent").then_some(0.0));
        sizes.entry(row.text(1).unwrap_or_default().into()).or_default().push(LesionSize {
            day,
            mm,
            state: state.replace('_', " "),
        });
        let modalities = modalities.entry(day).or_default();
        if let Some(modality) =
            row.text(4).filter(|modality| !modalities.iter().any(|known| known == modality))
        {
            modalities.push(modality.into());
        }
    }
    let exams = modalities
        .into_iter()
        .map(|(day, modalities)| Exam {
            day,
            modality: modalities.join(" and "),
            target_sum_mm: target_sum(day, &about, &sizes),
        })
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

/// The sum over the targets known on that day, where there is any and each has a size; the first reading of the day is
/// taken where there are several.
fn target_sum(
    day: i32,
    about: &BTreeMap<String, About>,
    sizes: &BTreeMap<String, Vec<LesionSize>>,
) -> Option<f64> {
    let targets = about
        .iter()
        .filter(|(_, about)| about.role == "target" && about.first_seen.is_none_or(|seen| seen <= day));
    let sizes: Vec<Option<f64>> =
        targets.map(|(name, _)| sizes.get(name)?.iter().find(|size| size.day == day)?.mm).collect();
    if sizes.is_empty() { None } else { sizes.into_iter().sum() }
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

    #[test]
    fn a_sum_needs_every_target() {
        let target = About { role: "target".into(), ..About::default() };
        let about = BTreeMap::from([("L1".to_string(), target.clone()), ("L2".to_string(), target)]);
        let size = |day, mm| LesionSize { day, mm, state: String::new() };
        let sizes = BTreeMap::from([
            ("L1".to_string(), vec![size(1, Some(22.0)), size(9, Some(31.0))]),
            ("L2".to_string(), vec![size(1, Some(15.5)), size(9, None)]),
        ]);
        assert_eq!(target_sum(1, &about, &sizes), Some(37.5));
        assert_eq!(target_sum(9, &about, &sizes), None);
        assert_eq!(target_sum(1, &BTreeMap::new(), &sizes), None);
    }
}

//! Values that are right in another unit: ten or a thousand times what the patient's other values say.
//!
//! A true course rises and falls; a slip stands alone. So a value is doubted where its neighbours in time agree within a
//! factor of three, and it is 7 to 14, or 700 to 1400, times their geometric mean, or as many times smaller. Squares are
//! compared, which needs no root.

use super::super::rule::{BuiltIn, Rows};
use study::Certainty::Implausible;

/// The rows of one course that stand alone, with their neighbours.
macro_rules! course {
    ($table:literal, $value:literal, $over:literal, $condition:literal, $alone:literal) => {
        Rows::Select(concat!(
            "select *, 'neighbours ' || cast(before as varchar) || ' and ' || cast(after as varchar) as detail \
             from (select *, ",
            $value,
            " as this, lag(",
            $value,
            ") over course as before, lead(",
            $value,
            ") over course as after from ",
            $table,
            " where ",
            $condition,
            " window course as (",
            $over,
            ")) where before < 3 * after and after < 3 * before and (",
            $alone,
            ")"
        ))
    };
}

pub(super) const RULES: &[BuiltIn] = &[
    BuiltIn {
        name: "unit-slip-laboratory",
        table: "labs",
        columns: &["value"],
        needs: &["labs.analyte", "labs.sample_date", "labs.patient_id"],
        certainty: Implausible,
        message: "the value is ten or a thousand times larger or smaller than those before and after it",
        rows: course!(
            "labs",
            "value",
            "partition by patient_id, analyte order by sample_date",
            "value > 0",
            "this * this between 49 * before * after and 196 * before * after \
             or before * after between 49 * this * this and 196 * this * this \
             or this * this between 490000 * before * after and 1960000 * before * after \
             or before * after between 490000 * this * this and 1960000 * this * this"
        ),
        detail: "detail",
    },
    // After surgery a recurrence can raise the marker tenfold within months, and its treatment lower it again.
    BuiltIn {
        name: "unit-slip-follow-up",
        table: "follow_up",
        columns: &["cea"],
        needs: &["follow_up.visit_date", "follow_up.patient_id"],
        certainty: Implausible,
        message: "the value is about a thousand times larger or smaller than those before and after it",
        rows: course!(
            "follow_up",
            "cea",
            "partition by patient_id order by visit_date",
            "cea > 0",
            "this * this between 490000 * before * after and 1960000 * before * after \
             or before * after between 490000 * this * this and 1960000 * this * this"
        ),
        detail: "detail",
    },
    // Millimetres for centimetres: the specimen against the last exam before the operation.
    BuiltIn {
        name: "unit-slip-specimen",
        table: "pathology",
        columns: &["size_mm"],
        needs: &[
            "measurements.patient_id",
            "measurements.lesion_id",
            "measurements.exam_date",
            "measurements.diameter_mm",
        ],
        certainty: Implausible,
        message: "the specimen's size is about ten times larger or smaller than on the last exam",
        rows: Rows::Select(
            "select p.*, 'last exam ' || cast(m.diameter_mm as varchar) as detail from pathology p join ( \
             select patient_id, lesion_id, operation_date, \
             first_value(diameter_mm order by exam_date desc) as diameter_mm from ( \
             select a.patient_id, a.lesion_id, b.operation_date, a.exam_date, a.diameter_mm from measurements a \
             join pathology b on b.patient_id = a.patient_id and b.tumor = a.lesion_id \
             and a.exam_date <= b.operation_date where a.diameter_mm > 0) \
             group by patient_id, lesion_id, operation_date) m \
             on m.patient_id = p.patient_id and m.lesion_id = p.tumor and m.operation_date = p.operation_date \
             where p.size_mm > 0 \
             and (p.size_mm between 8 * m.diameter_mm and 12 * m.diameter_mm \
             or m.diameter_mm between 8 * p.size_mm and 12 * p.size_mm)",
        ),
        detail: "detail",
    },
];

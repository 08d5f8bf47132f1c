//! Values that are right in another unit: ten or a thousand times what the patient's other values say.
//!
//! A true course rises and falls; a slip stands alone. So a value is doubted where its neighbours in time agree within a
//! factor of three, and it is 7 to 14, or 700 to 1400, times their geometric mean, or as many times smaller. Squares are
//! compared, which needs no root.

use super::super::rule::{BuiltIn, Rows};
use study::Certainty::Implausible;

/// The rows of one course that stand alone, with their neighbours.
///
/// Only courses whose largest value is so many times the smallest are put in order: sorting all would take longer than
/// all other rules together. The factor is a little below that of the rule, for the sake of rounding.
macro_rules! course {
    ($table:literal, $value:literal, $key:literal, $over:literal, $join:literal, $factor:literal, $alone:literal) => {
        Rows::Select(concat!(
            "select *, 'neighbours ' || cast(before as varchar) || ' and ' || cast(after as varchar) as detail \
             from (select a.*, a.",
            $value,
            " as this, lag(a.",
            $value,
            ") over course as before, lead(a.",
            $value,
            ") over course as after from (select ",
            $key,
            " from ",
            $table,
            " where ",
            $value,
            " > 0 group by ",
            $key,
            " having max(",
            $value,
            ") >= ",
            $factor,
            " * min(",
            $value,
            ")) c join ",
            $table,
            " a on ",
            $join,
            " where a.",
            $value,
            " > 0 window course as (",
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
            "patient_id, analyte",
            "partition by a.patient_id, a.analyte order by a.sample_date",
            "c.patient_id = a.patient_id and c.analyte = a.analyte",
            "6.9",
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
            "patient_id",
            "partition by a.patient_id order by a.visit_date",
            "c.patient_id = a.patient_id",
            "690",
            "this * this between 490000 * before * after and 1960000 * before * after \
             or before * after between 490000 * this * this and 1960000 * this * this"
        ),
        detail: "detail",
    },
    // Centimetres for millimetres: the specimen against the last exam before the operation. Only specimens that are far
    // from some exam are looked at in the order of exams.
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
            "with extremes as (select patient_id, lesion_id, min(diameter_mm) as least, max(diameter_mm) as most \
             from measurements where diameter_mm > 0 group by patient_id, lesion_id), \
             doubted as (select p.* from pathology p \
             join extremes e on e.patient_id = p.patient_id and e.lesion_id = p.tumor \
             where p.size_mm > 0 and (p.size_mm >= 8 * e.least or 8 * p.size_mm <= e.most)), \
             seen as (select d.*, m.diameter_mm, row_number() over ( \
             partition by d.patient_id, d.tumor, d.operation_date order by m.exam_date desc) as back \
             from doubted d join measurements m on m.patient_id = d.patient_id and m.lesion_id = d.tumor \
             and m.exam_date <= d.operation_date where m.diameter_mm > 0) \
             select *, 'last exam ' || cast(diameter_mm as varchar) as detail from seen where back = 1 \
             and (size_mm between 8 * diameter_mm and 12 * diameter_mm \
             or diameter_mm between 8 * size_mm and 12 * size_mm)",
        ),
        detail: "detail",
    },
];

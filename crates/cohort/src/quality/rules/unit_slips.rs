//! Values that are right in another unit: ten or a thousand times what the patient's other values say.
//!
//! A true course rises and falls; a slip stands alone. So a value is doubted where both its neighbours in time lie on
//! the same side of it, at a ratio near ten or a thousand, and agree with each other better than with it.

use super::super::rule::{BuiltIn, Rows};
use study::Certainty::Implausible;

/// The rows of one course that stand alone by a factor of ten or a thousand.
///
/// The geometric mean of the neighbours is compared, its square to be exact about it: between 7 and 14 times, or 700 and
/// 1400 times, and neighbours within a factor of three of each other.
macro_rules! stands_alone {
    ($table:literal, $value:literal, $over:literal, $condition:literal) => {
        Rows::Select(concat!(
            "select *, 'neighbours ' || cast(before as varchar) || ' and ' || cast(after as varchar) as detail \
             from (select *, lag(",
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
            $value,
            " * ",
            $value,
            " between 49 * before * after and 196 * before * after or ",
            $value,
            " * ",
            $value,
            " between 490000 * before * after and 1960000 * before * after or before * after between 49 * ",
            $value,
            " * ",
            $value,
            " and 196 * ",
            $value,
            " * ",
            $value,
            " or before * after between 490000 * ",
            $value,
            " * ",
            $value,
            " and 1960000 * ",
            $value,
            " * ",
            $value,
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
        rows: stands_alone!(
            "labs",
            "value",
            "partition by patient_id, analyte order by sample_date",
            "value > 0"
        ),
        detail: "detail",
    },
    BuiltIn {
        name: "unit-slip-follow-up",
        table: "follow_up",
        columns: &["cea"],
        needs: &["follow_up.visit_date", "follow_up.patient_id"],
        certainty: Implausible,
        message: "the value is ten or a thousand times larger or smaller than those before and after it",
        rows: stands_alone!("follow_up", "cea", "partition by patient_id order by visit_date", "cea > 0"),
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

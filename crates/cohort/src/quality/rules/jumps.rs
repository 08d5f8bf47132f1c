//! Sizes that jump: faster than tumours grow, or than treatment shrinks them.
//!
//! Only lesions whose largest diameter is seven times the smallest or more are looked at in the order of exams, so that
//! a table of any size is grouped once and hardly sorted.

use super::super::rule::{BuiltIn, Rows};
use study::Certainty::Implausible;

pub(super) const RULES: &[BuiltIn] = &[BuiltIn {
    name: "size-jumps",
    table: "measurements",
    columns: &["diameter_mm"],
    needs: &["measurements.patient_id", "measurements.lesion_id", "measurements.exam_date"],
    certainty: Implausible,
    message: "the diameter is seven times larger or smaller than on the exams next to it",
    rows: Rows::Select(
        "select *, 'next to it ' || coalesce(cast(before as varchar), '–') || ' and ' \
         || coalesce(cast(after as varchar), '–') as detail from ( \
         select m.*, lag(m.diameter_mm) over course as before, lead(m.diameter_mm) over course as after \
         from ( \
         select patient_id, lesion_id from measurements where diameter_mm > 0 group by patient_id, lesion_id \
         having max(diameter_mm) >= 7 * min(diameter_mm)) c join measurements m \
         on c.patient_id = m.patient_id and c.lesion_id = m.lesion_id where m.diameter_mm > 0 \
         window course as (partition by m.patient_id, m.lesion_id order by m.exam_date)) \
         where (diameter_mm >= 7 * coalesce(before, after) and diameter_mm >= 7 * coalesce(after, before)) \
         or (7 * diameter_mm <= coalesce(before, after) and 7 * diameter_mm <= coalesce(after, before))",
    ),
    detail: "detail",
}];

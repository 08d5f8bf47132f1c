//! Rows that belong to something that no other table knows.
//!
//! The engine keeps the left side of a join in memory: it is always the smaller one.

use super::super::rule::{BuiltIn, Rows};
use study::Certainty::Impossible;

pub(super) const RULES: &[BuiltIn] = &[
    BuiltIn {
        name: "pathology-without-operation",
        table: "pathology",
        columns: &["operation_date"],
        needs: &["operations.patient_id", "operations.operation_date"],
        certainty: Impossible,
        message: "the patient had no operation on the day of the specimen",
        rows: Rows::Select(
            "select p.* from operations o right anti join pathology p \
             on o.patient_id = p.patient_id and o.operation_date = p.operation_date",
        ),
        detail: "",
    },
    BuiltIn {
        name: "measurement-without-lesion",
        table: "measurements",
        columns: &["lesion_id"],
        needs: &["lesions.patient_id", "lesions.lesion_id"],
        certainty: Impossible,
        message: "the patient has no lesion of this name",
        rows: Rows::Select(
            "select m.* from lesions l right anti join measurements m \
             on l.patient_id = m.patient_id and l.lesion_id = m.lesion_id",
        ),
        detail: "",
    },
    BuiltIn {
        name: "specimen-without-lesion",
        table: "pathology",
        columns: &["tumor"],
        needs: &["lesions.patient_id", "lesions.lesion_id"],
        certainty: Impossible,
        message: "the patient has no lesion of the specimen's name",
        rows: Rows::Select(
            "select p.* from lesions l right anti join pathology p \
             on l.patient_id = p.patient_id and l.lesion_id = p.tumor",
        ),
        detail: "",
    },
];

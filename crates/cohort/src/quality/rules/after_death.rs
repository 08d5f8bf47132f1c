//! Things that the dead do not do.

use super::super::rule::{BuiltIn, Rows};
use study::Certainty::Impossible;

/// The rows of a table later than the first visit that reports death.
macro_rules! after_death {
    ($table:literal, $date:literal) => {
        Rows::Select(concat!(
            "select a.*, 'died on ' || cast(d.died_on as varchar) as detail from ( \
             select patient_id, min(visit_date) as died_on from follow_up where status = 'dead' group by patient_id) d \
             join ",
            $table,
            " a on a.patient_id = d.patient_id where a.",
            $date,
            " > d.died_on"
        ))
    };
}

const FOLLOW_UP: &[&str] = &["follow_up.patient_id", "follow_up.visit_date", "follow_up.status"];

pub(super) const RULES: &[BuiltIn] = &[
    BuiltIn {
        name: "death-before-surgery",
        table: "operations",
        columns: &["operation_date"],
        needs: FOLLOW_UP,
        certainty: Impossible,
        message: "the patient was operated on after death",
        rows: after_death!("operations", "operation_date"),
        detail: "detail",
    },
    BuiltIn {
        name: "visit-after-death",
        table: "follow_up",
        columns: &["visit_date", "status"],
        needs: &[],
        certainty: Impossible,
        message: "a visit took place after one that reports death",
        rows: after_death!("follow_up", "visit_date"),
        detail: "detail",
    },
    BuiltIn {
        name: "treatment-after-death",
        table: "treatments",
        columns: &["start_date"],
        needs: FOLLOW_UP,
        certainty: Impossible,
        message: "a cycle began after death",
        rows: after_death!("treatments", "start_date"),
        detail: "detail",
    },
    BuiltIn {
        name: "sample-after-death",
        table: "labs",
        columns: &["sample_date"],
        needs: FOLLOW_UP,
        certainty: Impossible,
        message: "a sample was taken after death",
        rows: after_death!("labs", "sample_date"),
        detail: "detail",
    },
    BuiltIn {
        name: "exam-after-death",
        table: "measurements",
        columns: &["exam_date"],
        needs: FOLLOW_UP,
        certainty: Impossible,
        message: "an exam took place after death",
        rows: after_death!("measurements", "exam_date"),
        detail: "detail",
    },
];

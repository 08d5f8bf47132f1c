//! Two tables that tell the same thing differently.

use super::super::rule::{BuiltIn, Rows};
use study::Certainty::{Implausible, Impossible};

pub(super) const RULES: &[BuiltIn] = &[
    // Two samples of one day differ by what laboratories differ; a fifth is more than that.
    BuiltIn {
        name: "marker-against-laboratory",
        table: "follow_up",
        columns: &["cea"],
        needs: &["labs.patient_id", "labs.sample_date", "labs.analyte", "labs.value"],
        certainty: Implausible,
        message: "the laboratory gives another CEA on the day of the visit",
        rows: Rows::Select(
            "select f.*, 'laboratory ' || cast(l.value as varchar) as detail from ( \
             select patient_id, sample_date, min(value) as least, max(value) as value from labs \
             where analyte = 'CEA' and value is not null group by patient_id, sample_date) l \
             join follow_up f on f.patient_id = l.patient_id and f.visit_date = l.sample_date \
             where f.cea > 1.2 * l.value or 1.2 * f.cea < l.least",
        ),
        detail: "detail",
    },
    // Of the first operation: what it removed is not there at a later one.
    BuiltIn {
        name: "extrahepatic-against-lesions",
        table: "operations",
        columns: &["extrahepatic"],
        needs: &["lesions.patient_id", "lesions.organ", "lesions.first_seen"],
        certainty: Impossible,
        message: "no metastases outside the liver, but lesions of other organs were seen before the operation",
        rows: Rows::Select(
            "select o.*, 'seen on ' || cast(l.since as varchar) as detail from ( \
             select patient_id, min(first_seen) as since from lesions where organ <> 'liver' group by patient_id) l \
             join (select patient_id, min(operation_date) as first_operation from operations group by patient_id) f \
             on f.patient_id = l.patient_id join operations o on o.patient_id = f.patient_id \
             and o.operation_date = f.first_operation \
             where o.extrahepatic = 'none' and l.since < o.operation_date",
        ),
        detail: "detail",
    },
    BuiltIn {
        name: "recurrence-against-imaging",
        table: "follow_up",
        columns: &["recurrence"],
        needs: &[
            "lesions.patient_id",
            "lesions.role",
            "lesions.first_seen",
            "operations.patient_id",
            "operations.operation_date",
        ],
        certainty: Implausible,
        message: "no recurrence so far, but a new lesion was seen after the operation and before the visit",
        rows: Rows::Select(
            "select f.*, 'new lesion on ' || cast(n.since as varchar) as detail from ( \
             select l.patient_id, min(l.first_seen) as since from ( \
             select patient_id, min(operation_date) as operated from operations group by patient_id) o \
             join lesions l on l.patient_id = o.patient_id \
             where l.role = 'new' and l.first_seen > o.operated group by l.patient_id) n \
             join follow_up f on f.patient_id = n.patient_id \
             where f.recurrence = 'no' and f.visit_date > n.since",
        ),
        detail: "detail",
    },
];

//! Two statements of which one must be wrong.

use super::super::rule::{BuiltIn, Rows};
use study::Certainty::Impossible;

pub(super) const RULES: &[BuiltIn] = &[
    BuiltIn {
        name: "absent-with-size",
        table: "measurements",
        columns: &["state", "diameter_mm"],
        needs: &[],
        certainty: Impossible,
        message: "the lesion is absent and has a diameter",
        rows: Rows::Where("state = 'absent' and diameter_mm > 0"),
        detail: "",
    },
    BuiltIn {
        name: "present-without-size",
        table: "measurements",
        columns: &["state", "diameter_mm"],
        needs: &[],
        certainty: Impossible,
        message: "the lesion is present and its diameter is 0",
        rows: Rows::Where("state <> 'absent' and diameter_mm = 0"),
        detail: "",
    },
    BuiltIn {
        name: "recurrence-withdrawn",
        table: "follow_up",
        columns: &["recurrence"],
        needs: &[],
        certainty: Impossible,
        message: "no recurrence so far, but an earlier visit reports one",
        rows: Rows::Select(
            "select f.*, 'recurrence on ' || cast(r.since as varchar) as detail from ( \
             select patient_id, min(visit_date) as since from follow_up where recurrence = 'yes' \
             group by patient_id) r join follow_up f on f.patient_id = r.patient_id \
             where f.recurrence = 'no' and f.visit_date > r.since",
        ),
        detail: "detail",
    },
    BuiltIn {
        name: "site-without-recurrence",
        table: "follow_up",
        columns: &["recurrence", "recurrence_site"],
        needs: &[],
        certainty: Impossible,
        message: "the site of a recurrence is given, and there is none",
        rows: Rows::Where("recurrence = 'no' and recurrence_site is not null"),
        detail: "",
    },
    BuiltIn {
        name: "segment-outside-liver",
        table: "lesions",
        columns: &["organ", "segment"],
        needs: &[],
        certainty: Impossible,
        message: "a liver segment is given for a lesion of another organ",
        rows: Rows::Where("organ <> 'liver' and segment is not null"),
        detail: "",
    },
    // A regimen is named after its drugs; hepatic arterial infusion is left to its own row.
    BuiltIn {
        name: "drugs-against-regimen",
        table: "treatments",
        columns: &["regimen", "drugs"],
        needs: &[],
        certainty: Impossible,
        message: "the drugs are not those of the regimen",
        rows: Rows::Where(
            "(regimen in ('mFOLFOX6', 'XELOX', 'FOLFOXIRI', 'HAI-FOLFOX') and drugs not like '%oxaliplatin%') \
             or (regimen in ('FOLFIRI', 'XELIRI', 'FOLFOXIRI') and drugs not like '%irinotecan%') \
             or (regimen in ('XELOX', 'XELIRI', 'capecitabine') and drugs not like '%capecitabine%') \
             or (regimen in ('mFOLFOX6', 'FOLFIRI') and drugs like '%capecitabine%') \
             or (regimen in ('mFOLFOX6', 'XELOX') and drugs like '%irinotecan%') \
             or (regimen in ('FOLFIRI', 'XELIRI') and drugs like '%oxaliplatin%')",
        ),
        detail: "",
    },
];

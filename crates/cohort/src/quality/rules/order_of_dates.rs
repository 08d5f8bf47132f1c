//! Days in an order that cannot be.

use super::super::rule::{BuiltIn, Rows};
use study::Certainty::{Implausible, Impossible};

pub(super) const RULES: &[BuiltIn] = &[
    BuiltIn {
        name: "born-after-diagnosis",
        table: "patients",
        columns: &["birth_date", "primary_diagnosis_date"],
        needs: &[],
        certainty: Impossible,
        message: "the primary tumour was diagnosed before birth",
        rows: Rows::Where("primary_diagnosis_date < birth_date"),
        detail: "'diagnosed on ' || cast(primary_diagnosis_date as varchar)",
    },
    // The oldest person known lived 122 years; colorectal cancer below 10 years is a matter of case reports.
    BuiltIn {
        name: "age-out-of-range",
        table: "patients",
        columns: &["birth_date", "primary_diagnosis_date"],
        needs: &[],
        certainty: Implausible,
        message: "the age at diagnosis is below 10 or above 105 years",
        rows: Rows::Where(
            "birth_date <= primary_diagnosis_date \
             and age_in_years(birth_date, primary_diagnosis_date) not between 10 and 105",
        ),
        detail: "cast(age_in_years(birth_date, primary_diagnosis_date) as varchar) || ' years'",
    },
    // Liver metastases may be found first, and the primary tumour in the work-up; not years later.
    BuiltIn {
        name: "metastasis-before-primary",
        table: "patients",
        columns: &["liver_metastasis_date", "primary_diagnosis_date"],
        needs: &[],
        certainty: Implausible,
        message: "liver metastases were found more than a year before the primary tumour",
        rows: Rows::Where("liver_metastasis_date < primary_diagnosis_date - interval '1 year'"),
        detail: "'primary tumour on ' || cast(primary_diagnosis_date as varchar)",
    },
    BuiltIn {
        name: "operation-before-diagnosis",
        table: "operations",
        columns: &["operation_date"],
        needs: &["patients.patient_id", "patients.liver_metastasis_date"],
        certainty: Impossible,
        message: "the liver was operated on before metastases were found in it",
        rows: Rows::Select(
            "select o.*, 'metastases found on ' || cast(p.liver_metastasis_date as varchar) as detail \
             from patients p join operations o on p.patient_id = o.patient_id \
             where o.operation_date < p.liver_metastasis_date",
        ),
        detail: "detail",
    },
    BuiltIn {
        name: "treatment-before-diagnosis",
        table: "treatments",
        columns: &["start_date"],
        needs: &["patients.patient_id", "patients.primary_diagnosis_date"],
        certainty: Impossible,
        message: "chemotherapy began before the primary tumour was diagnosed",
        rows: Rows::Select(
            "select t.*, 'diagnosed on ' || cast(p.primary_diagnosis_date as varchar) as detail \
             from patients p join treatments t on p.patient_id = t.patient_id \
             where t.start_date < p.primary_diagnosis_date",
        ),
        detail: "detail",
    },
    BuiltIn {
        name: "visit-before-diagnosis",
        table: "follow_up",
        columns: &["visit_date"],
        needs: &["patients.patient_id", "patients.primary_diagnosis_date"],
        certainty: Impossible,
        message: "a follow-up visit took place before the primary tumour was diagnosed",
        rows: Rows::Select(
            "select f.*, 'diagnosed on ' || cast(p.primary_diagnosis_date as varchar) as detail \
             from patients p join follow_up f on p.patient_id = f.patient_id \
             where f.visit_date < p.primary_diagnosis_date",
        ),
        detail: "detail",
    },
    BuiltIn {
        name: "cycles-out-of-order",
        table: "treatments",
        columns: &["cycle", "start_date"],
        needs: &[],
        certainty: Impossible,
        message: "the cycle began before one with a smaller number",
        rows: Rows::Select(
            "select * from (select *, max(start_date) over (partition by patient_id order by cycle \
             range between unbounded preceding and 1 preceding) as earlier from treatments) \
             where start_date < earlier",
        ),
        detail: "'an earlier cycle on ' || cast(earlier as varchar)",
    },
    BuiltIn {
        name: "measured-before-first-seen",
        table: "measurements",
        columns: &["exam_date"],
        needs: &["lesions.patient_id", "lesions.lesion_id", "lesions.first_seen"],
        certainty: Impossible,
        message: "the lesion was measured before it was first seen",
        rows: Rows::Select(
            "select m.*, 'first seen on ' || cast(l.first_seen as varchar) as detail \
             from lesions l join measurements m on l.patient_id = m.patient_id and l.lesion_id = m.lesion_id \
             where m.exam_date < l.first_seen",
        ),
        detail: "detail",
    },
];

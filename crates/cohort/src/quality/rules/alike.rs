//! One patient, operation or sample under two names.

use super::super::rule::{BuiltIn, Rows};
use study::Certainty::Implausible;

pub(super) const RULES: &[BuiltIn] = &[
    // In a million patients some two hundred agree in days and tumour by chance; genes are not compared, since they are
    // tested in one hospital and not in the other.
    BuiltIn {
        name: "patients-alike",
        table: "patients",
        columns: &["birth_date", "sex", "primary_diagnosis_date", "liver_metastasis_date"],
        needs: &["patients.primary_site", "patients.primary_t", "patients.primary_n"],
        certainty: Implausible,
        message: "another patient has the same sex, day of birth, days of diagnosis and primary tumour",
        rows: Rows::Select(
            "select p.* from (select birth_date, sex, primary_diagnosis_date, liver_metastasis_date, primary_site, \
             primary_t, primary_n from patients where birth_date is not null and primary_diagnosis_date is not null \
             group by birth_date, sex, primary_diagnosis_date, liver_metastasis_date, primary_site, primary_t, \
             primary_n having count(*) > 1) a join patients p on a.birth_date = p.birth_date \
             and a.primary_diagnosis_date = p.primary_diagnosis_date and (a.sex is not distinct from p.sex) \
             and (a.liver_metastasis_date is not distinct from p.liver_metastasis_date) \
             and (a.primary_site is not distinct from p.primary_site) \
             and (a.primary_t is not distinct from p.primary_t) and (a.primary_n is not distinct from p.primary_n)",
        ),
        detail: "",
    },
    BuiltIn {
        name: "operations-alike",
        table: "operations",
        columns: &["operation_date", "procedure"],
        needs: &[],
        certainty: Implausible,
        message: "the same operation stands one to three days earlier",
        rows: Rows::Select(
            "select b.*, 'also on ' || cast(a.operation_date as varchar) as detail from operations a \
             join operations b on b.patient_id = a.patient_id and b.procedure = a.procedure \
             where days_between(a.operation_date, b.operation_date) between 1 and 3",
        ),
        detail: "detail",
    },
];

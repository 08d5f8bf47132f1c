//! One patient, operation or sample under two names.

use super::super::rule::{BuiltIn, Rows};
use study::Certainty::Implausible;

pub(super) const RULES: &[BuiltIn] = &[
    BuiltIn {
        name: "patients-alike",
        table: "patients",
        columns: &["birth_date", "sex", "primary_diagnosis_date", "liver_metastasis_date"],
        needs: &[],
        certainty: Implausible,
        message: "another patient has the same sex, day of birth and days of diagnosis",
        rows: Rows::Select(
            "select p.* from patients p join ( \
             select sex, birth_date, primary_diagnosis_date, liver_metastasis_date from patients \
             group by sex, birth_date, primary_diagnosis_date, liver_metastasis_date having count(*) > 1) d \
             on d.sex = p.sex and d.birth_date = p.birth_date \
             and d.primary_diagnosis_date = p.primary_diagnosis_date \
             and d.liver_metastasis_date = p.liver_metastasis_date",
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

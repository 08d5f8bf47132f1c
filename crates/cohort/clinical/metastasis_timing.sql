-- One row a patient: whether liver metastases came with the primary tumour, and the time between the two.
--
-- Synchronous: found at most $synchronous_months calendar months after the diagnosis of the primary tumour (on the last
-- day still), or before it. Early metachronous: until $early_months months after that diagnosis; late: after them.
-- There is no single standard: 0 months is EGOSLIM's rule, 12 that of Fong's score.
-- Parameter synchronous_months = 6: months after the diagnosis of the primary tumour (a common rule of registries)
-- Parameter early_months = 12: border of early and late (E-AHPBA multisociety consensus 2023)
-- Source: Adam et al. 2015 (EGOSLIM), doi:10.1016/j.ctrv.2015.06.006; Siriwardena et al. 2023 (E-AHPBA).
with reached as (
  select
    patient_id,
    days_between(primary_diagnosis_date, liver_metastasis_date) as days_to_metastasis,
    liver_metastasis_date <= primary_diagnosis_date + cast('$synchronous_months months' as interval) as synchronous,
    liver_metastasis_date <= primary_diagnosis_date + cast('$early_months months' as interval) as early
  from patients
)
select
  patient_id,
  days_to_metastasis,
  case when synchronous then 'synchronous' when not synchronous then 'metachronous' end as metastasis_timing,
  case
    when synchronous then 'synchronous'
    when early then 'early metachronous'
    when not early then 'late metachronous'
  end as metastasis_period,
  case when synchronous is null then 'not computable: a date is unknown' end as timing_reason
from reached

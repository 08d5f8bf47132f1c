-- One row a patient: side of the primary tumour, and whether the liver metastases came with it.
--
-- Rules: cecum, ascending and transverse colon are right-sided; splenic flexure, descending and sigmoid colon and
-- rectum are left-sided. Metastases are synchronous when they were found within six calendar months of the primary
-- tumour (on the last day still), or before it.
-- Source: the published study, definitions; six months is the registry's rule.
select
  patient_id,
  case
    when primary_site in ('cecum', 'ascending', 'transverse') then 'right'
    when primary_site in ('splenic_flexure', 'descending', 'sigmoid', 'rectum') then 'left'
  end as primary_side,
  case
    when liver_metastasis_date <= primary_diagnosis_date + interval '6 months' then 'synchronous'
    else 'metachronous'
  end as metastasis_timing
from patients

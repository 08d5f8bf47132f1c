-- One row a laboratory result with a day, from the SDTM table `lb`.
--
-- Use it as `labs` of a study: `select * from sdtm_labs`, and set `converted = false` in [clinical.laboratory_value], so
-- that results are converted by their units. Tests that the views know have their names there; others keep LBTESTCD.
-- Source: CDISC SDTM Implementation Guide 3.3, domain LB; CDISC controlled terminology, codelist LBTESTCD.
select
  USUBJID as patient_id,
  to_date(substr(cast(LBDTC as text), 1, 10)) as sample_date,
  case LBTESTCD
    when 'CA19_9AG' then 'CA19-9'
    when 'ALB' then 'albumin'
    when 'HGB' then 'haemoglobin'
    when 'BILI' then 'bilirubin'
    when 'CREAT' then 'creatinine'
    else LBTESTCD
  end as analyte,
  cast(LBSTRESN as double) as value,
  cast(LBSTRESU as text) as unit
from lb
where length(cast(LBDTC as text)) >= 10

-- One row a subject, from the SDTM table `dm`.
--
-- Use it as `patients` of a study: `select * from sdtm_patients`, with what the trial records of the primary tumour in
-- the place of the columns without a value. A birth date that is not complete has no value. `age` is AGE in years, by its
-- AGEU: the age at the start of the trial, for trials that have it in the place of the birth date.
-- Optional dm.BRTHDTC = text: the birth date has no value
-- Optional dm.AGE = double: the age has no value
-- Optional dm.AGEU = text: the age has no value
-- Optional dm.ARM = text: the arm has no value
-- Source: CDISC SDTM Implementation Guide 3.3, domain DM.
select
  USUBJID as patient_id,
  case SEX when 'M' then 'male' when 'F' then 'female' end as sex,
  case when length(cast(BRTHDTC as text)) >= 10 then to_date(substr(cast(BRTHDTC as text), 1, 10)) end as birth_date,
  cast(AGE as double) / case upper(cast(AGEU as text))
    when 'YEARS' then 1
    when 'MONTHS' then 12
    when 'WEEKS' then 52.1775
    when 'DAYS' then 365.2425
    when 'HOURS' then 8765.82
    when 'DECADES' then 0.1
  end as age,
  cast(ARM as text) as arm,
  cast(null as text) as primary_site,
  cast(null as text) as primary_t,
  cast(null as text) as primary_n,
  cast(null as date) as primary_diagnosis_date,
  cast(null as date) as liver_metastasis_date,
  cast(null as text) as kras,
  cast(null as text) as nras
from dm

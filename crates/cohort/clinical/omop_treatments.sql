-- One row a day of chemotherapy, from the OMOP CDM table `drug_exposure`.
--
-- Use it as `treatments` of a study: `select * from omop_treatments`. A day on which drugs of `omop_ingredients` begin is
-- a cycle, counted from the patient's first. Lines, regimens and routes are not in this table and have no value.
-- Source: OMOP Common Data Model 5.4, table DRUG_EXPOSURE.
with days as (
  select
    drug_exposure.person_id,
    to_date(substr(cast(drug_exposure.drug_exposure_start_date as text), 1, 10)) as start_date,
    string_agg(distinct omop_ingredients.drug, ';' order by omop_ingredients.drug) as drugs
  from drug_exposure
  join omop_ingredients on omop_ingredients.drug_concept_id = drug_exposure.drug_concept_id
  group by
    drug_exposure.person_id, to_date(substr(cast(drug_exposure.drug_exposure_start_date as text), 1, 10))
)
select
  cast(person_id as text) as patient_id,
  row_number() over (partition by person_id order by start_date) as cycle,
  cast(null as bigint) as line,
  start_date,
  cast(null as text) as regimen,
  drugs,
  cast(null as text) as route
from days

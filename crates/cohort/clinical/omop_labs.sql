-- One row a laboratory result, from the OMOP CDM table `measurement`.
--
-- Use it as `labs` of a study: `select * from omop_labs`, and set `converted = false` in [clinical.laboratory_value], so
-- that results are converted by their units. The unit is that of the standard concept (8842 ng/mL, 8748 µg/L, 8763 U/mL,
-- 8840 mg/dL, 8751 mg/L, 8713 g/dL, 8636 g/L, 8749 µmol/L, 8753 mmol/L), else the source's own. A result that is only known to lie
-- below or above a limit stands as the limit.
-- Parameter cea_concepts = required: concept ids of CEA in serum or plasma, separated by commas, '' where there are none (Athena; LOINC 2039-6)
-- Parameter ca19_9_concepts = '': concept ids of CA 19-9 in serum or plasma (Athena; LOINC 24108-3)
-- Parameter crp_concepts = '3020460': concept ids of C-reactive protein in serum or plasma (Athena; LOINC 1988-5)
-- Parameter albumin_concepts = '3024561': concept ids of albumin in serum or plasma (Athena; LOINC 1751-7)
-- Parameter haemoglobin_concepts = '3000963': concept ids of haemoglobin in blood (Athena; LOINC 718-7)
-- Parameter bilirubin_concepts = '3024128': concept ids of total bilirubin in serum or plasma (Athena; LOINC 1975-2)
-- Parameter creatinine_concepts = '3016723': concept ids of creatinine in serum or plasma (Athena; LOINC 2160-0)
-- Source: OMOP Common Data Model 5.4, table MEASUREMENT.
with wanted as (
  select 'CEA' as analyte, unnest(concept_ids($cea_concepts)) as concept_id
  union all
  select 'CA19-9', unnest(concept_ids($ca19_9_concepts))
  union all
  select 'CRP', unnest(concept_ids($crp_concepts))
  union all
  select 'albumin', unnest(concept_ids($albumin_concepts))
  union all
  select 'haemoglobin', unnest(concept_ids($haemoglobin_concepts))
  union all
  select 'bilirubin', unnest(concept_ids($bilirubin_concepts))
  union all
  select 'creatinine', unnest(concept_ids($creatinine_concepts))
)
select
  cast(measurement.person_id as text) as patient_id,
  to_date(substr(cast(measurement.measurement_date as text), 1, 10)) as sample_date,
  wanted.analyte,
  cast(measurement.value_as_number as double) as value,
  case measurement.unit_concept_id
    when 8842 then 'ng/mL'
    when 8748 then 'ug/L'
    when 8763 then 'U/mL'
    when 8840 then 'mg/dL'
    when 8751 then 'mg/L'
    when 8713 then 'g/dL'
    when 8636 then 'g/L'
    when 8749 then 'umol/L'
    when 8753 then 'mmol/L'
    else cast(measurement.unit_source_value as text)
  end as unit
from measurement
join wanted on wanted.concept_id = measurement.measurement_concept_id

-- One row a patient, from the OMOP CDM tables `person` and `condition_occurrence`.
--
-- Use it as `patients` of a study: `select * from omop_patients`. The site is the first ICD-10 code C18 to C20 in the
-- source value of the conditions of the primary tumour, which are also topographies of ICD-O-3. What these tables do not
-- hold (T, N, genes) has no value, and what needs it is not computable: a study that has it adds it in its own view.
-- Parameter primary_concepts = required: concept ids of the primary tumour, separated by commas, with their descendants (Athena)
-- Parameter metastasis_concepts = required: concept ids of liver metastases, with their descendants (Athena)
-- Parameter male_concepts = '8507': concept ids of the male sex (Athena, domain Gender)
-- Parameter female_concepts = '8532': concept ids of the female sex (Athena, domain Gender)
-- Parameter mid_year = false: a birth of which only the year is known counts as of 1 July (a choice of the study)
-- Source: OMOP Common Data Model 5.4, tables PERSON and CONDITION_OCCURRENCE.
with wanted as (
  select 'primary' as role, unnest(concept_ids($primary_concepts)) as concept_id
  union all
  select 'metastasis', unnest(concept_ids($metastasis_concepts))
),
conditions as (
  select
    condition_occurrence.person_id,
    wanted.role,
    to_date(substr(cast(condition_occurrence.condition_start_date as text), 1, 10)) as start_date,
    regexp_match(cast(condition_occurrence.condition_source_value as text), '\bC(?:18\.?[0-9]|19|20)')[1] as site
  from condition_occurrence
  join wanted on wanted.concept_id = condition_occurrence.condition_concept_id
),
tumours as (
  select
    person_id,
    min(case when role = 'primary' then start_date end) as primary_diagnosis_date,
    min(case when role = 'metastasis' then start_date end) as liver_metastasis_date,
    first_value(site order by start_date, site) filter (where role = 'primary' and site is not null) as site
  from conditions
  group by person_id
)
select
  cast(person.person_id as text) as patient_id,
  case
    when array_has(concept_ids($male_concepts), cast(person.gender_concept_id as bigint)) then 'male'
    when array_has(concept_ids($female_concepts), cast(person.gender_concept_id as bigint)) then 'female'
  end as sex,
  -- A part that is missing makes the whole day missing.
  to_date(cast(person.year_of_birth as text) || '-' || case
    when person.month_of_birth is not null and person.day_of_birth is not null
      then lpad(cast(person.month_of_birth as text), 2, '0') || '-' || lpad(cast(person.day_of_birth as text), 2, '0')
    when $mid_year then '07-01'
  end) as birth_date,
  case when tumours.site like 'C18_' then 'C18.' || substr(tumours.site, 4) else tumours.site end as primary_site,
  cast(null as text) as primary_t,
  cast(null as text) as primary_n,
  tumours.primary_diagnosis_date,
  tumours.liver_metastasis_date,
  cast(null as text) as kras,
  cast(null as text) as nras
from person
join tumours on tumours.person_id = person.person_id

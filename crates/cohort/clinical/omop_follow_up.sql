-- One row a patient and day of contact, from the OMOP CDM tables `observation_period`, `death`, `condition_occurrence`.
--
-- Use it as `follow_up` of a study: `select * from omop_follow_up`. Contacts are the end of each observation period, the
-- first record of a recurrence, and death; what is dated after death is left out. Without recorded recurrences say
-- `recurrence_concepts = ''`: disease-free survival then ends with death alone.
-- Parameter recurrence_concepts = required: concept ids that say the cancer came back, separated by commas (Athena)
-- Source: OMOP Common Data Model 5.4, tables OBSERVATION_PERIOD, DEATH and CONDITION_OCCURRENCE.
with wanted as (
  select unnest(concept_ids($recurrence_concepts)) as concept_id
),
deaths as (
  select person_id, min(to_date(substr(cast(death_date as text), 1, 10))) as death_date
  from death
  group by person_id
),
recurrences as (
  select
    condition_occurrence.person_id,
    min(to_date(substr(cast(condition_occurrence.condition_start_date as text), 1, 10))) as recurrence_date
  from condition_occurrence
  join wanted on wanted.concept_id = condition_occurrence.condition_concept_id
  group by condition_occurrence.person_id
),
contacts as (
  select person_id, to_date(substr(cast(observation_period_end_date as text), 1, 10)) as visit_date
  from observation_period
  union
  select person_id, recurrence_date from recurrences
  union
  select person_id, death_date from deaths
)
select
  cast(contacts.person_id as text) as patient_id,
  contacts.visit_date,
  case when contacts.visit_date = deaths.death_date then 'dead' else 'alive' end as status,
  case when recurrences.recurrence_date <= contacts.visit_date then 'yes' else 'no' end as recurrence
from contacts
left join deaths on deaths.person_id = contacts.person_id
left join recurrences on recurrences.person_id = contacts.person_id
where contacts.visit_date is not null
  and (deaths.death_date is null or contacts.visit_date <= deaths.death_date)

-- One row a subject and day of contact, from the SDTM tables `dm` (death, end of participation) and `ds` (disposition).
--
-- Use it as `follow_up` of a study: `select * from sdtm_follow_up`. A record whose day is not complete is no contact.
-- What is dated after death is left out. Where no disposition tells of recurrence say `recurrence_terms = ''`:
-- disease-free survival then ends with death alone.
-- Parameter recurrence_terms = required: terms (DSDECOD) that say the cancer came back, separated by semicolons (the trial's own)
-- Source: CDISC SDTM Implementation Guide 3.3, domains DM and DS.
with records as (
  select USUBJID, cast(RFPENDTC as text) as day, false as died, false as recurred from dm
  union all
  select USUBJID, cast(DTHDTC as text), true, false from dm
  union all
  select
    USUBJID,
    cast(DSSTDTC as text),
    DSDECOD = 'DEATH',
    array_has(string_to_array(upper(replace($recurrence_terms, '; ', ';')), ';'), upper(DSDECOD))
  from ds
),
contacts as (
  select
    USUBJID,
    to_date(substr(day, 1, 10)) as visit_date,
    bool_or(died) as died,
    bool_or(recurred) as recurred
  from records
  where length(day) >= 10
  group by USUBJID, to_date(substr(day, 1, 10))
),
firsts as (
  select
    USUBJID,
    min(case when died then visit_date end) as death_date,
    min(case when recurred then visit_date end) as recurrence_date
  from contacts
  group by USUBJID
)
select
  contacts.USUBJID as patient_id,
  contacts.visit_date,
  case when contacts.visit_date = firsts.death_date then 'dead' else 'alive' end as status,
  case when firsts.recurrence_date <= contacts.visit_date then 'yes' else 'no' end as recurrence
from contacts
join firsts on firsts.USUBJID = contacts.USUBJID
where firsts.death_date is null or contacts.visit_date <= firsts.death_date

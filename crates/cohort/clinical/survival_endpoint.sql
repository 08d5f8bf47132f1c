-- One row a patient with a visit after the index date: last contact, death, first recurrence, and the two end points.
--
-- Overall survival ends with death of any cause; disease-free survival with recurrence or death, whichever is recorded
-- first. Recurrence is dated by the first visit that records it. Visits up to the index date say nothing about either,
-- unless one tells of death on that day.
-- Source: Punt et al. 2007 (definitions of end points in adjuvant trials), doi:10.1093/jnci/djm024.
select
  patient_id,
  index_date,
  last_contact_date,
  died,
  recurrence_date,
  days_between(index_date, last_contact_date) as overall_survival_days,
  least(recurrence_date, last_contact_date) as disease_free_until,
  recurrence_date is not null or died as recurred_or_died,
  days_between(index_date, least(recurrence_date, last_contact_date)) as disease_free_survival_days
from (
  select
    follow_up.patient_id,
    index_date.index_date,
    coalesce(min(case when follow_up.status = 'dead' then follow_up.visit_date end), max(follow_up.visit_date))
      as last_contact_date,
    bool_or(follow_up.status = 'dead') as died,
    min(case when follow_up.recurrence = 'yes' and follow_up.visit_date > index_date.index_date
      then follow_up.visit_date end) as recurrence_date
  from follow_up
  join index_date on index_date.patient_id = follow_up.patient_id
  where follow_up.visit_date > index_date.index_date
    or (follow_up.visit_date = index_date.index_date and follow_up.status = 'dead')
  group by follow_up.patient_id, index_date.index_date
) as contacts

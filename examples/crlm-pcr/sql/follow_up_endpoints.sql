-- One row a patient with a visit after the index operation: death, last contact and first recurrence.
--
-- Rules: visits before the operation say nothing about the outcome and do not make a patient followed up. The last
-- visit is the day of death in those who died. Recurrence is dated by the first visit at which it is recorded, since
-- nobody knows the day on which it began.
-- Source: the published study, follow-up.
select
  follow_up.patient_id,
  count(*) as visits,
  max(follow_up.visit_date) as last_contact_date,
  bool_or(follow_up.status = 'dead') as died,
  min(case when follow_up.recurrence = 'yes' then follow_up.visit_date end) as recurrence_date
from follow_up
join index_operations on index_operations.patient_id = follow_up.patient_id
where follow_up.visit_date > index_operations.operation_date
group by follow_up.patient_id

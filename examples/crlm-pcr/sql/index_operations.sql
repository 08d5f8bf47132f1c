-- One row a patient: the first hepatectomy.
--
-- Rule: of several liver resections only the first counts; a repeat hepatectomy treats a recurrence and is an
-- outcome, not an entry into the study. Everything called "preoperative" elsewhere means before this day.
-- Source: the published study, patient selection.
select
  patient_id,
  operation_date,
  procedure,
  margin,
  extrahepatic
from (
  select
    *,
    row_number() over (partition by patient_id order by operation_date) as resection
  from operations
) as resections
where resection = 1

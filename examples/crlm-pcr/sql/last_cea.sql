-- One row a patient: the last carcinoembryonic antigen before the index operation, in ng/mL.
--
-- Rule: the last sample with a result; the dictionary of the registry has already brought units, decimal commas and
-- values below the limit of detection to one scale. Later samples belong to follow-up.
-- Source: the published study, last preoperative value.
select
  patient_id,
  value as cea
from (
  select
    labs.patient_id,
    labs.value,
    row_number() over (partition by labs.patient_id order by labs.sample_date desc) as samples_to_operation
  from labs
  join index_operations on index_operations.patient_id = labs.patient_id
  where labs.analyte = 'CEA'
    and labs.value is not null
    and labs.sample_date < index_operations.operation_date
) as samples
where samples_to_operation = 1

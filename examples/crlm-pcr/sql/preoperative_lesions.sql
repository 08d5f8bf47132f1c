-- One row a lesion known before the index operation, in the liver or outside it.
--
-- Rule: first seen before the day of the operation. A lesion that the surgeon found at the operation was unknown
-- when the treatment was chosen, and one in the remnant liver is a recurrence: neither is counted.
select
  lesions.patient_id,
  lesions.lesion_id,
  lesions.organ,
  lesions.role,
  lesions.first_seen
from lesions
join index_operations on index_operations.patient_id = lesions.patient_id
where lesions.first_seen < index_operations.operation_date

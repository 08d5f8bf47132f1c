-- One row a patient: the day that divides before from after, the first operation.
--
-- Everything that these views call preoperative, last before or first after is relative to it, and survival begins
-- with it. A study with another index brings its own view of this name.
-- Source: the table `operations` of the registry model.
select patient_id, min(operation_date) as index_date
from operations
group by patient_id
